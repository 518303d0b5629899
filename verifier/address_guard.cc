#include "verifier/address_guard.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace danegate {
namespace {

using Octets = std::span<const std::uint8_t>;

constexpr std::size_t kIpv4 = 4;
constexpr std::size_t kIpv6 = 16;

bool SharesPrefix(Octets a, Octets b, std::size_t bits) {
  const std::size_t whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole),
                  b.begin())) {
    return false;
  }
  if (bits % 8 == 0) return true;
  const int shift = static_cast<int>(8 - bits % 8);
  return (a[whole] >> shift) == (b[whole] >> shift);
}

// The registries of special-purpose addresses (RFC 6890 and what has been added
// since), but for what is public all the same.
struct Ipv4Network {
  std::array<std::uint8_t, kIpv4> octets;
  std::size_t bits;
  const char* what;
};
constexpr Ipv4Network kIpv4Networks[] = {
    {{0, 0, 0, 0}, 8, "unspecified"},
    {{10, 0, 0, 0}, 8, "private"},
    {{100, 64, 0, 0}, 10, "of a carrier's NAT"},
    {{127, 0, 0, 0}, 8, "loopback"},
    {{169, 254, 0, 0}, 16, "link-local"},
    {{172, 16, 0, 0}, 12, "private"},
    {{192, 0, 0, 0}, 24, "for protocols"},
    {{192, 0, 2, 0}, 24, "for documentation"},
    {{192, 88, 99, 0}, 24, "a 6to4 relay"},
    {{192, 168, 0, 0}, 16, "private"},
    {{198, 18, 0, 0}, 15, "for benchmarks"},
    {{198, 51, 100, 0}, 24, "for documentation"},
    {{203, 0, 113, 0}, 24, "for documentation"},
    {{224, 0, 0, 0}, 4, "multicast"},
    {{255, 255, 255, 255}, 32, "broadcast"},
    {{240, 0, 0, 0}, 4, "reserved"},
};

// Only 2000::/3 is given out as global unicast; these stand in it, or have a
// better name than "not global unicast".
struct Ipv6Network {
  std::array<std::uint8_t, 6> start;
  std::size_t bits;
  const char* what;
};
constexpr Ipv6Network kIpv6Networks[] = {
    {{0x01, 0x00}, 64, "for discarding"},
    {{0x20, 0x01, 0x00, 0x00}, 32, "Teredo"},
    {{0x20, 0x01, 0x00, 0x02}, 48, "for benchmarks"},
    {{0x20, 0x01, 0x00}, 23, "for protocols"},
    {{0x20, 0x01, 0x0d, 0xb8}, 32, "for documentation"},
    {{0x3f, 0xff, 0x00}, 20, "for documentation"},
    {{0xfc}, 7, "private"},
    {{0xfe, 0x80}, 10, "link-local"},
    {{0xff}, 8, "multicast"},
};

// An IPv6 prefix behind which an IPv4 address stands.
struct Embedding {
  std::array<std::uint8_t, 12> start;
  std::size_t bits;
  std::size_t offset;
  const char* what;
};
constexpr Embedding kEmbeddings[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 12, "IPv4-mapped"},
    {{0x00, 0x64, 0xff, 0x9b}, 96, 12, "NAT64"},
    {{0x20, 0x02}, 16, 2, "6to4"},
};
// ISATAP, RFC 5214 section 6.1, in any network, with or without the bit for
// "globally unique".
constexpr std::uint8_t kIsatap[] = {0x00, 0x00, 0x5e, 0xfe};
constexpr std::size_t kInterface = 8;

std::string WhyIpv4Refused(Octets address) {
  for (const auto& network : kIpv4Networks) {
    if (SharesPrefix(address, network.octets, network.bits)) {
      return std::string("it is ") + network.what;
    }
  }
  return "";
}

template <std::size_t size>
bool StartsWith(Octets address, const std::array<std::uint8_t, size>& start,
                std::size_t bits) {
  std::array<std::uint8_t, kIpv6> padded{};
  std::copy(start.begin(), start.end(), padded.begin());
  return SharesPrefix(address, padded, bits);
}

bool IsIsatap(Octets address) {
  const auto identifier = address.subspan(kInterface, sizeof kIsatap);
  return (identifier[0] & 0xfd) == kIsatap[0] &&
         std::equal(identifier.begin() + 1, identifier.end(), kIsatap + 1);
}

bool IsAllZero(Octets octets) {
  return std::all_of(octets.begin(), octets.end(),
                     [](std::uint8_t octet) { return octet == 0; });
}

std::string WhyIpv6Refused(Octets address) {
  if (IsAllZero(address)) return "it is unspecified";
  if (IsAllZero(address.first(kIpv6 - 1)) && address.back() == 1) {
    return "it is loopback";
  }
  for (const auto& network : kIpv6Networks) {
    if (StartsWith(address, network.start, network.bits)) {
      return std::string("it is ") + network.what;
    }
  }
  if (address[0] >> 5 != 0x20 >> 5) return "it is not global unicast";
  return "";
}

// The IPv4 address inside, and by which rule.
struct Embedded {
  Octets address;
  const char* what;
  bool is_all;  // the rest of the address says nothing
};

std::optional<Embedded> FindEmbedded(Octets address) {
  for (const auto& embedding : kEmbeddings) {
    if (StartsWith(address, embedding.start, embedding.bits)) {
      return Embedded{address.subspan(embedding.offset, kIpv4), embedding.what,
                      true};
    }
  }
  if (!IsIsatap(address)) return std::nullopt;
  return Embedded{address.last(kIpv4), "ISATAP", false};
}

bool AnyContains(const std::vector<AddressPrefix>& prefixes, Octets address) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const auto& prefix) {
    return prefix.Contains(address);
  });
}

std::string Expected(std::string_view text) {
  return "expected a network such as 192.0.2.0/24 or 2001:db8::/32; found '" +
         std::string(text) + "'";
}

}  // namespace

Result<AddressPrefix, std::string> AddressPrefix::Parse(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::string address(text.substr(0, slash));
  AddressPrefix prefix;
  const bool is_ipv6 = address.find(':') != std::string::npos;
  prefix.size_ = is_ipv6 ? kIpv6 : kIpv4;
  if (::inet_pton(is_ipv6 ? AF_INET6 : AF_INET, address.c_str(),
                  prefix.octets_.data()) != 1 ||
      address.find('\0') != std::string::npos) {
    return Failure(Expected(text));
  }
  prefix.bits_ = prefix.size_ * 8;
  if (slash < text.size()) {
    const std::string_view digits = text.substr(slash + 1);
    const char* const end = digits.data() + digits.size();
    std::size_t bits = 0;
    const auto [next, error] = std::from_chars(digits.data(), end, bits);
    if (error != std::errc() || next != end || bits > prefix.bits_) {
      return Failure(Expected(text));
    }
    prefix.bits_ = bits;
  }
  for (std::size_t bit = prefix.bits_; bit < prefix.size_ * 8; ++bit) {
    if ((prefix.octets_[bit / 8] & (0x80 >> bit % 8)) != 0) {
      return Failure("'" + std::string(text) +
                     "' has bits set behind its prefix; set them to zero, or "
                     "write a longer prefix");
    }
  }
  return prefix;
}

bool AddressPrefix::Contains(std::span<const std::uint8_t> address) const {
  return address.size() == size_ && SharesPrefix(address, octets_, bits_);
}

std::string AddressGuard::WhyRefused(
    std::span<const std::uint8_t> address) const {
  if (address.size() != kIpv4 && address.size() != kIpv6) {
    return "it is no address";
  }
  if (AnyContains(settings_.allowed, address)) return "";
  if (AnyContains(settings_.refused, address)) {
    return "the configuration refuses it";
  }
  if (address.size() == kIpv4) return WhyIpv4Refused(address);
  if (const auto embedded = FindEmbedded(address)) {
    const std::string why = WhyRefused(embedded->address);
    if (!why.empty()) {
      return std::string(embedded->what) + " of an IPv4 address: " + why;
    }
    if (embedded->is_all) return "";
  }
  return WhyIpv6Refused(address);
}

std::string AddressGuard::WhyPortRefused(std::uint16_t port) const {
  if (std::find(settings_.ports.begin(), settings_.ports.end(), port) !=
      settings_.ports.end()) {
    return "";
  }
  std::string expected;
  for (const std::uint16_t allowed : settings_.ports) {
    expected += (expected.empty() ? "" : ", ") + std::to_string(allowed);
  }
  return "port " + std::to_string(port) + " is not one of " + expected;
}

}  // namespace danegate
