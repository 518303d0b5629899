#include "verifier/resolver/dns_message.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace danegate {
namespace {

using std::chrono::seconds;
using Bytes = std::vector<std::uint8_t>;

constexpr UnixTime kNow{1'800'000'000};
constexpr std::uint16_t kSoa = 6;
constexpr std::uint16_t kRrsig = 46;

void Append(Bytes& to, const Bytes& more) {
  to.insert(to.end(), more.begin(), more.end());
}

Bytes Number16(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 8),
          static_cast<std::uint8_t>(value)};
}

Bytes Number32(std::uint32_t value) {
  Bytes bytes = Number16(value >> 16);
  Append(bytes, Number16(value));
  return bytes;
}

// "mx.peer" -> 2 m x 4 p e e r 0
Bytes Name(const std::string& text) {
  Bytes wire;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find('.', start), text.size());
    wire.push_back(static_cast<std::uint8_t>(end - start));
    wire.insert(wire.end(), text.begin() + static_cast<std::ptrdiff_t>(start),
                text.begin() + static_cast<std::ptrdiff_t>(end));
    start = end + 1;
  }
  wire.push_back(0);
  return wire;
}

// A pointer to the name of the question.
const Bytes kQuestionName = {0xc0, 12};

struct Record {
  Bytes owner;
  std::uint16_t type;
  std::uint32_t ttl;
  Bytes rdata;
  std::uint16_t dns_class = 1;
};

struct Message {
  int rcode = 0;
  bool truncated = false;
  std::vector<Record> answers = {};
  std::vector<Record> authorities = {};

  Bytes Write(const Question& question) const {
    Bytes wire = {0,
                  0,
                  static_cast<std::uint8_t>(truncated ? 0x83 : 0x81),
                  static_cast<std::uint8_t>(0x80 | rcode),
                  0,
                  1};
    Append(wire, Number16(static_cast<std::uint32_t>(answers.size())));
    Append(wire, Number16(static_cast<std::uint32_t>(authorities.size())));
    Append(wire, {0, 0});
    Append(wire, Name(question.name));
    Append(wire, Number16(static_cast<std::uint32_t>(question.type)));
    Append(wire, {0, 1});
    for (const auto* section : {&answers, &authorities}) {
      for (const Record& record : *section) {
        Append(wire, record.owner);
        Append(wire, Number16(record.type));
        Append(wire, Number16(record.dns_class));
        Append(wire, Number32(record.ttl));
        Append(wire, Number16(static_cast<std::uint32_t>(record.rdata.size())));
        Append(wire, record.rdata);
      }
    }
    return wire;
  }
};

Bytes Signature(std::uint32_t expiration) {
  Bytes rdata = {0, 1, 13, 2, 0, 0, 0, 60};
  Append(rdata, Number32(expiration));
  Append(rdata, Number32(0));
  Append(rdata, {0, 1, 0, 9, 9, 9, 9});
  return rdata;
}

Bytes StartOfAuthority(std::uint32_t minimum) {
  Bytes rdata = {0, 0};
  rdata.resize(18);
  Append(rdata, Number32(minimum));
  return rdata;
}

const Question kAsked{"mx.peer.example", RecordType::kA};
const Bytes kAddress = {192, 0, 2, 1};

Result<DnsMessage, std::string> Read(const Question& question,
                                     const Message& message) {
  return ReadDnsMessage(question, message.Write(question), kNow);
}

TEST(DnsMessageTest, RecordsOfTheAskedTypeAndOwnerAreTaken) {
  const auto read =
      Read(kAsked, {.answers = {{kQuestionName, 1, 60, kAddress},
                                {Name("other.example"), 1, 60, {1, 1, 1, 1}},
                                {kQuestionName, 28, 60, Bytes(16)},
                                {kQuestionName, 1, 60, {3, 3, 3, 3}, 3}}});
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->status, DnsStatus::kData);
  EXPECT_EQ(read->rdata, std::vector<Bytes>{kAddress});
  EXPECT_EQ(read->canonical_name, "mx.peer.example");
}

TEST(DnsMessageTest, OwnerIsComparedWithoutCase) {
  const auto read =
      Read(kAsked, {.answers = {{Name("MX.Peer.EXAMPLE"), 1, 60, kAddress}}});
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->rdata.size(), 1u);
}

TEST(DnsMessageTest, SrvTargetIsUncompressed) {
  const Question question{"_xmpp-server._tcp.peer.example", RecordType::kSrv};
  // The target is "mx" in front of "peer.example", which stands at 12 + 18.
  const auto read = Read(
      question,
      {.answers = {{kQuestionName,
                    33,
                    60,
                    {0, 1, 0, 2, 0x14, 0x95, 2, 'm', 'x', 0xc0, 12 + 18}}}});
  ASSERT_TRUE(read) << read.error();
  Bytes expected = {0, 1, 0, 2, 0x14, 0x95};
  Append(expected, Name("mx.peer.example"));
  EXPECT_EQ(read->rdata, std::vector<Bytes>{expected});
}

TEST(DnsMessageTest, SrvTargetOfTheRootIsKept) {
  const Question question{"_xmpp-server._tcp.peer.example", RecordType::kSrv};
  const auto read = Read(
      question, {.answers = {{kQuestionName, 33, 60, {0, 0, 0, 0, 0, 0, 0}}}});
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->rdata[0].size(), 7u);
}

TEST(DnsMessageTest, AliasesAreFollowedInAnyOrderAndCase) {
  const auto read =
      Read(kAsked, {.answers = {{Name("C.example"), 1, 60, kAddress},
                                {Name("b.example"), 5, 60, Name("c.EXAMPLE")},
                                {kQuestionName, 5, 60, Name("B.example")}}});
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->status, DnsStatus::kData);
  EXPECT_EQ(read->canonical_name, "c.example");
  EXPECT_EQ(read->rdata.size(), 1u);
}

TEST(DnsMessageTest, AliasAskedForIsNotFollowed) {
  const Question question{"a.example", RecordType::kCname};
  const auto read =
      Read(question, {.answers = {{kQuestionName, 5, 60, Name("b.example")}}});
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->canonical_name, "a.example");
  EXPECT_EQ(read->rdata, std::vector<Bytes>{Name("b.example")});
}

// D-19
TEST(DnsMessageTest, CircleOfAliasesIsAnError) {
  const auto read =
      Read(kAsked, {.answers = {{kQuestionName, 5, 60, Name("b.example")},
                                {Name("b.example"), 5, 60, kQuestionName}}});
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().find("CNAME"), std::string::npos);
}

TEST(DnsMessageTest, DenialsAreToldApart) {
  const std::vector<Record> soa = {
      {Name("example"), kSoa, 60, StartOfAuthority(60)}};
  const auto no_data = Read(kAsked, {.authorities = soa});
  ASSERT_TRUE(no_data) << no_data.error();
  EXPECT_EQ(no_data->status, DnsStatus::kNoData);
  const auto no_name = Read(kAsked, {.rcode = 3, .authorities = soa});
  ASSERT_TRUE(no_name) << no_name.error();
  EXPECT_EQ(no_name->status, DnsStatus::kNoName);
}

// L-05: neither data nor a denial.
TEST(DnsMessageTest, ErrorCodesAndTruncationAreErrors) {
  for (const int rcode : {1, 2, 4, 5, 6, 15}) {
    const auto read = Read(kAsked, {.rcode = rcode});
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().find(std::to_string(rcode)), std::string::npos);
  }
  const auto read =
      Read(kAsked,
           {.truncated = true, .answers = {{kQuestionName, 1, 60, kAddress}}});
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().find("truncated"), std::string::npos);
}

TEST(DnsMessageTest, DataUnderAnExistenceDenialIsAnError) {
  EXPECT_FALSE(Read(
      kAsked, {.rcode = 3, .answers = {{kQuestionName, 1, 60, kAddress}}}));
}

// D-60, D-61
TEST(DnsMessageTest, LifetimeIsTheSmallestOfEverything) {
  const auto end = [](int in) {
    return Signature(static_cast<std::uint32_t>(kNow.seconds + in));
  };
  const Record address{kQuestionName, 1, 300, kAddress};
  const struct {
    const char* what;
    Message message;
    int lifetime;
  } cases[] = {
      {"a TTL", {.answers = {address}}, 300},
      {"the smaller of two TTLs",
       {.answers = {address, {kQuestionName, 1, 20, {1, 1, 1, 1}}}},
       20},
      {"an alias's TTL",
       {.answers = {{kQuestionName, 5, 7, Name("b.example")},
                    {Name("b.example"), 1, 300, kAddress}}},
       7},
      {"a signature that ends later",
       {.answers = {address, {kQuestionName, kRrsig, 300, end(4000)}}},
       300},
      {"a signature that ends in 20 s",
       {.answers = {address, {kQuestionName, kRrsig, 300, end(20)}}},
       20},
      {"a signature that has ended",
       {.answers = {address, {kQuestionName, kRrsig, 300, end(-5)}}},
       0},
      {"a signature of a proof that ends in 9 s",
       {.answers = {address},
        .authorities = {{Name("example"), kRrsig, 300, end(9)}}},
       9},
      {"a TTL with its first bit set",
       {.answers = {{kQuestionName, 1, 0x80000001, kAddress}}},
       0},
      {"a denial's SOA TTL",
       {.authorities = {{Name("example"), kSoa, 40, StartOfAuthority(900)}}},
       40},
      {"a denial's SOA minimum",
       {.authorities = {{Name("example"), kSoa, 900, StartOfAuthority(30)}}},
       30},
      {"a denial without SOA", {.rcode = 3}, 0},
  };
  for (const auto& [what, message, lifetime] : cases) {
    const auto read = Read(kAsked, message);
    ASSERT_TRUE(read) << what << ": " << read.error();
    EXPECT_EQ(read->lifetime, seconds(lifetime)) << what;
  }
}

// RFC 4034 section 3.1.5
TEST(DnsMessageTest, EndOfASignatureCountsAcrossTheTurnOfItsNumber) {
  const Message message{
      .answers = {{kQuestionName, 1, 300, kAddress},
                  {kQuestionName, kRrsig, 300, Signature(5)}}};
  const auto read = ReadDnsMessage(kAsked, message.Write(kAsked),
                                   UnixTime{(std::int64_t{1} << 32) - 5});
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->lifetime, seconds(10));
}

TEST(DnsMessageTest, MalformedRdataIsAnError) {
  const Question srv{"_xmpp-server._tcp.peer.example", RecordType::kSrv};
  const Bytes cases[] = {
      {},                              // nothing
      {0, 0, 0, 0, 0, 0},              // no target
      {0, 0, 0, 0, 0, 0, 2, 'm'},      // cut off
      {0, 0, 0, 0, 0, 0, 0, 0},        // more than a name
      {0, 0, 0, 0, 0, 0, 0xc0, 0xff},  // a pointer to nowhere
      {0, 0, 0, 0, 0, 0, 0x40, 0},     // a reserved label type
  };
  for (const Bytes& rdata : cases) {
    const auto read = Read(srv, {.answers = {{kQuestionName, 33, 60, rdata}}});
    ASSERT_FALSE(read) << rdata.size();
    EXPECT_EQ(read.error(), "the answer is malformed");
  }
}

TEST(DnsMessageTest, EveryCutOffMessageIsAnError) {
  const Bytes whole =
      Message{.answers = {{kQuestionName, 1, 60, kAddress}}}.Write(kAsked);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(ReadDnsMessage(kAsked, std::span(whole).first(size), kNow))
        << size;
  }
}

}  // namespace
}  // namespace danegate
