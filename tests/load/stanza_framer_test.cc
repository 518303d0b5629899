#include "bench/load/stanzas/stanza_framer.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace danegate {
namespace {

using End = StanzaFramer::End;

constexpr std::string_view kClose = "</stream:stream>";

const StanzaWriter kWriter(*Domain::Parse("p1.peers.example"),
                           *Domain::Parse("t1.tenants.example"));

std::string Stanza(std::uint64_t number, std::size_t size = 300) {
  std::string text;
  kWriter.Append(text, {size, 5, number, Instant{Duration(1000)}});
  return text;
}

// What a framer has found, fed in pieces of this size.
struct Found {
  std::vector<std::uint64_t> numbers;
  std::optional<End> end;
  std::string foreign;
};

Found Feed(std::string_view text, std::size_t piece) {
  StanzaFramer framer;
  Found found;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    framer.OnBytes(text.substr(0, piece));
    if (framer.end() && found.end) continue;
    for (const StanzaMark& mark : framer.arrived()) {
      found.numbers.push_back(mark.number);
    }
    found.end = framer.end();
  }
  found.foreign = framer.foreign();
  return found;
}

TEST(StanzaFramer, ReadsTheMarkOfAStanza) {
  StanzaFramer framer;
  framer.OnBytes(Stanza(17, 4096));
  ASSERT_EQ(framer.arrived().size(), 1u);
  const StanzaMark& mark = framer.arrived().front();
  EXPECT_EQ(mark.size, 4096u);
  EXPECT_EQ(mark.stream, 5u);
  EXPECT_EQ(mark.number, 17u);
  EXPECT_EQ(mark.due, Instant{Duration(1000)});
}

TEST(StanzaFramer, FindsAllStanzasAndTheCloseInPiecesOfAnySize) {
  const std::string text =
      Stanza(0) + Stanza(1, 1000) + Stanza(2, 260) + std::string(kClose);
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    const Found found = Feed(text, piece);
    ASSERT_EQ(found.numbers, (std::vector<std::uint64_t>{0, 1, 2})) << piece;
    ASSERT_EQ(found.end, End::kClosed) << piece;
  }
}

TEST(StanzaFramer, FindsThemWhereverTheyAreCutOnce) {
  const std::string text = Stanza(0) + Stanza(1) + std::string(kClose);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    StanzaFramer framer;
    framer.OnBytes(text.substr(0, cut));
    const std::size_t before = framer.arrived().size();
    framer.OnBytes(text.substr(cut));
    ASSERT_EQ(before + (cut < text.size() ? framer.arrived().size() : 0), 2u)
        << cut;
    ASSERT_EQ(framer.end(), End::kClosed) << cut;
  }
}

TEST(StanzaFramer, OnlyWhatTheLastInputCompletedHasArrived) {
  StanzaFramer framer;
  framer.OnBytes(Stanza(0) + Stanza(1).substr(0, 100));
  EXPECT_EQ(framer.arrived().size(), 1u);
  framer.OnBytes(Stanza(1).substr(100, 100));
  EXPECT_TRUE(framer.arrived().empty());
  framer.OnBytes(Stanza(1).substr(200));
  ASSERT_EQ(framer.arrived().size(), 1u);
  EXPECT_EQ(framer.arrived().front().number, 1u);
}

// The sender's size is right; somebody on the way has taken or added octets.
TEST(StanzaFramer, AStanzaThatWasChangedInLengthIsForeign) {
  for (const std::size_t at : {250ul, 200ul, 150ul}) {
    std::string shorter = Stanza(0) + Stanza(1), longer = shorter;
    shorter.erase(at, 1);
    longer.insert(at, "x");
    for (std::size_t piece = 1; piece <= shorter.size(); ++piece) {
      ASSERT_EQ(Feed(shorter, piece).end, End::kForeign) << at << ' ' << piece;
      ASSERT_EQ(Feed(longer, piece).end, End::kForeign) << at << ' ' << piece;
    }
  }
}

TEST(StanzaFramer, AWrongTailIsForeignAndNoStanzaHasArrived) {
  std::string text = Stanza(0);
  text[text.size() - 5] = 'X';
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    const Found found = Feed(text, piece);
    EXPECT_EQ(found.end, End::kForeign) << piece;
    EXPECT_TRUE(found.numbers.empty()) << piece;
  }
}

TEST(StanzaFramer, WhatIsNoStanzaIsShownByItsBeginning) {
  const struct {
    std::string text;
    std::string shown;
  } cases[] = {{"<presence/>", "<presence/>"},
               {" ", " "},
               {"</stream:streams>", "</stream:streams>"},
               {"<message type='chat'/>", "<message type='chat'/>"},
               {std::string(1000, 'a'), std::string(80, 'a')}};
  for (const auto& one : cases) {
    const Found found = Feed(Stanza(0) + one.text, 100000);
    EXPECT_EQ(found.numbers.size(), 1u);
    EXPECT_EQ(found.end, End::kForeign) << one.text;
    EXPECT_EQ(found.foreign, one.shown);
  }
}

TEST(StanzaFramer, NothingArrivesAfterTheEnd) {
  for (const std::string_view end : {kClose, std::string_view("foreign")}) {
    StanzaFramer framer;
    framer.OnBytes(end);
    const auto ended = framer.end();
    framer.OnBytes(Stanza(0));
    EXPECT_TRUE(framer.arrived().empty()) << end;
    EXPECT_EQ(framer.end(), ended);
  }
}

TEST(StanzaFramer, ABrokenStanzaIsNotAnEnd) {
  const Found found = Feed(Stanza(0).substr(0, 299), 7);
  EXPECT_TRUE(found.numbers.empty());
  EXPECT_EQ(found.end, std::nullopt);
}

}  // namespace
}  // namespace danegate
