// The decision against its table (decision_table.txt), all 4^4 x 3 rows.
#include "verifier/decision.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace danegate {
namespace {

constexpr Outcome kOutcomes[] = {Outcome::kProved, Outcome::kDisproved,
                                 Outcome::kAbsent, Outcome::kIndeterminate};

Outcome OutcomeOf(const std::string& word) {
  for (const Outcome outcome : kOutcomes) {
    if (ToString(outcome) == word) return outcome;
  }
  ADD_FAILURE() << "no outcome: " << word;
  return Outcome::kAbsent;
}

struct Row {
  std::string text;
  ProofOutcomes outcomes;
  std::string dane, strong, any;  // the decision under each policy
};

std::vector<Row> ReadTable() {
  std::vector<Row> rows;
  std::ifstream file(DANEGATE_DECISION_TABLE);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream words(line);
    std::string dane, pki, posh, dialback, bar;
    Row row{.text = line};
    words >> dane >> pki >> posh >> dialback >> bar >> row.dane >> row.strong >>
        row.any;
    row.outcomes = {OutcomeOf(dane), OutcomeOf(pki), OutcomeOf(posh),
                    OutcomeOf(dialback)};
    rows.push_back(std::move(row));
  }
  return rows;
}

TEST(Decision, F_02_EveryRowOfTheTableIsDecidedAsWritten) {
  const auto rows = ReadTable();
  std::set<std::string> combinations;
  for (const Row& row : rows) {
    combinations.insert(row.text.substr(0, row.text.find('|')));
    using enum ProofRequirement;
    EXPECT_EQ(ToString(Decide(row.outcomes, kDane)), row.dane) << row.text;
    EXPECT_EQ(ToString(Decide(row.outcomes, kStrong)), row.strong) << row.text;
    EXPECT_EQ(ToString(Decide(row.outcomes, kAny)), row.any) << row.text;
  }
  EXPECT_EQ(combinations.size(), 256u);
  EXPECT_EQ(rows.size(), 256u);
}

// C7: what may never be, whatever the table says.
TEST(Decision, C7_NoOtherProofSavesAPeerThatDaneDoesNotLetIn) {
  for (const Row& row : ReadTable()) {
    if (row.outcomes.dane == Outcome::kProved ||
        row.outcomes.dane == Outcome::kAbsent) {
      continue;
    }
    for (const std::string& decision : {row.dane, row.strong, row.any}) {
      EXPECT_FALSE(decision.starts_with("grant")) << row.text;
      EXPECT_NE(decision, "dialback-only") << row.text;
    }
  }
}

TEST(Decision, C7_AStricterPolicyGrantsNothingThatALaxerOneRefuses) {
  for (const Row& row : ReadTable()) {
    if (row.dane.starts_with("grant")) {
      EXPECT_EQ(row.strong, row.dane);
    }
    if (row.strong.starts_with("grant")) {
      EXPECT_EQ(row.any, row.strong);
    }
    EXPECT_NE(row.strong, "grant-dialback") << row.text;
    EXPECT_NE(row.strong, "dialback-only") << row.text;
  }
}

}  // namespace
}  // namespace danegate
