#include "verifier/dialback_key.h"

#include <openssl/hmac.h>
#include <openssl/mem.h>
#include <openssl/sha.h>

#include "verifier/check.h"

namespace danegate {
namespace {

const unsigned char* Octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

DialbackKeys::DialbackKeys(std::string_view secret,
                           std::optional<std::string_view> previous) {
  const auto hash = [](std::string_view text) {
    DANEGATE_CHECK(!text.empty());
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(Octets(text), text.size(), digest);
    return Hex(digest);
  };
  secret_ = hash(secret);
  if (previous) previous_ = hash(*previous);
}

DialbackKeys::HexDigest DialbackKeys::Hex(
    const unsigned char (&digest)[kHexDigest / 2]) {
  static constexpr char kDigits[] = "0123456789abcdef";
  HexDigest hex;
  for (std::size_t i = 0; i < sizeof(digest); ++i) {
    hex[2 * i] = kDigits[digest[i] >> 4];
    hex[2 * i + 1] = kDigits[digest[i] & 0xF];
  }
  return hex;
}

DialbackKeys::HexDigest DialbackKeys::MakeWith(const HexDigest& secret,
                                               const Domain& receiving,
                                               const Domain& originating,
                                               std::string_view id) {
  const std::string data =
      receiving.ascii() + ' ' + originating.ascii() + ' ' + std::string(id);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  unsigned length = 0;
  DANEGATE_CHECK(HMAC(EVP_sha256(), secret.data(), secret.size(), Octets(data),
                      data.size(), digest, &length) != nullptr);
  DANEGATE_CHECK(length == sizeof(digest));
  return Hex(digest);
}

std::string DialbackKeys::Make(const Domain& receiving,
                               const Domain& originating,
                               std::string_view id) const {
  const auto key = MakeWith(secret_, receiving, originating, id);
  return std::string(key.data(), key.size());
}

bool DialbackKeys::IsValid(const Domain& receiving, const Domain& originating,
                           std::string_view id, std::string_view key) const {
  if (key.size() != kHexDigest) return false;  // G-69
  const auto matches = [&](const HexDigest& secret) {
    const auto right = MakeWith(secret, receiving, originating, id);
    return CRYPTO_memcmp(right.data(), key.data(), right.size()) == 0;
  };
  return matches(secret_) || (previous_ && matches(*previous_));
}

}  // namespace danegate
