// Text for log lines: times and bounded strings. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace danegate {

// RFC 3339 in UTC with microseconds: "2026-01-31T09:30:00.123456Z".
std::string ToRfc3339(std::chrono::system_clock::time_point);

// At most `limit` octets, cut between UTF-8 characters and marked with "..."
// where something is missing: what a peer sends does not decide how long a line
// is (E6).
std::string Clip(std::string_view text, std::size_t limit);

// As Clip(), but a DNS record is never cut: somebody would copy half of it.
// What is too long ends before the clause that gives a record.
std::string ClipBeforeRecord(std::string_view text, std::size_t limit);

}  // namespace danegate
