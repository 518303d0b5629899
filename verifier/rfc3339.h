// UnixTime as text and back: RFC 3339, in UTC, to the second.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "verifier/instant.h"

namespace danegate {

// "2026-01-31T09:30:00Z". REQUIRES: a year from 0 to 9999.
std::string ToRfc3339(UnixTime);

// From "2026-01-31T09:30:00Z" or with an offset, "2026-01-31T10:30:00+01:00";
// a fraction of a second is dropped. Nothing for anything else.
std::optional<UnixTime> FromRfc3339(std::string_view text);

}  // namespace danegate
