// The domains that are asked for, and in which order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "verifier/domain.h"
#include "verifier/result.h"

namespace danegate {

// One domain a line; empty lines and lines that begin with # do not count. The
// error says where and what; a file without any domain is one.
Result<std::vector<Domain>, std::string> ReadNames(const std::string& file);

// Names are taken one after another, over and over again; with a seed at
// random, the same every time.
class NameOrder {
 public:
  // REQUIRES: count > 0.
  NameOrder(std::size_t count, std::optional<std::uint64_t> seed);

  // The place of the next one in the list.
  std::size_t Next();

 private:
  std::size_t count_;
  std::size_t next_ = 0;
  std::optional<std::mt19937_64> random_;
};

}  // namespace danegate
