// NearestWord guesses what somebody meant to write.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace danegate {

// The one of `words` that is nearest to `written`, or empty where none is near:
// about one changed, missing, added or swapped character in three.
std::string_view NearestWord(std::string_view written,
                             std::span<const std::string_view> words);

// "; did you mean \"domains\"?"
std::string DidYouMean(std::string_view word);

}  // namespace danegate
