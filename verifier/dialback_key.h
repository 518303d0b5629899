// DialbackKeys makes and checks the keys of server dialback as XEP-0185 asks:
// the lower-case hex of HMAC-SHA256, keyed with the lower-case hex of
// SHA256(secret), over "receiving SP originating SP id" (G-30). Pure: whoever
// knows the secret can check a key, so nothing is kept and nothing is shared
// but the secret (G-31, G-32).
//
// The fields cannot run into each other: a Domain holds no space, and the id
// comes last (threats C6).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "verifier/domain.h"
#include "verifier/hmac.h"

namespace danegate {

class DialbackKeys {
 public:
  // Keys are made with `secret`. Those made with `previous` are still good
  // while a secret is rolled over. REQUIRES: no secret is empty.
  explicit DialbackKeys(std::string_view secret,
                        std::optional<std::string_view> previous = {});

  // The key that `originating` shows to `receiving` on the stream `id`, an id
  // that `receiving` gave.
  std::string Make(const Domain& receiving, const Domain& originating,
                   std::string_view id) const;

  // Whether `key` is that of Make(), by either secret. Takes the same time
  // wherever a wrong key differs; an empty key is never valid (G-69).
  bool IsValid(const Domain& receiving, const Domain& originating,
               std::string_view id, std::string_view key) const;

 private:
  static HexDigest MakeWith(const HexDigest& secret, const Domain& receiving,
                            const Domain& originating, std::string_view id);

  HexDigest secret_;  // hashed
  std::optional<HexDigest> previous_;
};

}  // namespace danegate
