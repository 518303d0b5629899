#include "proxy/net/folder_watch.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace danegate {
namespace {

namespace fs = std::filesystem;

// A folder that is watched; what is told is collected.
class FolderWatchTest : public ::testing::Test {
 protected:
  FolderWatchTest() {
    char name[] = "/tmp/danegate-watch-XXXXXX";
    root_ = ::mkdtemp(name);
    folder_ = root_ + "/watched";
    fs::create_directory(folder_);
    auto watch = FolderWatch::Open(
        loop_,
        [this](const std::string& path) {
          paths_.push_back(path);
          told_.push_back(fs::path(path).filename().string());
        },
        [this] { ++lost_; });
    EXPECT_TRUE(watch.ok());
    watch_ = *std::move(watch);
    EXPECT_EQ(watch_->Add(folder_), "");
  }
  ~FolderWatchTest() override {
    watch_.reset();
    loop_.Finish();
    fs::remove_all(root_);
  }

  // Runs the loop until there is nothing more to read: inotify has queued what
  // was done before.
  std::vector<std::string> Told() {
    Ticker ticker(loop_, std::chrono::milliseconds(1),
                  [this] { loop_.Stop(); });
    Waker alive(loop_, [] {});
    ticker.Start();
    for (int turn = 0; turn < 3; ++turn) loop_.Run();
    return std::exchange(told_, {});
  }

  std::string Path(const std::string& name) const {
    return folder_ + "/" + name;
  }

  std::string root_, folder_;
  Loop loop_;
  std::vector<std::string> told_;   // names
  std::vector<std::string> paths_;  // all that was told
  int lost_ = 0;
  std::unique_ptr<FolderWatch> watch_;
};

using Names = std::vector<std::string>;

TEST_F(FolderWatchTest, AFileIsToldOfWhenItIsClosedAndNotBefore) {
  std::ofstream file(Path("a.yaml"));
  file << "half of it" << std::flush;
  EXPECT_EQ(Told(), Names{});
  file << " and the rest";
  file.close();
  EXPECT_EQ(Told(), Names{"a.yaml"});
}

TEST_F(FolderWatchTest, RenamingRemovingAndRightsAreTold) {
  std::ofstream(root_ + "/new") << "x";
  fs::rename(root_ + "/new", Path("a.yaml"));
  EXPECT_EQ(Told(), Names{"a.yaml"});
  fs::rename(Path("a.yaml"), Path("b.yaml"));
  EXPECT_EQ(Told(), (Names{"a.yaml", "b.yaml"}));
  ::chmod(Path("b.yaml").c_str(), 0600);
  EXPECT_EQ(Told(), Names{"b.yaml"});
  fs::remove(Path("b.yaml"));
  EXPECT_EQ(Told(), Names{"b.yaml"});
}

TEST_F(FolderWatchTest, ALinkIsThereAtOnce) {
  std::ofstream(root_ + "/elsewhere") << "x";
  fs::create_symlink(root_ + "/elsewhere", Path("a.yaml"));
  EXPECT_EQ(Told(), Names{"a.yaml"});
}

TEST_F(FolderWatchTest, AVolumeThatIsReplacedAsAWholeIsLost) {
  fs::create_directory(Path("..2026"));
  EXPECT_EQ(Told(), Names{});
  EXPECT_EQ(lost_, 1);
}

TEST_F(FolderWatchTest, AFolderThatIsGoneIsLostAndCanBeWatchedAgain) {
  fs::rename(folder_, root_ + "/old");
  EXPECT_EQ(Told(), Names{});
  EXPECT_EQ(lost_, 1);
  EXPECT_NE(watch_->Add(folder_), "");
  fs::create_directory(folder_);
  EXPECT_EQ(watch_->Add(folder_), "");
  std::ofstream(Path("a.yaml")) << "x";
  EXPECT_EQ(Told(), Names{"a.yaml"});
}

TEST_F(FolderWatchTest, AFolderThatIsMovedAwayIsNotToldOfUnderItsOldName) {
  fs::rename(folder_, root_ + "/old");
  EXPECT_EQ(Told(), Names{});
  EXPECT_FALSE(watch_->Has(folder_));
  std::ofstream(root_ + "/old/a.yaml") << "x";
  EXPECT_EQ(Told(), Names{});
}

TEST_F(FolderWatchTest, AFolderWithTwoPathsIsToldOfUnderBoth) {
  const std::string alias = root_ + "/alias";
  fs::create_directory_symlink(folder_, alias);
  EXPECT_EQ(watch_->Add(alias), "");
  std::ofstream(Path("a.yaml")) << "x";
  EXPECT_EQ(Told(), (Names{"a.yaml", "a.yaml"}));
  EXPECT_EQ(paths_, (Names{alias + "/a.yaml", Path("a.yaml")}));
  watch_->Remove(alias);
  std::ofstream(Path("b.yaml")) << "x";
  EXPECT_EQ(Told(), Names{"b.yaml"});
  EXPECT_EQ(paths_.back(), Path("b.yaml"));
}

TEST_F(FolderWatchTest, AnAliasThatPointsElsewhereTakesNothingFromTheFolder) {
  const std::string alias = root_ + "/alias";
  fs::create_directory_symlink(folder_, alias);
  EXPECT_EQ(watch_->Add(alias), "");
  fs::remove(alias);
  EXPECT_NE(watch_->Add(alias), "");
  EXPECT_FALSE(watch_->Has(alias));
  std::ofstream(Path("a.yaml")) << "x";
  EXPECT_EQ(Told(), Names{"a.yaml"});
}

TEST_F(FolderWatchTest, WhatIsNotWatchedAnyMoreIsNotTold) {
  watch_->Remove(folder_);
  std::ofstream(Path("a.yaml")) << "x";
  EXPECT_EQ(Told(), Names{});
  EXPECT_EQ(watch_->size(), 0U);
}

}  // namespace
}  // namespace danegate
