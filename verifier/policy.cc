#include "verifier/policy.h"

#include <openssl/sha.h>

#include <array>
#include <cstring>

#include "verifier/pkix.h"

namespace danegate {

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
