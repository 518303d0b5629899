#include "tenants/persistent_map.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "verifier/mailbox.h"

namespace danegate {
namespace {

using Map = PersistentMap<int>;
using Model = std::map<std::string, int>;

Model ToModel(const Map& map) {
  Model model;
  map.ForEach([&model](const std::string& key, int value) {
    EXPECT_TRUE(model.emplace(key, value).second) << key << " twice";
  });
  return model;
}

TEST(PersistentMap, IsEmptyAtFirst) {
  Map map;
  EXPECT_EQ(map.size(), 0U);
  EXPECT_EQ(map.Find("a"), nullptr);
  EXPECT_FALSE(map.Erase("a"));
}

TEST(PersistentMap, AnEntryMayGetAnotherValue) {
  Map map;
  map.Set("a", 1);
  map.Set("a", 2);
  ASSERT_NE(map.Find("a"), nullptr);
  EXPECT_EQ(*map.Find("a"), 2);
  EXPECT_EQ(map.size(), 1U);
}

// Ten thousand random steps over few keys, with a snapshot now and then: each
// snapshot stays what it was, and the map is what a std::map would be.
TEST(PersistentMap, IsWhatAMapWouldBeAndItsCopiesStay) {
  std::mt19937 random(7);
  Map map;
  Model model;
  std::vector<std::pair<Map, Model>> snapshots;
  for (int step = 0; step < 10000; ++step) {
    const std::string key = "k" + std::to_string(random() % 700);
    if (random() % 3 == 0) {
      EXPECT_EQ(map.Erase(key), model.erase(key) == 1);
    } else {
      map.Set(key, step);
      model[key] = step;
    }
    const auto found = model.find(key);
    ASSERT_EQ(map.Find(key) != nullptr, found != model.end());
    if (found != model.end()) {
      EXPECT_EQ(*map.Find(key), found->second);
    }
    ASSERT_EQ(map.size(), model.size());
    if (step % 500 == 0) snapshots.emplace_back(map, model);
  }
  EXPECT_EQ(ToModel(map), model);
  for (const auto& [snapshot, was] : snapshots) {
    EXPECT_EQ(ToModel(snapshot), was);
  }
}

TEST(PersistentMap, LetsGoOfWhatItHeld) {
  const auto held = std::make_shared<int>(1);
  PersistentMap<std::shared_ptr<int>> map;
  for (int i = 0; i < 1000; ++i) map.Set(std::to_string(i), held);
  {
    const auto copy = map;
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(map.Erase(std::to_string(i)));
    EXPECT_EQ(map.size(), 0U);
    EXPECT_GT(held.use_count(), 1000);
  }
  EXPECT_EQ(held.use_count(), 1);
}

// Readers hold snapshots on other threads while the owner changes the map:
// under TSan this shows whether a node is written that anybody reads. Each
// value says which entry it is of.
TEST(PersistentMap, MayBeReadByOthersWhileItChanges) {
  constexpr int kKeys = 500;
  PersistentMap<std::string> map;
  for (int key = 0; key < kKeys; ++key) {
    map.Set(std::to_string(key), std::to_string(key) + " at first");
  }
  Mailbox<PersistentMap<std::string>> snapshots;
  std::atomic<bool> over{false};
  std::thread reader([&] {
    while (!over) {
      for (const auto& snapshot : snapshots.Drain()) {
        snapshot.ForEach([](const std::string& key, const std::string& value) {
          EXPECT_TRUE(value.starts_with(key + " at "));
        });
      }
    }
  });
  for (int step = 0; step < 2000; ++step) {
    const std::string key = std::to_string(step * 7919 % kKeys);
    if (step % 5 == 0) map.Erase(key);
    map.Set(key, key + " at " + std::to_string(step));
    if (step % 10 == 0) snapshots.Put(map);
  }
  over = true;
  reader.join();
}

}  // namespace
}  // namespace danegate
