#include "bench/load/stanzas/stanza_framer.h"

#include <algorithm>
#include <utility>

namespace danegate {
namespace {

constexpr std::string_view kClose = "</stream:stream>";
constexpr std::size_t kMostShown = 80;

}  // namespace

void StanzaFramer::OnBytes(std::string_view bytes) {
  arrived_.clear();
  std::string joined;
  if (!begun_.empty()) {
    joined = std::exchange(begun_, {});
    joined += bytes;
    bytes = joined;
  }
  while (!bytes.empty() && !end_) {
    if (TakeOne(bytes)) continue;
    begun_ = bytes;
    return;
  }
}

bool StanzaFramer::TakeOne(std::string_view& bytes) {
  if (left_ > 0) {
    TakeOff(bytes);
    return true;
  }
  if (bytes.starts_with(kClose)) {
    end_ = End::kClosed;
    return true;
  }
  if (kClose.starts_with(bytes)) return false;
  const ReadMark read = ReadStanzaMark(bytes);
  switch (read.kind) {
    case ReadMark::Kind::kMore:
      return false;
    case ReadMark::Kind::kForeign:
      Fail(bytes);
      return true;
    case ReadMark::Kind::kMark:
      mark_ = read.mark;
      left_ = mark_.size;
      return true;
  }
  return true;
}

// Of a stanza only the end is looked at, which shows one that has become
// shorter or longer.
void StanzaFramer::TakeOff(std::string_view& bytes) {
  const std::size_t taken = std::min(left_, bytes.size());
  const std::size_t tail = std::min(left_, kStanzaTail.size());  // to come
  left_ -= taken;
  if (left_ < tail) {
    const std::size_t came = tail - left_;
    const auto is = bytes.substr(taken - came, came);
    if (is != kStanzaTail.substr(kStanzaTail.size() - tail, came)) {
      return Fail(is);
    }
  }
  bytes.remove_prefix(taken);
  if (left_ == 0) arrived_.push_back(mark_);
}

void StanzaFramer::Fail(std::string_view bytes) {
  end_ = End::kForeign;
  foreign_ = bytes.substr(0, kMostShown);
}

}  // namespace danegate
