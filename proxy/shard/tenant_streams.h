// TenantStreams knows which sessions have pairs of a tenant, so that a change
// of one tenant costs nothing to the others. Thread: one owner, the shard.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace danegate {

class TenantStreams {
 public:
  // A session may be there several times, once for each pair.
  void Add(const std::string& tenant, std::uint64_t session) {
    ++sessions_[tenant][session];
  }
  // REQUIRES: it was added.
  void Remove(const std::string& tenant, std::uint64_t session) {
    const auto of_tenant = sessions_.find(tenant);
    const auto count = of_tenant->second.find(session);
    if (--count->second == 0) of_tenant->second.erase(count);
    if (of_tenant->second.empty()) sessions_.erase(of_tenant);
  }
  // Each once.
  std::vector<std::uint64_t> Of(const std::string& tenant) const {
    std::vector<std::uint64_t> sessions;
    const auto of_tenant = sessions_.find(tenant);
    if (of_tenant == sessions_.end()) return sessions;
    for (const auto& [session, count] : of_tenant->second) {
      sessions.push_back(session);
    }
    return sessions;
  }

 private:
  std::unordered_map<std::string, std::unordered_map<std::uint64_t, unsigned>>
      sessions_;
};

}  // namespace danegate
