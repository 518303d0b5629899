#include "tenants/config/spelling.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace danegate {
namespace {

constexpr std::size_t kLongest = 64;  // no word of ours is longer

// Damerau-Levenshtein, neighbours swapped count one.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(
      a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t other = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min(
          {cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + other});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::string_view NearestWord(std::string_view written,
                             std::span<const std::string_view> words) {
  if (written.size() > kLongest) return {};
  std::string_view nearest;
  std::size_t least = std::max<std::size_t>(2, written.size() / 3) + 1;
  for (const auto word : words) {
    const std::size_t distance = Distance(written, word);
    if (distance >= least || distance >= word.size() ||
        distance >= written.size()) {
      continue;
    }
    least = distance;
    nearest = word;
  }
  return nearest;
}

std::string DidYouMean(std::string_view word) {
  return "; did you mean \"" + std::string(word) + "\"?";
}

}  // namespace danegate
