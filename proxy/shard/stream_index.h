// StreamIndex knows which sessions have to do with a name, so that a change of
// one tenant costs nothing to the streams of others. Thread: one owner, the
// shard.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace danegate {

class StreamIndex {
 public:
  // A session may be there several times, once for each pair.
  void Add(const std::string& name, std::uint64_t session) {
    ++sessions_[name][session];
  }
  // REQUIRES: it was added.
  void Remove(const std::string& name, std::uint64_t session) {
    const auto of_name = sessions_.find(name);
    const auto count = of_name->second.find(session);
    if (--count->second == 0) of_name->second.erase(count);
    if (of_name->second.empty()) sessions_.erase(of_name);
  }
  // Each once.
  std::vector<std::uint64_t> Of(const std::string& name) const {
    std::vector<std::uint64_t> sessions;
    const auto of_name = sessions_.find(name);
    if (of_name == sessions_.end()) return sessions;
    for (const auto& [session, count] : of_name->second) {
      sessions.push_back(session);
    }
    return sessions;
  }

 private:
  std::unordered_map<std::string, std::unordered_map<std::uint64_t, unsigned>>
      sessions_;
};

}  // namespace danegate
