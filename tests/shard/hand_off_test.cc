#include "proxy/shard/hand_off.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "proxy/net/address.h"
#include "tests/support/domains.h"

namespace danegate {
namespace {

using namespace std::string_literals;

constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kNonce = "00112233445566778899aabbccddeeff";

// A header that says what the members say.
struct Said {
  std::string from = "192.0.2.1";
  std::uint16_t port = 4711;
  std::string via = "198.51.100.7";
  std::string peer = "bücher.example";
  std::string to = "tenant.example";
  std::int64_t seconds = 1'700'000'000;
  std::string nonce{kNonce};
  std::string secret{kSecret};

  HandOff Write() const {
    const auto source = *SocketAddress::Parse(from, port);
    const auto destination = *SocketAddress::Parse(via, 5269);
    const ProvenDomain proven = Proven(peer);
    const Domain tenant = D(to);
    return WriteHandOff(
        {source, destination, &proven, tenant, UnixTime{seconds}, nonce},
        secret);
  }
};

// Computed by another implementation of HMAC, from the manual in the header.
TEST(HandOff, IsThisForThat) {
  const HandOff hand_off = Said().Write();
  EXPECT_EQ(
      hand_off.header,
      "\r\n\r\n\0\r\nQUIT\n"s + "\x21\x11\x00\xa0"s +
          "\xc0\x00\x02\x01\xc6\x33\x64\x07\x12\x67\x14\x95"s +
          "\x02\x00\x0e"s + "tenant.example" + "\xe0\x00\x0f"s + "b\xc3\xbc" +
          "cher.example" + "\xe2\x00\x08"s +
          "\x00\x00\x00\x00\x65\x53\xf1\x00"s + "\xe3\x00\x20"s +
          std::string(kNonce) + "\xe1\x00\x40"s +
          "256a16a59b34ce71b37cf0a226d13f0264cc665b54b0ccbf0a6f68058eb4c93a");
  EXPECT_EQ(hand_off.answer,
            "danegate-1 taken "
            "937e2211b6c945939a1dd4ea88d1fdd4ef3fd5518f6dfa02c1828bd0c65d12ac");
}

TEST(HandOff, HasAnotherSealAndAnotherAnswerForWhateverDiffers) {
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
      {.seconds = 1'700'000'001},
      {.nonce = "00112233445566778899aabbccddeefe"},
      {.secret = "0123456789abcdef0123456789abcdeg"},
  };
  std::set<std::string> seals;
  std::set<std::string> answers;
  for (const Said& row : rows) {
    const HandOff hand_off = row.Write();
    seals.insert(hand_off.header.substr(hand_off.header.size() - 64));
    answers.insert(hand_off.answer);
  }
  EXPECT_EQ(seals.size(), std::size(rows));
  EXPECT_EQ(answers.size(), std::size(rows));
}

TEST(HandOff, OfACheckNamesNoPeer) {
  const auto address = *SocketAddress::Parse("::1", 1);
  const Domain to = D("tenant.example");
  const HandOff check = WriteHandOff(
      {address, address, nullptr, to, UnixTime{1}, kNonce}, kSecret);
  // Signature, addresses and ports; then the domain, and the time at once.
  const std::size_t fields = 16 + 36;
  EXPECT_EQ(check.header.substr(fields, 20),
            "\x02\x00\x0etenant.example\xe2\x00\x08"s);
  EXPECT_EQ(static_cast<unsigned char>(check.header[15]),
            check.header.size() - 16);
}

TEST(HandOff, HasRoomForTheLongestNames) {
  const std::string label = "bücherbücherbücherbücherbücher.";
  const std::string longest = label + label + label + label + "example";
  const HandOff hand_off = Said{.peer = longest, .to = longest}.Write();
  const auto octet = [&](std::size_t at) {
    return static_cast<unsigned char>(hand_off.header[at]);
  };
  EXPECT_GT(hand_off.header.size(), 16U + 256U);
  EXPECT_EQ(std::size_t{octet(14)} * 256 + octet(15),
            hand_off.header.size() - 16);
}

}  // namespace
}  // namespace danegate
