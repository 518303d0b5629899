// The folder of tenant files as a whole: empty, away, renamed.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/tenants/book_of_workspace.h"

namespace danegate::testing {
namespace {

TEST_F(TenantBookTest, RenamingEveryFileIsNoEmptyFolder) {
  Write("b", "b.example");
  Sweep();
  std::filesystem::rename(File("acme"), File("x"));
  std::filesystem::rename(File("b"), File("y"));
  const auto changes = Sweep();
  EXPECT_EQ(changes.changed, 2U);
  EXPECT_EQ(OwnerOf("b.example"), "b");
  EXPECT_EQ(OwnerOf("acme.example"), "acme");
}

TEST_F(TenantBookTest, AFolderThatIsEmptyAtOnceIsAMistakeUnlessForced) {
  Write("b", "b.example");
  Sweep();
  Remove("acme");
  Remove("b");
  const auto changes = Sweep();
  ASSERT_EQ(changes.errors.size(), 1U);
  EXPECT_NE(changes.errors[0].message.find("2 tenants are served: they stay"),
            std::string::npos);
  EXPECT_EQ(Changed(changes), Names{});
  EXPECT_EQ(Changed(book_.Look({File("acme"), File("b")}, kToday, {})),
            Names{});
  EXPECT_EQ(OwnerOf("acme.example"), "acme");
  EXPECT_EQ(FolderProblem(), changes.errors[0].message);
  EXPECT_EQ(Changed(Sweep(true)), (Names{"acme", "b"}));
  EXPECT_EQ(book_.tenants().size(), 0U);
  EXPECT_NE(FolderProblem().find("nobody is served"), std::string::npos);
}

TEST_F(TenantBookTest, TheLastTenantStaysUntilItIsForcedOut) {
  Remove("acme");
  // Beside it one that was never served: it waits for the DNS, say.
  const auto changes = book_.Look({File("acme"), File("waiting")}, kToday, {});
  EXPECT_EQ(Changed(changes), Names{});
  ASSERT_EQ(changes.errors.size(), 1U);
  EXPECT_NE(changes.errors[0].message.find("1 tenant is served: it stays"),
            std::string::npos);
  EXPECT_NE(changes.errors[0].message.find("--force to let it go"),
            std::string::npos);
  EXPECT_EQ(Changed(book_.Look({File("acme")}, kToday, {})), Names{});
  EXPECT_EQ(Changed(Sweep()), Names{});
  EXPECT_EQ(OwnerOf("acme.example"), "acme");
  EXPECT_EQ(Changed(Sweep(true)), Names{"acme"});
}

TEST_F(TenantBookTest, WhatIsWrongWithTheFolderIsAProblemUntilItIsMended) {
  const std::string text = workspace_.Read("tenants.d/acme.yaml");
  Remove("acme");
  EXPECT_EQ(Sweep().errors.size(), 1U);
  EXPECT_TRUE(Sweep().errors.empty()) << "it has been told";
  EXPECT_NE(FolderProblem(), "");
  workspace_.Write("tenants.d/acme.yaml", text);
  book_.Look({File("acme")}, kToday, {});
  EXPECT_EQ(FolderProblem(), "");
}

TEST_F(TenantBookTest, AFileThatCannotBeLookedAtIsNotGone) {
  const std::string loop = File("loop");
  std::filesystem::create_symlink(loop, loop);
  const auto changes = book_.Look({loop}, kToday, {});
  EXPECT_EQ(changes.files_read, 1U);
  EXPECT_NE(ProblemOf("loop"), "");
}

TEST_F(TenantBookTest, AFolderThatCannotBeReadTakesNothingAway) {
  std::filesystem::rename(workspace_.Path("tenants.d"),
                          workspace_.Path("elsewhere"));
  const auto changes = Sweep(true);
  EXPECT_EQ(Changed(changes), Names{});
  EXPECT_FALSE(changes.errors.empty());
  EXPECT_EQ(OwnerOf("acme.example"), "acme");
  // Its files are gone with it, and say no more.
  EXPECT_EQ(Changed(book_.Look({File("acme")}, kToday, {})), Names{});
  EXPECT_NE(FolderProblem().find("cannot read the folder"), std::string::npos);
}

TEST_F(TenantBookTest, TheFoldersOfAllFilesAreKnown) {
  ASSERT_EQ(book_.folders().size(), 1U);
  EXPECT_EQ(book_.folders().begin()->first,
            std::filesystem::path(workspace_.Path("x")).parent_path());
  Remove("acme");
  Sweep(true);
  EXPECT_TRUE(book_.folders().empty());
}

}  // namespace
}  // namespace danegate::testing
