// What is wrong with a name that is no domain, for the operator who wrote it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "verifier/domain.h"

namespace danegate {

// One sentence: what was expected, what came, why it is none and what to do.
// REQUIRES: Domain::Parse(text) said `error`.
std::string DomainMistake(std::string_view text, DomainError error);

// A domain that is one, and yet not what its reader sees: it has characters in
// it that cannot be seen, and that IDNA drops. What to do about it, or nothing.
std::optional<std::string> UnseenMistake(std::string_view text);

}  // namespace danegate
