#include "proxy/shard/stream_ids.h"

#include <unistd.h>

#include <cstring>
#include <utility>

#include "verifier/check.h"

namespace danegate {

std::uint64_t StreamIds::NextNumber() {
  std::uint64_t number;
  std::memcpy(&number, Draw(), sizeof(number));
  return number;
}

const unsigned char* StreamIds::Draw() {
  if (used_ == random_.size()) {
    DANEGATE_CHECK(::getentropy(random_.data(), random_.size()) == 0);
    used_ = 0;
  }
  return random_.data() + std::exchange(used_, used_ + kIdSize);
}

std::string StreamIds::NextId() {
  const unsigned char* const octets = Draw();
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string id;
  id.reserve(2 * kIdSize);
  for (std::size_t i = 0; i < kIdSize; ++i) {
    id += kDigits[octets[i] >> 4];
    id += kDigits[octets[i] & 0xf];
  }
  return id;
}

}  // namespace danegate
