// UTF-8, as RFC 3629 defines it: no overlong forms, no surrogates.
#pragma once

#include <cstddef>
#include <string_view>

namespace danegate {

// Utf8Length returns the octets of the well-formed character that `text` begins
// with, or 0 if it begins with none (or with part of one).
std::size_t Utf8Length(std::string_view text);

// Whether `text` is whole characters that XML knows: U+FFFE and U+FFFF are not
// among them. What ASCII there is, is not looked at.
bool IsUtf8Text(std::string_view text);

// Utf8Truncate returns the longest beginning of `text` of at most `limit`
// octets that does not cut a character.
std::string_view Utf8Truncate(std::string_view text, std::size_t limit);

}  // namespace danegate
