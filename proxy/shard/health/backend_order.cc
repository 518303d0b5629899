#include "proxy/shard/health/backend_order.h"

#include <algorithm>
#include <tuple>

namespace danegate {
namespace {

struct Candidate {
  bool down;
  std::uint16_t priority;
  std::uint16_t weight;
  std::size_t place;
};

bool AreEqual(const Candidate& one, const Candidate& other) {
  return one.down == other.down && one.priority == other.priority;
}

// One of them by chance. The remainder favours low numbers by less than 2^-40,
// since no sum of weights is over 2^24.
std::size_t Draw(std::span<const Candidate> equals,
                 const std::function<std::uint64_t()>& random) {
  std::uint64_t sum = 0;
  for (const Candidate& candidate : equals) sum += candidate.weight;
  std::uint64_t drawn = random() % sum;
  std::size_t index = 0;
  while (drawn >= equals[index].weight) drawn -= equals[index++].weight;
  return index;
}

}  // namespace

std::vector<std::size_t> OrderBackends(
    std::span<const Backend> backends,
    const std::function<bool(const Backend&)>& is_down,
    const std::function<std::uint64_t()>& random) {
  std::vector<Candidate> left;
  for (std::size_t i = 0; i < backends.size(); ++i) {
    left.push_back(
        {is_down(backends[i]), backends[i].priority, backends[i].weight, i});
  }
  std::stable_sort(
      left.begin(), left.end(), [](const Candidate& a, const Candidate& b) {
        return std::tie(a.down, a.priority) < std::tie(b.down, b.priority);
      });
  std::vector<std::size_t> order;
  while (!left.empty()) {
    const auto others = std::find_if_not(
        left.begin(), left.end(), [&left](const Candidate& candidate) {
          return AreEqual(candidate, left.front());
        });
    const std::size_t drawn = Draw({left.begin(), others}, random);
    order.push_back(left[drawn].place);
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(drawn));
  }
  return order;
}

}  // namespace danegate
