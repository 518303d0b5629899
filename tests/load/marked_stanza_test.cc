#include "bench/load/stanzas/marked_stanza.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace danegate {
namespace {

using Kind = ReadMark::Kind;

const Domain kPeer = *Domain::Parse("p1.peers.example");
const Domain kTenant = *Domain::Parse("t1.tenants.example");

std::string Written(const StanzaMark& mark) {
  std::string text;
  StanzaWriter(kPeer, kTenant).Append(text, mark);
  return text;
}

// With `mark` in the place of the mark, and long enough for what it says.
std::string WithMark(const std::string& mark) {
  return "<message from='load@p.example' to='load@t.example' type='headline' "
         "id='" +
         mark + "'><body>" + std::string(200, 'x') + "</body></message>";
}

TEST(StanzaWriter, WritesExactlySoManyOctetsBehindWhatWasThere) {
  const std::size_t least = StanzaWriter(kPeer, kTenant).least_size();
  for (const std::size_t size : {least, least + 1, 300ul, 4096ul, 1ul << 20}) {
    std::string text = "before";
    StanzaWriter(kPeer, kTenant).Append(text, {size, 1, 2, Instant{}});
    EXPECT_EQ(text.size(), size + 6) << size;
    EXPECT_TRUE(
        text.starts_with("before<message from='load@p1.peers.example' "
                         "to='load@t1.tenants.example' type='headline' id='" +
                         std::to_string(size) + "-1-2-0'><body>x"))
        << text.substr(0, 200);
    EXPECT_TRUE(text.ends_with("x</body></message>"));
  }
}

TEST(StanzaWriter, TheLeastSizeHoldsTheLargestNumbers) {
  const StanzaWriter writer(kPeer, kTenant);
  const StanzaMark mark{
      writer.least_size(), std::numeric_limits<std::uint32_t>::max(),
      std::numeric_limits<std::uint64_t>::max(), Instant::Never()};
  std::string text;
  writer.Append(text, mark);
  EXPECT_EQ(text.size(), writer.least_size());
  const ReadMark read = ReadStanzaMark(text);
  ASSERT_EQ(read.kind, Kind::kMark);
  EXPECT_EQ(read.mark.size, mark.size);
  EXPECT_EQ(read.mark.stream, mark.stream);
  EXPECT_EQ(read.mark.number, mark.number);
  EXPECT_EQ(read.mark.due, mark.due);
}

TEST(ReadStanzaMark, NeedsMoreUntilTheMarkHasEnded) {
  const std::string text = Written({300, 7, 8, Instant{Duration(9)}});
  const std::size_t end = text.find("'><body>") + 1;
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    EXPECT_EQ(ReadStanzaMark(text.substr(0, cut)).kind,
              cut < end ? Kind::kMore : Kind::kMark)
        << cut;
  }
}

TEST(ReadStanzaMark, TakesAMarkOfFourNumbersAndNoOther) {
  EXPECT_EQ(ReadStanzaMark(WithMark("300-0-0-0")).kind, Kind::kMark);
  for (const std::string_view mark :
       {"", "300", "300-0", "300-0-0", "300-0-0-0-0", "300-0-0-", "-300-0-0-0",
        "300-0-0--1", "300--0-0", "300-0-0-0x", "300-a-0-0", " 300-0-0-0",
        "300-4294967296-0-0", "300-0-18446744073709551616-0",
        "300-0-0-9223372036854775808", "18446744073709551616-0-0-0"}) {
    EXPECT_EQ(ReadStanzaMark(WithMark(std::string(mark))).kind, Kind::kForeign)
        << mark;
  }
}

TEST(ReadStanzaMark, NoStanzaIsShorterThanWhatIsAroundItsBody) {
  const std::string text = WithMark("150-0-0-0");
  const std::size_t around = text.size() - 200;
  EXPECT_EQ(ReadStanzaMark(WithMark(std::to_string(around) + "-0-0-0")).kind,
            Kind::kMark);
  EXPECT_EQ(
      ReadStanzaMark(WithMark(std::to_string(around - 1) + "-0-0-0")).kind,
      Kind::kForeign);
}

TEST(ReadStanzaMark, NoStanzaIsLongerThanTheLargest) {
  const auto kind = [](std::size_t size) {
    return ReadStanzaMark(WithMark(std::to_string(size) + "-0-0-0")).kind;
  };
  EXPECT_EQ(kind(kLargestStanza), Kind::kMark);
  EXPECT_EQ(kind(kLargestStanza + 1), Kind::kForeign);
}

TEST(ReadStanzaMark, TellsAtTheFirstOctetThatItIsNoStanza) {
  for (const std::string_view text :
       {"x", "<presence", "<message to=", "<message from='me@", "</message>"}) {
    EXPECT_EQ(ReadStanzaMark(text).kind, Kind::kForeign) << text;
  }
}

TEST(ReadStanzaMark, DoesNotWaitForeverForAMark) {
  const std::string begin = "<message from='load@";
  EXPECT_EQ(ReadStanzaMark(begin + std::string(600, 'a')).kind, Kind::kMore);
  EXPECT_EQ(ReadStanzaMark(begin + std::string(700, 'a')).kind, Kind::kForeign);
}

}  // namespace
}  // namespace danegate
