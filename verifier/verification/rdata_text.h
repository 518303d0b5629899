// Records and answers in presentation form, for evidence and error texts. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "verifier/question.h"
#include "verifier/tlsa.h"

namespace danegate {

// Octets as upper-case hex.
std::string ToHex(std::span<const std::uint8_t> octets);

// The records of an answer, "; " between them, at most kMaxShown; or, where
// there is none, what was said instead: "no such name", the failure. RDATA that
// cannot be read is shown as RFC 3597 does ("\# 3 010203").
std::string ToText(const Answer&);

// "3 1 1 4D5C…", with at most kMaxShownOctets of data: a digest is whole, a
// certificate is not. Evidence is kept with cached verdicts, so it is bounded.
std::string ToText(const TlsaRecord&);

inline constexpr std::size_t kMaxShown = 8;
inline constexpr std::size_t kMaxShownOctets = 64;

}  // namespace danegate
