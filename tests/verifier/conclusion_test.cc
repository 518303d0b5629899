// What all targets of a domain say together (spec D.7, D-72, D-73).
#include "verifier/verification/conclusion.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace danegate {
namespace {

using Kind = TargetFinding::Kind;

ExaminedTarget Target(Kind kind) { return {{.kind = kind}, {}}; }

ExaminedTarget WithRecords(TlsaMatch::Kind kind, Reason reason) {
  ExaminedTarget target = Target(Kind::kTlsa);
  target.match = TlsaMatch{.kind = kind, .reason = reason};
  return target;
}

const ExaminedTarget kUnreachable = Target(Kind::kUnreachable);
const ExaminedTarget kUnsigned = Target(Kind::kUnsigned);
const ExaminedTarget kWithoutTlsa = Target(Kind::kWithoutTlsa);
const ExaminedTarget kFailed = Target(Kind::kFailed);
const ExaminedTarget kNoMatch =
    WithRecords(TlsaMatch::Kind::kNoMatch, Reason::kNoMatch);
const ExaminedTarget kExpired =
    WithRecords(TlsaMatch::Kind::kNoMatch, Reason::kExpired);
const ExaminedTarget kTooMuch =
    WithRecords(TlsaMatch::Kind::kNoMatch, Reason::kBudgetExhausted);
const ExaminedTarget kUnusable =
    WithRecords(TlsaMatch::Kind::kUnusable, Reason::kAllUnusable);

ExaminedTarget Bogus() {
  ExaminedTarget target = kFailed;
  target.finding.bogus = true;
  return target;
}

struct Row {
  std::string name;
  std::vector<ExaminedTarget> targets;
  Outcome outcome;
  Reason reason;
  std::size_t decided_by = 0;
};

void Expect(const Row& row, Omitted omitted = {}) {
  SCOPED_TRACE(row.name);
  const Conclusion conclusion = Conclude(row.targets, omitted);
  EXPECT_EQ(ToString(conclusion.outcome), ToString(row.outcome));
  EXPECT_EQ(ToString(conclusion.reason), ToString(row.reason));
  EXPECT_EQ(conclusion.target, &row.targets[row.decided_by]);
}

TEST(ConclusionTest, D7OneTargetIsWhatItIs) {
  for (const Row& row : std::vector<Row>{
           {"no address", {kUnreachable}, Outcome::kAbsent, Reason::kNoTlsa},
           {"unsigned address",
            {kUnsigned},
            Outcome::kAbsent,
            Reason::kNoSecureDelegation},
           {"no TLSA", {kWithoutTlsa}, Outcome::kAbsent, Reason::kNoTlsa},
           {"unusable", {kUnusable}, Outcome::kAbsent, Reason::kAllUnusable},
           {"mismatch", {kNoMatch}, Outcome::kDisproved, Reason::kNoMatch},
           {"expired", {kExpired}, Outcome::kDisproved, Reason::kExpired},
           {"failed", {kFailed}, Outcome::kIndeterminate, Reason::kDnsFailed},
           {"bogus", {Bogus()}, Outcome::kIndeterminate, Reason::kDnsBogus},
           {"too much",
            {kTooMuch},
            Outcome::kIndeterminate,
            Reason::kBudgetExhausted},
       }) {
    Expect(row);
  }
}

TEST(ConclusionTest, D72OnlyAFullDeploymentCanDisprove) {
  for (const Row& row : std::vector<Row>{
           {"full",
            {kNoMatch, kNoMatch},
            Outcome::kDisproved,
            Reason::kNoMatch},
           {"nobody connects to the other",
            {kUnreachable, kNoMatch},
            Outcome::kDisproved,
            Reason::kNoMatch,
            1},
           {"one without TLSA",
            {kNoMatch, kWithoutTlsa},
            Outcome::kAbsent,
            Reason::kMixedDeployment},
           {"one unsigned",
            {kUnsigned, kNoMatch},
            Outcome::kAbsent,
            Reason::kMixedDeployment,
            1},
           {"one unusable",
            {kUnusable, kNoMatch},
            Outcome::kAbsent,
            Reason::kMixedDeployment,
            1},
       }) {
    Expect(row);
  }
  Expect({"one that cannot be proved",
          {kNoMatch},
          Outcome::kAbsent,
          Reason::kMixedDeployment},
         {.unprotected = true});
}

// Whatever else is there, in any order: a failure is never an absence (L-05).
TEST(ConclusionTest, D73WithAFailureAnythingIsIndeterminate) {
  for (const ExaminedTarget& other :
       {kUnreachable, kUnsigned, kWithoutTlsa, kNoMatch, kExpired, kTooMuch,
        kUnusable}) {
    Expect({"failure first",
            {kFailed, other},
            Outcome::kIndeterminate,
            Reason::kDnsFailed});
    Expect({"failure last",
            {other, Bogus()},
            Outcome::kIndeterminate,
            Reason::kDnsBogus,
            1});
  }
}

TEST(ConclusionTest, D22WhatNobodyLookedAtIsNoAbsenceEither) {
  for (const ExaminedTarget& target :
       {kUnreachable, kUnsigned, kWithoutTlsa, kNoMatch, kUnusable}) {
    const std::vector<ExaminedTarget> targets(8, target);
    const Conclusion conclusion = Conclude(targets, {.unexamined = true});
    EXPECT_EQ(conclusion.outcome, Outcome::kIndeterminate);
    EXPECT_EQ(conclusion.reason, Reason::kBudgetExhausted);
    EXPECT_EQ(conclusion.target, nullptr);
  }
}

TEST(ConclusionTest, TheTargetThatSaysMostDecides) {
  for (const Row& row : std::vector<Row>{
           {"nearest mismatch",
            {kNoMatch, kExpired, kNoMatch},
            Outcome::kDisproved,
            Reason::kExpired,
            1},
           {"unusable before none",
            {kWithoutTlsa, kUnusable},
            Outcome::kAbsent,
            Reason::kAllUnusable,
            1},
           {"none before unsigned",
            {kUnsigned, kWithoutTlsa},
            Outcome::kAbsent,
            Reason::kNoTlsa,
            1},
           {"unsigned before unreachable",
            {kUnreachable, kUnsigned},
            Outcome::kAbsent,
            Reason::kNoSecureDelegation,
            1},
       }) {
    Expect(row);
  }
}

}  // namespace
}  // namespace danegate
