#include "bench/load/stanzas/stanza_mix.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace danegate {
namespace {

struct Share {
  std::size_t size;
  std::size_t weight;
};

std::optional<std::size_t> ToNumber(std::string_view text, std::size_t most) {
  std::size_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  if (number == 0 || number > most) return {};
  return number;
}

std::optional<Share> ToShare(std::string_view text) {
  const auto colon = text.find(':');
  const auto size = ToNumber(text.substr(0, colon), StanzaMix::kLargest);
  if (!size) return {};
  if (colon == text.npos) return Share{*size, 1};
  const auto weight = ToNumber(text.substr(colon + 1), StanzaMix::kMostWeight);
  if (!weight) return {};
  return Share{*size, *weight};
}

// Each size as far apart from its own kind as its weight allows.
std::vector<std::size_t> Spread(const std::vector<Share>& shares) {
  struct Slot {
    double at;
    std::size_t size;
  };
  std::vector<Slot> slots;
  for (const Share& share : shares) {
    for (std::size_t i = 0; i < share.weight; ++i) {
      slots.push_back(
          {(static_cast<double>(i) + 0.5) / static_cast<double>(share.weight),
           share.size});
    }
  }
  std::stable_sort(slots.begin(), slots.end(),
                   [](const Slot& a, const Slot& b) { return a.at < b.at; });
  std::vector<std::size_t> order;
  for (const Slot& slot : slots) order.push_back(slot.size);
  return order;
}

}  // namespace

Result<StanzaMix, std::string> StanzaMix::Parse(std::string_view text) {
  std::vector<Share> shares;
  for (std::string_view rest = text;;) {
    const auto comma = rest.find(',');
    const auto share = ToShare(rest.substr(0, comma));
    if (!share) {
      return Failure(
          "expected OCTETS or OCTETS:WEIGHT, several with commas "
          "between, like 300:8,4096:1; octets up to " +
          std::to_string(kLargest) + ", weights up to " +
          std::to_string(kMostWeight) + "; got '" +
          std::string(rest.substr(0, comma)) + "'");
    }
    shares.push_back(*share);
    if (comma == rest.npos) break;
    rest.remove_prefix(comma + 1);
  }
  return StanzaMix(std::string(text), Spread(shares));
}

std::size_t StanzaMix::smallest() const {
  return *std::min_element(order_.begin(), order_.end());
}

}  // namespace danegate
