// The bounds of a shard, with their reasons.
#pragma once

#include <chrono>
#include <cstddef>

namespace danegate {

// Octets that may wait for a slow backend before its peer is no longer read
// (E3): with one read on top, 64 KiB and a stanza for each direction.
inline constexpr std::size_t kMaxUnsent = 32 * 1024;

// How many seconds' worth a stream with a rate may bring at once. In any case a
// whole stanza.
inline constexpr std::size_t kInflowBurst = 2;

// Verifications under way for peers of one network, on one shard (D-22). A
// provider's outbound servers share one; those that were proved lately cost
// none.
inline constexpr std::size_t kMaxVerificationsOfNetwork = 256;

// How long the last words of streams that have ended may take at the end of a
// drain; whatever is not taken by then is cut off.
inline constexpr std::chrono::seconds kLastWordsTime{2};

// How long a backend may take no data before its stream is given up.
inline constexpr std::chrono::seconds kStallTime{60};

}  // namespace danegate
