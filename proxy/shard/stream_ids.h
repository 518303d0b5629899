// StreamIds makes stream ids: 128 bits from the kernel's random source, as hex,
// which is a valid NMTOKEN (A-11, G-37, L-07). Thread: one owner.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "proxy/xmpp/ingress_stream.h"

namespace danegate {

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
