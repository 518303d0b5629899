// HmacSha256 is the keyed digest of RFC 2104 with SHA-256: whoever does not
// know the key can make none that is right. Pure.
#pragma once

#include <array>
#include <string_view>

namespace danegate {

// HexDigest is a SHA-256 digest as lower-case hex.
using HexDigest = std::array<char, 64>;

HexDigest HexSha256(std::string_view message);
HexDigest HmacSha256(std::string_view key, std::string_view message);

inline std::string_view AsText(const HexDigest& digest) {
  return {digest.data(), digest.size()};
}

// Whether `text` is `digest`. Takes the same time wherever the two differ.
bool IsSameDigest(const HexDigest& digest, std::string_view text);

}  // namespace danegate
