#include "bench/load/word_option.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

#include "proxy/command/usage_mistake.h"
#include "tenants/config/config_error.h"
#include "tenants/config/spelling.h"

namespace danegate {
namespace {

// The whole of the word.
template <typename Number>
bool Read(const std::string& word, Number* number) {
  const char* const end = word.data() + word.size();
  const auto read = std::from_chars(word.data(), end, *number);
  return read.ec == std::errc() && read.ptr == end;
}

// "0.001", "1000000"
std::string Text(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number,
                              std::chars_format::fixed)
                    .ptr};
}

std::string Expected(const std::string& what, const std::string& word) {
  return "expected " + what + "; found " + InQuotes(word);
}

}  // namespace

std::string WhyNoneOf(const std::vector<std::string>& known,
                      const std::string& word) {
  if (std::ranges::find(known, word) != known.end()) return {};
  const std::vector<std::string_view> views(known.begin(), known.end());
  const auto nearest = NearestWord(word, views);
  return Expected(OneOf(known), word) +
         (nearest.empty() ? std::string() : DidYouMean(nearest));
}

std::string WhyNotBetween(double least, double most, const std::string& word) {
  double number = 0;
  if (Read(word, &number) && number >= least && number <= most) return {};
  return Expected("a number from " + Text(least) + " to " + Text(most), word);
}

std::string WhyNotBetween(std::uint64_t least, std::uint64_t most,
                          const std::string& word) {
  std::uint64_t number = 0;
  if (Read(word, &number) && number >= least && number <= most) return {};
  const std::string range =
      most == std::numeric_limits<std::uint64_t>::max()
          ? "from " + std::to_string(least)
          : "from " + std::to_string(least) + " to " + std::to_string(most);
  return Expected("a whole number " + range, word);
}

}  // namespace danegate
