#include "verifier/hmac.h"

#include <openssl/hmac.h>
#include <openssl/mem.h>
#include <openssl/sha.h>

#include "verifier/check.h"

namespace danegate {
namespace {

using Octets = unsigned char[SHA256_DIGEST_LENGTH];

const unsigned char* OctetsOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

HexDigest Hex(const Octets& digest) {
  static constexpr char kDigits[] = "0123456789abcdef";
  HexDigest hex;
  static_assert(hex.size() == 2 * sizeof(Octets));
  for (std::size_t i = 0; i < sizeof(digest); ++i) {
    hex[2 * i] = kDigits[digest[i] >> 4];
    hex[2 * i + 1] = kDigits[digest[i] & 0xF];
  }
  return hex;
}

}  // namespace

HexDigest HexSha256(std::string_view message) {
  Octets digest;
  SHA256(OctetsOf(message), message.size(), digest);
  return Hex(digest);
}

HexDigest HmacSha256(std::string_view key, std::string_view message) {
  Octets digest;
  unsigned length = 0;
  DANEGATE_CHECK(HMAC(EVP_sha256(), key.data(), key.size(), OctetsOf(message),
                      message.size(), digest, &length) != nullptr);
  DANEGATE_CHECK(length == sizeof(digest));
  return Hex(digest);
}

bool IsSameDigest(const HexDigest& digest, std::string_view text) {
  return text.size() == digest.size() &&
         CRYPTO_memcmp(digest.data(), text.data(), digest.size()) == 0;
}

}  // namespace danegate
