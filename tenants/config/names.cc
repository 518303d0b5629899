#include "tenants/config/names.h"

#include <algorithm>
#include <utility>

#include "tenants/config/domain_mistake.h"
#include "verifier/check.h"

namespace danegate {
namespace {

constexpr std::size_t kLongestTenantName = 63;

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

// "acme-ltd" for "Acme Ltd.".
std::string NearestName(std::string_view name) {
  std::string nearest;
  for (const char c : name.substr(0, kLongestTenantName)) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    if (IsNameCharacter(lower) && lower != '-') {
      nearest += lower;
    } else if (!nearest.empty() && nearest.back() != '-') {
      nearest += '-';
    }
  }
  while (nearest.ends_with('-')) nearest.pop_back();
  return nearest.empty() ? "acme" : nearest;
}

}  // namespace

std::optional<Domain> ReadDomain(const LocatedText& text, FileLog* log) {
  auto domain = Domain::Parse(text.text);
  if (!domain) {
    log->Error(text.at, DomainMistake(text.text, domain.error()));
    return std::nullopt;
  }
  if (auto mistake = UnseenMistake(text.text)) {
    log->Error(text.at, *std::move(mistake));
    return std::nullopt;
  }
  return *std::move(domain);
}

std::optional<std::string> TenantNameMistake(std::string_view name) {
  if (!name.empty() && name.size() <= kLongestTenantName &&
      name.front() != '-' &&
      std::all_of(name.begin(), name.end(), IsNameCharacter)) {
    return std::nullopt;
  }
  return "tenant: expected a name of 1 to 63 characters a-z, 0-9 and '-', a "
         "letter or digit first; found " +
         InQuotes(name) + "; write for example " + NearestName(name);
}

bool NameClaims::Take(const std::string& name, Position at,
                      const std::shared_ptr<const Holder>& holder,
                      FileLog* log) {
  if (HolderOf(name) == log->file()) {
    log->Error(at, InQuotes(name) + " is there already (" +
                       ToPlace(log->file(), claims_.at(name).at) +
                       "); keep one of the two");
    return false;
  }
  if (auto why = WhyTaken(name); !why.empty()) {
    log->Error(at, std::move(why));
    return false;
  }
  return TryTake(name, at, holder);
}

bool NameClaims::TryTake(const std::string& name, Position at,
                         const std::shared_ptr<const Holder>& holder) {
  return claims_.emplace(name, Claim{holder, at}).second;
}

std::string NameClaims::HolderOf(const std::string& name) const {
  const auto found = claims_.find(name);
  return found == claims_.end() ? "" : found->second.holder->file;
}

std::string NameClaims::WhyTaken(const std::string& name) const {
  const auto found = claims_.find(name);
  if (found == claims_.end()) return "";
  const auto& [holder, at] = found->second;
  return InQuotes(name) + " belongs to " +
         (owner_.empty() ? holder->owner : owner_) + " already (" +
         ToPlace(holder->file, at) + "); one of the two must give it up";
}

std::optional<NameClaims::Claim> NameClaims::Release(const std::string& name,
                                                     const std::string& file) {
  const auto found = claims_.find(name);
  if (found == claims_.end() || found->second.holder->file != file)
    return std::nullopt;
  Claim claim = std::move(found->second);
  claims_.erase(found);
  return claim;
}

void NameClaims::Restore(const std::string& name, Claim claim) {
  DANEGATE_CHECK(claims_.emplace(name, std::move(claim)).second);
}

}  // namespace danegate
