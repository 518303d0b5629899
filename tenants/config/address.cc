#include "tenants/config/address.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <optional>

#include "tenants/config/config_error.h"

namespace danegate {
namespace {

// Nothing unless `text` is an address of the family, all of it.
std::optional<std::string> Canonical(int family, std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  std::array<char, INET6_ADDRSTRLEN> form{};
  const std::string terminated(text);
  if (::inet_pton(family, terminated.c_str(), bytes.data()) != 1 ||
      terminated.find('\0') != std::string::npos) {
    return std::nullopt;
  }
  ::inet_ntop(family, bytes.data(), form.data(), form.size());
  return std::string(form.data());
}

// IPv4-mapped is IPv4: the system connects by that, and the other end names its
// address so.
std::optional<std::string> CanonicalV6(std::string_view text) {
  constexpr std::string_view mapped = "::ffff:";
  auto form = Canonical(AF_INET6, text);
  if (!form || !form->starts_with(mapped)) return form;
  auto v4 = Canonical(AF_INET, std::string_view(*form).substr(mapped.size()));
  return v4 ? v4 : form;
}

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || stop != end || port == 0) return std::nullopt;
  return port;
}

// What to do about a text that is no address and port.
std::string Remedy(std::string_view text) {
  const std::string v6 = "[2001:db8::7]:5269";
  const auto colon = text.rfind(':');
  const bool brackets = text.starts_with('[');
  if (Canonical(AF_INET, text) || (brackets && text.ends_with(']'))) {
    return "add the port, as in " + std::string(text) + ":5269";
  }
  if (!brackets && text.find(':') != colon) {
    return "write an IPv6 address in brackets, as in " + v6;
  }
  if (colon == std::string_view::npos || brackets) {
    return "write one of these two forms";
  }
  return Canonical(AF_INET, text.substr(0, colon))
             ? "write a port from 1 to 65535"
             : "give the IP address, since names are not looked up here";
}

std::string Mistake(std::string_view text) {
  return "expected an IP address and a port from 1 to 65535, such as "
         "10.0.3.7:5269 or [2001:db8::7]:5269; found " +
         InQuotes(text) + "; " + Remedy(text);
}

}  // namespace

Result<ConfiguredAddress, std::string> ParseConfiguredAddress(
    std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return Failure(Mistake(text));
  std::string_view host = text.substr(0, colon);
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  if (brackets) host = host.substr(1, host.size() - 2);
  const auto address = brackets ? CanonicalV6(host) : Canonical(AF_INET, host);
  const auto port = ParsePort(text.substr(colon + 1));
  if (!address || !port) return Failure(Mistake(text));
  return ConfiguredAddress{*address, *port};
}

bool IsForwardAddress(std::string_view text) {
  const auto at = text.find('@');
  const std::string_view host = text.substr(0, at);
  if (at != std::string_view::npos && !ParsePort(text.substr(at + 1))) {
    return false;
  }
  return Canonical(AF_INET, host) || Canonical(AF_INET6, host);
}

bool IsLoopback(const std::string& host) {
  return host.starts_with("127.") || host == "::1";
}

bool IsServerAddress(const std::string& host) {
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) {
    const auto first = ntohl(v4.s_addr) >> 24;
    return first != 0 && first < 224;
  }
  return host != "::" && !host.starts_with("ff");
}

}  // namespace danegate
