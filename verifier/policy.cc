#include "verifier/policy.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "verifier/pkix.h"

namespace danegate {

bool DomainPattern::Matches(const Domain& other) const {
  if (!below) return other == domain;
  const std::string& name = other.ascii();
  return name.size() > domain.ascii().size() + 1 &&
         name.ends_with(domain.ascii()) &&
         name[name.size() - domain.ascii().size() - 1] == '.';
}

std::string_view ProofPolicy::RefusingList(const Domain& peer) const {
  const auto matches = [&peer](const DomainPattern& pattern) {
    return pattern.Matches(peer);
  };
  if (std::any_of(deny.begin(), deny.end(), matches)) return "deny";
  if (allow.empty() || std::any_of(allow.begin(), allow.end(), matches)) {
    return {};
  }
  return "allow";
}

std::string ProofPolicy::WhyRefused(const Domain& peer) const {
  const auto list = RefusingList(peer);
  if (list.empty()) return {};
  return peer.ascii() + " is not welcome here: this domain " +
         (list == "deny" ? "refuses it" : "talks with a list of domains only");
}

std::uint64_t ProofPolicy::Digest() const {
  Sha256 roots{};
  if (trust != nullptr) roots = trust->digest();
  std::array<std::uint8_t, 3 + sizeof(Sha256)> text{
      static_cast<std::uint8_t>(require), posh, trust != nullptr};
  std::memcpy(text.data() + 3, roots.data(), roots.size());
  Sha256 digest;
  SHA256(text.data(), text.size(), digest.data());
  std::uint64_t first;
  std::memcpy(&first, digest.data(), sizeof(first));
  return first;
}

}  // namespace danegate
