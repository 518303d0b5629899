#include "proxy/shard/stream_ids.h"

#include <unistd.h>

#include "verifier/check.h"

namespace danegate {

std::string StreamIds::NextId() {
  if (used_ == random_.size()) {
    DANEGATE_CHECK(::getentropy(random_.data(), random_.size()) == 0);
    used_ = 0;
  }
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string id;
  id.reserve(2 * kIdSize);
  for (std::size_t i = 0; i < kIdSize; ++i) {
    const unsigned char octet = random_[used_++];
    id += kDigits[octet >> 4];
    id += kDigits[octet & 0xf];
  }
  return id;
}

}  // namespace danegate
