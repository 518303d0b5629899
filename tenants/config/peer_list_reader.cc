#include "tenants/config/peer_list_reader.h"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tenants/config/domain_pattern.h"

namespace danegate {
namespace {

// Which pattern stands where.
using Places = std::unordered_map<std::string, Position>;

struct LocatedPattern {
  DomainPattern pattern;
  Position at;
};

std::vector<LocatedPattern> ReadList(const Fields& tenant, std::string_view key,
                                     FileLog* log) {
  std::vector<LocatedPattern> list;
  Places places;
  for (const auto& text : tenant.Texts(key)) {
    auto pattern = ReadDomainPattern(text, log);
    if (!pattern) continue;
    const auto [other, is_new] = places.try_emplace(ToText(*pattern), text.at);
    if (is_new) {
      list.push_back({*std::move(pattern), text.at});
    } else {
      log->Error(text.at, std::string(key) + ": " + InQuotes(other->first) +
                              " is there already (" +
                              ToPlace(log->file(), other->second) +
                              "); keep one of the two");
    }
  }
  return list;
}

// The pattern of `denied` that takes in all that `allowed` does, beside
// `allowed` itself; empty if there is none.
std::string CoveredBy(const DomainPattern& allowed, const Places& denied) {
  for (std::string_view name = allowed.domain.ascii();;) {
    const auto dot = name.find('.');
    if (dot == std::string_view::npos) return "";
    name.remove_prefix(dot + 1);
    const auto pattern = "*." + std::string(name);
    if (denied.contains(pattern)) return pattern;
  }
}

void Compare(const LocatedPattern& allowed, const Places& denied,
             FileLog* log) {
  const std::string text = ToText(allowed.pattern);
  if (const auto same = denied.find(text); same != denied.end()) {
    log->Error(allowed.at, "proof.allow: " + InQuotes(text) +
                               " is in proof.deny as well (" +
                               ToPlace(log->file(), same->second) +
                               "); remove it from one of the two");
    return;
  }
  const std::string wider = CoveredBy(allowed.pattern, denied);
  if (wider.empty()) return;
  log->Warn(allowed.at, "proof.allow: " + InQuotes(text) +
                            " is refused all the same: " + InQuotes(wider) +
                            " of proof.deny (" +
                            ToPlace(log->file(), denied.at(wider)) +
                            ") comes first; remove one of the two");
}

std::vector<DomainPattern> PatternsOf(std::vector<LocatedPattern> list) {
  std::vector<DomainPattern> patterns;
  for (auto& item : list) patterns.push_back(std::move(item.pattern));
  return patterns;
}

}  // namespace

void ReadPeerLists(const Fields& tenant, ProofPolicy* policy, FileLog* log) {
  auto deny = ReadList(tenant, "proof.deny", log);
  auto allow = ReadList(tenant, "proof.allow", log);
  Places denied;
  for (const auto& item : deny) denied.emplace(ToText(item.pattern), item.at);
  for (const auto& item : allow) Compare(item, denied, log);
  policy->deny = PatternsOf(std::move(deny));
  policy->allow = PatternsOf(std::move(allow));
}

}  // namespace danegate
