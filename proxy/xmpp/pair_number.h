// PairNumber names a pair of domains (sender, addressee) on one stream. A
// number is never given twice on a stream, so that a late answer for a pair
// that is gone finds none (G-65).
#pragma once

#include <cstdint>

namespace danegate {

using PairNumber = std::uint32_t;

// The pair that the stream's header names, which EXTERNAL proves (B-26).
inline constexpr PairNumber kHeaderPair = 0;

}  // namespace danegate
