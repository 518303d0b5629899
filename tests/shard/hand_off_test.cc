#include "proxy/shard/hand_off.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "proxy/net/address.h"
#include "tests/support/domains.h"

namespace danegate {
namespace {

using namespace std::string_literals;

constexpr std::string_view kNonce = "00112233445566778899aabbccddeeff";

// A header that says what the members say.
struct Said {
  std::string from = "192.0.2.1";
  std::uint16_t port = 4711;
  std::string via = "198.51.100.7";
  std::string peer = "bücher.example";
  std::string to = "tenant.example";
  std::string backend = "127.0.0.1";
  std::uint16_t backend_port = 5275;
  std::string nonce{kNonce};

  std::string Write() const {
    const auto source = *SocketAddress::Parse(from, port);
    const auto destination = *SocketAddress::Parse(via, 5269);
    const ProvenDomain proven = Proven(peer);
    const Domain tenant = D(to);
    return WriteHandOff({source, destination, &proven, tenant,
                         *SocketAddress::Parse(backend, backend_port), nonce});
  }
};

TEST(HandOff, IsThisForThat) {
  EXPECT_EQ(Said().Write(),
            "\r\n\r\n\0\r\nQUIT\n"s + "\x21\x11\x00\xa6"s +
                "\xc0\x00\x02\x01\xc6\x33\x64\x07\x12\x67\x14\x95"s +
                "\x02\x00\x0e"s + "tenant.example" + "\xe0\x00\x0f"s +
                "b\xc3\xbc" + "cher.example" + "\xe2\x00\x0e"s +
                "127.0.0.1:5275" + "\xe3\x00\x20"s + std::string(kNonce));
}

TEST(HandOff, DiffersInWhateverItSays) {
  const Said rows[] = {
      {},
      {.from = "192.0.2.2"},
      {.from = "2001:db8::1", .via = "2001:db8::2"},
      {.port = 4712},
      {.via = "198.51.100.8"},
      {.peer = "other.example"},
      {.to = "other.example"},
      // Two that would run into each other without their lengths.
      {.peer = "other.peer.example"},
      {.peer = "ther.peer.example", .to = "tenant.exampleo"},
      {.backend = "127.0.0.2"},
      {.backend = "::1"},
      {.backend_port = 5276},
      {.nonce = "00112233445566778899aabbccddeefe"},
  };
  std::set<std::string> headers;
  for (const Said& row : rows) headers.insert(row.Write());
  EXPECT_EQ(headers.size(), std::size(rows));
}

TEST(HandOff, NamesAnAddressAsTheBackendDoes) {
  const std::string header = Said{.backend = "0:0::0:1"}.Write();
  EXPECT_NE(header.find("\xe2\x00\x0a[::1]:5275"s), std::string::npos);
}

// The length counts the seal, which is not there yet: three octets and 64.
constexpr std::size_t kSealField = 67;

TEST(HandOff, OfACheckNamesNoPeer) {
  const auto address = *SocketAddress::Parse("::1", 1);
  const Domain to = D("tenant.example");
  const std::string check =
      WriteHandOff({address, address, nullptr, to, address, kNonce});
  // Signature, addresses and ports; then the domain, and the backend at once.
  const std::size_t fields = 16 + 36;
  EXPECT_EQ(check.substr(fields, 20),
            "\x02\x00\x0etenant.example\xe2\x00\x07"s);
  EXPECT_EQ(static_cast<unsigned char>(check[15]),
            check.size() - 16 + kSealField);
}

TEST(HandOff, HasRoomForTheLongestNames) {
  const std::string label = "bücherbücherbücherbücherbücher.";
  const std::string longest = label + label + label + label + "example";
  const std::string header = Said{.peer = longest, .to = longest}.Write();
  const auto octet = [&](std::size_t at) {
    return static_cast<unsigned char>(header[at]);
  };
  EXPECT_GT(header.size(), 16U + 256U);
  EXPECT_EQ(std::size_t{octet(14)} * 256 + octet(15),
            header.size() - 16 + kSealField);
}

}  // namespace
}  // namespace danegate
