// Domains for tests, from text that is known to be right.
#pragma once

#include <string_view>

#include "verifier/domain.h"
#include "verifier/verdict.h"

namespace danegate {

inline Domain D(std::string_view text) { return *Domain::Parse(text); }

// As if a verdict had proved it.
inline ProvenDomain Proven(std::string_view text) {
  return *Verdict(ClaimedDomain{D(text)}, Outcome::kProved, Reason::kMatched)
              .proven();
}

}  // namespace danegate
