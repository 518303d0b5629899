// HandOffExchange is our side of a hand-off without TLS and SASL: it takes the
// backend's challenge, seals our header for it, and reads the answer;
// proxy/shard/hand_off.h is the manual. Incremental: octets come as the network
// cuts them. Thread: one owner.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "verifier/hmac.h"

namespace danegate {

// What an operator is told who waits for a hand-off in vain, parts of
// sentences.
inline constexpr std::string_view kHandOffSilence =
    "mod_danegate speaks first; is this its port?";
inline constexpr std::string_view kHandOffCutShort =
    "it closed the connection instead of answering the hand-off: its log says "
    "why, for example that its secret is another";

// What we have to say, and what seals it.
struct HandOffOffer {
  std::string header;  // by WriteHandOff(), without a seal
  std::string secret;
};

class HandOffExchange {
 public:
  struct Header {
    std::string bytes;  // to be sent now
  };
  struct Taken {};
  // By a backend that knows the secret.
  struct Refused {
    std::string why;  // printable ASCII
  };
  // It is no backend that knows the secret, or does not keep to the manual.
  struct Wrong {
    std::string why;  // a part of a sentence, "it …"
  };
  using Outcome = std::variant<Header, Taken, Refused, Wrong>;

  explicit HandOffExchange(HandOffOffer offer) : offer_(std::move(offer)) {}

  // Nothing while a line is not complete. Whatever is behind a line is wrong:
  // the backend speaks only when it is its turn. REQUIRES: no outcome so far
  // but Header.
  std::optional<Outcome> OnBytes(std::string_view);

 private:
  Outcome OnChallenge(std::string_view line);
  Outcome OnAnswer(std::string_view line) const;
  Outcome OnRefusal(std::string_view proof_and_why) const;
  // Of the answer that begins with `word`.
  HexDigest ProofOf(std::string_view word, std::string_view why) const;

  const HandOffOffer offer_;
  std::optional<HexDigest> seal_;  // once there was a challenge
  std::string line_;
};

}  // namespace danegate
