#include "bench/load/recorder/recorder_tally.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace danegate {
namespace {

using std::chrono::milliseconds;

RecorderTally After(const std::vector<std::uint64_t>& numbers) {
  RecorderTally tally;
  for (const std::uint64_t number : numbers) {
    tally.OnArrived({300, 2, number, Instant{}}, Instant{milliseconds(1)});
  }
  return tally;
}

TEST(RecorderTally, WhateverIsNotTheNextOfItsStreamIsOutOfOrder) {
  const struct {
    std::string what;
    std::vector<std::uint64_t> numbers;
    std::uint64_t out_of_order;
  } cases[] = {
      {"all in order", {0, 1, 2, 3}, 0}, {"one lost", {0, 1, 3, 4}, 1},
      {"the first lost", {1, 2}, 1},     {"many lost at a time", {0, 9, 10}, 1},
      {"twice", {0, 1, 1, 2}, 1},        {"too early", {0, 2, 1, 3}, 3}};
  for (const auto& one : cases) {
    const RecorderTally tally = After(one.numbers);
    EXPECT_EQ(tally.out_of_order(), one.out_of_order) << one.what;
    EXPECT_EQ(tally.stanzas(), one.numbers.size()) << one.what;
    EXPECT_EQ(tally.octets(), 300 * one.numbers.size()) << one.what;
  }
}

TEST(RecorderTally, StreamsAreToldApart) {
  RecorderTally tally;
  for (const std::uint64_t number : {0, 1, 2}) {
    for (const std::uint32_t stream : {0, 70, 7}) {
      tally.OnArrived({300, stream, number, Instant{}}, Instant{});
    }
  }
  EXPECT_EQ(tally.out_of_order(), 0u);
  EXPECT_EQ(tally.stanzas(), 9u);
}

TEST(RecorderTally, AStreamNumberThatThereCannotBeIsOutOfOrder) {
  RecorderTally tally;
  tally.OnArrived({300, RecorderTally::kMostStreams, 0, Instant{}}, Instant{});
  EXPECT_EQ(tally.out_of_order(), 1u);
  tally.OnArrived({300, UINT32_MAX, 0, Instant{}}, Instant{});
  EXPECT_EQ(tally.out_of_order(), 2u);
  EXPECT_EQ(tally.stanzas(), 2u);
}

TEST(RecorderTally, TimeCountsFromWhenAStanzaWasDue) {
  RecorderTally tally;
  tally.OnArrived({300, 0, 0, Instant{milliseconds(5)}},
                  Instant{milliseconds(12)});
  EXPECT_EQ(tally.times().max(), milliseconds(7));
}

TEST(RecorderTally, TheFirstStanzaOfEachStreamIsTimedByItselfToo) {
  RecorderTally tally;
  const auto arrive = [&tally](std::uint32_t stream, std::uint64_t number,
                               milliseconds took) {
    tally.OnArrived({300, stream, number, Instant{}}, Instant{took});
  };
  arrive(0, 0, milliseconds(3));
  arrive(0, 1, milliseconds(9));
  arrive(1, 0, milliseconds(5));
  EXPECT_EQ(tally.first_times().count(), 2u);
  EXPECT_EQ(tally.first_times().max(), milliseconds(5));
  EXPECT_EQ(tally.times().count(), 3u);
}

TEST(RecorderTally, CountsWhoHadACertificate) {
  RecorderTally tally;
  tally.OnOpened(true);
  tally.OnOpened(false);
  tally.OnOpened(true);
  EXPECT_EQ(tally.opened(), 3u);
  EXPECT_EQ(tally.with_certificate(), 2u);
}

TEST(RecorderTally, CountsFailuresByReason) {
  RecorderTally tally;
  tally.OnFailed("it closed the connection");
  tally.OnFailed("it closed the connection");
  EXPECT_EQ(tally.failures().by_reason().at("it closed the connection"), 2u);
}

}  // namespace
}  // namespace danegate
