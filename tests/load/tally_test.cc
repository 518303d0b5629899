#include "bench/load/handshakes/tally.h"

#include <gtest/gtest.h>

#include <chrono>

namespace danegate {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

HandshakeTally Begun(int count) {
  HandshakeTally tally;
  for (int i = 0; i < count; ++i) tally.OnBegun(nanoseconds(0));
  return tally;
}

TEST(HandshakeTally, IsGoodIfAllWereCompletedWithTheRightCertificate) {
  HandshakeTally tally = Begun(2);
  tally.OnCompleted(milliseconds(1), "");
  EXPECT_FALSE(tally.IsGood());
  tally.OnCompleted(milliseconds(3), "");
  EXPECT_TRUE(tally.IsGood());
  EXPECT_EQ(tally.times().max(), milliseconds(3));
}

TEST(HandshakeTally, IsNotGoodIfThereWasNone) {
  EXPECT_FALSE(HandshakeTally().IsGood());
}

TEST(HandshakeTally, AWrongCertificateIsACompletedHandshakeAndNotGood) {
  HandshakeTally tally = Begun(1);
  tally.OnCompleted(milliseconds(1), "another's");
  EXPECT_EQ(tally.completed(), 1u);
  EXPECT_EQ(tally.wrong().total(), 1u);
  EXPECT_FALSE(tally.IsGood());
}

TEST(HandshakeTally, AFailureIsCountedByItsReason) {
  HandshakeTally tally = Begun(3);
  tally.OnFailed("connect: refused");
  tally.OnFailed("TLS: alert");
  tally.OnFailed("connect: refused");
  EXPECT_EQ(tally.failures().total(), 3u);
  EXPECT_EQ(tally.failures().by_reason().at("connect: refused"), 2u);
  EXPECT_FALSE(tally.IsGood());
}

TEST(PaceTally, WhoBeginsAfterItsTimeIsLate) {
  PaceTally pace;
  pace.OnBegun(PaceTally::kLate);
  EXPECT_EQ(pace.late(), 0u);
  pace.OnBegun(PaceTally::kLate + nanoseconds(1));
  EXPECT_EQ(pace.late(), 1u);
  EXPECT_EQ(pace.begun(), 2u);
}

TEST(Reasons, AreBounded) {
  Reasons reasons;
  for (int i = 0; i < 1000; ++i) reasons.Count("reason " + std::to_string(i));
  reasons.Count("reason 0");
  EXPECT_EQ(reasons.by_reason().size(), Reasons::kMost + 1);
  EXPECT_EQ(reasons.by_reason().at("reason 0"), 2u);
  EXPECT_EQ(reasons.by_reason().at(Reasons::kOthers), 1000 - Reasons::kMost);
  EXPECT_EQ(reasons.total(), 1001u);
}

}  // namespace
}  // namespace danegate
