#include "verifier/dialback_key.h"

#include "verifier/check.h"

namespace danegate {

DialbackKeys::DialbackKeys(std::string_view secret,
                           std::optional<std::string_view> previous) {
  DANEGATE_CHECK(!secret.empty() && (!previous || !previous->empty()));
  secret_ = HexSha256(secret);
  if (previous) previous_ = HexSha256(*previous);
}

HexDigest DialbackKeys::MakeWith(const HexDigest& secret,
                                 const Domain& receiving,
                                 const Domain& originating,
                                 std::string_view id) {
  return HmacSha256(
      AsText(secret),
      receiving.ascii() + ' ' + originating.ascii() + ' ' + std::string(id));
}

std::string DialbackKeys::Make(const Domain& receiving,
                               const Domain& originating,
                               std::string_view id) const {
  return std::string(AsText(MakeWith(secret_, receiving, originating, id)));
}

bool DialbackKeys::IsValid(const Domain& receiving, const Domain& originating,
                           std::string_view id, std::string_view key) const {
  const auto matches = [&](const HexDigest& secret) {
    return IsSameDigest(MakeWith(secret, receiving, originating, id), key);
  };
  return matches(secret_) || (previous_ && matches(*previous_));  // G-69
}

}  // namespace danegate
