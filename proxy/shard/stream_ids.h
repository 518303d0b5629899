// StreamIds makes stream ids: 128 bits from the kernel's random source, as hex,
// which is a valid NMTOKEN (A-11, G-37, L-07). Thread: one owner.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "proxy/xmpp/ingress_stream.h"

namespace danegate {

// FirstStreamNumber is where a shard begins to count its streams, so that a
// number is unique in the process: the shard's index stands from bit 44 on.
// With the 256 shards that there may be, all numbers are below 2^53, up to
// which every reader of JSON is exact (RFC 8259 section 6).
constexpr std::uint64_t FirstStreamNumber(unsigned shard) {
  return (static_cast<std::uint64_t>(shard) << 44) + 1;
}

class StreamIds final : public IngressStream::IdSource {
 public:
  std::string NextId() override;
  // A random number, for whatever needs no secret.
  std::uint64_t NextNumber();

 private:
  static constexpr std::size_t kIdSize = 16;

  // kIdSize fresh octets.
  const unsigned char* Draw();

  // Drawn in one system call for several ids.
  std::array<unsigned char, 16 * kIdSize> random_{};
  std::size_t used_ = random_.size();
};

}  // namespace danegate
