#include "bench/load/handshakes/name_list.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace danegate {
namespace {

class NameListTest : public testing::Test {
 protected:
  ~NameListTest() override { std::filesystem::remove(file_); }

  Result<std::vector<Domain>, std::string> Read(const std::string& text) {
    std::ofstream(file_) << text;
    return ReadNames(file_);
  }

  const std::string file_ =
      testing::TempDir() + "danegate-names-" + std::to_string(::getpid());
};

TEST_F(NameListTest, HasADomainALineAndTakesNotesAndEmptyLines) {
  const auto names = Read("# mine\n\na.example\r\n  B.example \n\nc.example");
  ASSERT_TRUE(names) << names.error();
  ASSERT_EQ(names->size(), 3u);
  EXPECT_EQ((*names)[1].ascii(), "b.example");
  EXPECT_EQ((*names)[2].ascii(), "c.example");
}

TEST_F(NameListTest, SaysWhereThereIsNoDomain) {
  EXPECT_EQ(Read("a.example\n-\n").error(),
            file_ + ":2: expected a domain; found \"-\"");
}

TEST_F(NameListTest, WantsAtLeastOne) {
  EXPECT_NE(Read("# nobody\n").error().find("found none"), std::string::npos);
}

TEST(NameOrder, TakesOneAfterAnotherOverAndOver) {
  NameOrder order(3, std::nullopt);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(order.Next(), i % 3);
}

TEST(NameOrder, TakesAllAtRandomAndTheSameWithTheSameSeed) {
  NameOrder first(5, 42), second(5, 42), other(5, 43);
  std::set<std::size_t> seen;
  bool differs = false;
  for (int i = 0; i < 200; ++i) {
    const std::size_t next = first.Next();
    EXPECT_EQ(next, second.Next());
    differs |= next != other.Next();
    seen.insert(next);
  }
  EXPECT_EQ(seen.size(), 5u);
  EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace danegate
