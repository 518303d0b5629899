// VerifierQuestion says what a question to the verifier was for, so that its
// answer finds whoever waits for it, if that is still there.
#pragma once

#include <cstdint>

#include "proxy/xmpp/pair_number.h"

namespace danegate {

struct VerifierQuestion {
  enum class Purpose {
    kPair,       // may the pair's sender be let in?
    kAgain,      // may it stay? (D-64)
    kRoute,      // where is its authoritative server? (G-23)
    kAuthority,  // is that server who it should be? (G-27)
  };
  std::uint64_t session;
  Purpose purpose;
  PairNumber pair;
};

}  // namespace danegate
