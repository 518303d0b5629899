// Sizes as settings write them: "262144", "256KiB", "1MiB", "2GiB".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace danegate {

// How many octets `text` says; nothing if it says none, or more than 2^64 - 1.
// Units are powers of 1024 and have their exact names: 1M or 1MB may mean
// either, so it is not taken.
std::optional<std::uint64_t> ParseOctets(std::string_view text);

// What was probably meant by a text that ParseOctets() does not take, "1MiB"
// for "1M", "1 mb"; empty where that is not clear, or the text is taken.
std::string NearestOctets(std::string_view text);

// The shortest way to write so many octets: "256KiB".
std::string WriteOctets(std::uint64_t octets);

}  // namespace danegate
