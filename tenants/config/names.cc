#include "tenants/config/names.h"

#include <algorithm>
#include <utility>

#include "verifier/check.h"

namespace danegate {
namespace {

constexpr std::size_t kLongestTenantName = 63;

std::string_view Explain(DomainError error) {
  switch (error) {
    case DomainError::kEmpty:
      return "it is empty";
    case DomainError::kTooLong:
      return "it is longer than 253 octets";
    case DomainError::kBadLabel:
      return "a label is empty, is longer than 63 octets or has a character "
             "that no host name has";
    case DomainError::kBadIdn:
      return "it is not a valid internationalised name (IDNA 2008)";
    case DomainError::kIpLiteral:
      return "it is an IP address; peers are found by name";
    case DomainError::kNotBare:
      return "it is an address of somebody; leave out the part with '@' or '/'";
  }
  return "it is no name";
}

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

}  // namespace

std::optional<Domain> ReadDomain(const LocatedText& text, FileLog* log) {
  auto domain = Domain::Parse(text.text);
  if (domain) return *std::move(domain);
  log->Error(text.at, "expected a domain such as acme.example; found " +
                          InQuotes(text.text) + ": " +
                          std::string(Explain(domain.error())));
  return std::nullopt;
}

std::optional<std::string> TenantNameMistake(std::string_view name) {
  if (!name.empty() && name.size() <= kLongestTenantName &&
      name.front() != '-' &&
      std::all_of(name.begin(), name.end(), IsNameCharacter)) {
    return std::nullopt;
  }
  return "tenant: expected a name of 1 to 63 characters a-z, 0-9 and '-', a "
         "letter or digit first; found " +
         InQuotes(name);
}

bool NameClaims::Take(const std::string& name, Position at,
                      const std::string& owner, FileLog* log) {
  if (auto why = WhyTaken(name); !why.empty()) {
    log->Error(at, std::move(why));
    return false;
  }
  claims_.emplace(name, Claim{owner, log->file(), at});
  return true;
}

std::string NameClaims::WhyTaken(const std::string& name) const {
  const auto found = claims_.find(name);
  if (found == claims_.end()) return "";
  const Claim& other = found->second;
  return InQuotes(name) + " belongs to " + other.owner + " already (" +
         ToPlace(other.file, other.at) + "); one of the two must give it up";
}

std::optional<NameClaims::Claim> NameClaims::Release(const std::string& name,
                                                     const std::string& file) {
  const auto found = claims_.find(name);
  if (found == claims_.end() || found->second.file != file) return std::nullopt;
  Claim claim = std::move(found->second);
  claims_.erase(found);
  return claim;
}

void NameClaims::Restore(const std::string& name, Claim claim) {
  DANEGATE_CHECK(claims_.emplace(name, std::move(claim)).second);
}

}  // namespace danegate
