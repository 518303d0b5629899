// StanzaMix is which sizes of stanzas are sent, and how often each: "300" or
// "300:8,4096:1,65536:1" (octets:weight). Sizes come in an even order that
// repeats, so that two runs send the same. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/stanzas/marked_stanza.h"
#include "verifier/result.h"

namespace danegate {

class StanzaMix {
 public:
  static constexpr std::size_t kLargest = kLargestStanza;
  static constexpr std::size_t kMostWeight = 1000;

  // The error says what was expected and what came.
  static Result<StanzaMix, std::string> Parse(std::string_view text);

  std::size_t smallest() const;
  // The size of the stanza of that number.
  std::size_t SizeOf(std::uint64_t number) const {
    return order_[number % order_.size()];
  }
  const std::string& text() const { return text_; }

 private:
  StanzaMix(std::string text, std::vector<std::size_t> order)
      : text_(std::move(text)), order_(std::move(order)) {}

  std::string text_;
  std::vector<std::size_t> order_;
};

}  // namespace danegate
