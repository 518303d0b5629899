#include "proxy/ops/watched_folders.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace danegate {
namespace {

namespace fs = std::filesystem;

class WatchedFoldersTest : public ::testing::Test {
 protected:
  WatchedFoldersTest() {
    char name[] = "/tmp/danegate-folders-XXXXXX";
    root_ = ::mkdtemp(name);
    folder_ = root_ + "/tenants";
    fs::create_directory(folder_);
    auto watch = FolderWatch::Open(
        loop_, [this](const std::string& path) { told_.push_back(path); },
        [this] { ++lost_; });
    EXPECT_TRUE(watch.ok());
    folders_ = std::make_unique<WatchedFolders>(
        *std::move(watch),
        [this](const std::string& trouble) { troubles_.push_back(trouble); });
  }
  ~WatchedFoldersTest() override {
    folders_.reset();
    loop_.Finish();
    fs::remove_all(root_);
  }

  void Read() {
    Ticker ticker(loop_, std::chrono::milliseconds(1),
                  [this] { loop_.Stop(); });
    Waker alive(loop_, [] {});
    ticker.Start();
    for (int turn = 0; turn < 3; ++turn) loop_.Run();
  }

  std::string root_, folder_;
  Loop loop_;
  std::vector<std::string> told_, troubles_;
  int lost_ = 0;
  std::unique_ptr<WatchedFolders> folders_;
};

TEST_F(WatchedFoldersTest, AFolderThatIsMadeAgainLaterIsWatchedAgain) {
  EXPECT_FALSE(folders_->Want({folder_}, false));
  fs::rename(folder_, root_ + "/old");
  Read();
  EXPECT_EQ(lost_, 1);
  EXPECT_TRUE(folders_->HasFailed());
  for (const bool anew : {true, false, true}) {
    EXPECT_FALSE(folders_->Want({folder_}, anew));
  }
  ASSERT_EQ(troubles_.size(), 1U);
  EXPECT_NE(troubles_[0].find(folder_), std::string::npos);
  EXPECT_TRUE(folders_->HasFailed());
  fs::create_directory(folder_);
  EXPECT_TRUE(folders_->Want({folder_}, false));
  EXPECT_FALSE(folders_->HasFailed());
  EXPECT_FALSE(folders_->Want({folder_}, true));
  std::ofstream(folder_ + "/a.yaml") << "x";
  Read();
  EXPECT_EQ(told_, std::vector{folder_ + "/a.yaml"});
}

TEST_F(WatchedFoldersTest, ASecondFailureIsToldOfAgain) {
  for (int time = 0; time < 2; ++time) {
    folders_->Want({folder_}, false);
    fs::remove(folder_);
    Read();
    folders_->Want({folder_}, true);
    fs::create_directory(folder_);
  }
  EXPECT_EQ(troubles_.size(), 2U);
}

TEST_F(WatchedFoldersTest, WhatIsNotWantedAnyMoreHasNotFailed) {
  const std::string other = root_ + "/other";
  folders_->Want({folder_, other}, false);
  EXPECT_TRUE(folders_->HasFailed());
  folders_->Want({folder_}, false);
  EXPECT_FALSE(folders_->HasFailed());
}

TEST_F(WatchedFoldersTest, TooManyFoldersAreToldOfOnce) {
  std::map<std::string, std::size_t> others;
  for (std::size_t i = 0; i < WatchedFolders::kMaxFolders + 2; ++i) {
    const std::string other = root_ + "/" + std::to_string(i);
    fs::create_directory(other);
    others[other] = 1;
  }
  folders_->Want({folder_}, false, others);
  folders_->Want({folder_}, false, others);
  ASSERT_EQ(troubles_.size(), 1U) << troubles_[1];
  EXPECT_TRUE(troubles_[0].starts_with("cannot watch 3 of the folders"))
      << troubles_[0];
  EXPECT_FALSE(folders_->HasFailed());
  std::ofstream(folder_ + "/a.yaml") << "x";
  Read();
  EXPECT_EQ(told_, std::vector{folder_ + "/a.yaml"});
}

}  // namespace
}  // namespace danegate
