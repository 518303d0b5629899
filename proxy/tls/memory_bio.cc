#include "proxy/tls/memory_bio.h"

#include <algorithm>

#include "proxy/tls/limits.h"
#include "verifier/check.h"
#include "verifier/release.h"

namespace danegate {
namespace {

// Moves from the front of `from` into `out`; returns what is left of `out`.
std::span<std::byte> Take(std::span<const std::byte> from, std::size_t* taken,
                          std::span<std::byte> out) {
  *taken = std::min(from.size(), out.size());
  std::copy_n(from.begin(), *taken, out.begin());
  return out.subspan(*taken);
}

// What is written is sent at once, most often: one buffer a thread goes from
// one connection to the next.
constexpr std::size_t kSpareOutput = 64 * 1024;
thread_local std::vector<std::byte> spare_output;

}  // namespace

bssl::UniquePtr<BIO> MemoryBio::NewBio() {
  bssl::UniquePtr<BIO> bio(BIO_new(Method()));
  DANEGATE_CHECK(bio != nullptr);
  BIO_set_data(bio.get(), this);
  BIO_set_init(bio.get(), 1);
  return bio;
}

void MemoryBio::Offer(std::span<const std::byte> bytes) {
  if (kept_.empty()) {
    offered_ = bytes;
  } else {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
  }
}

void MemoryBio::Keep() {
  kept_.insert(kept_.end(), offered_.begin(), offered_.end());
  offered_ = {};
  DANEGATE_CHECK(kept_.size() - kept_read_ <= tls_limits::kMaxUnread);
}

void MemoryBio::Discard() {
  Release(kept_);
  kept_read_ = 0;
  offered_ = {};
}

std::span<const std::byte> MemoryBio::output() const {
  return std::span(output_).subspan(output_consumed_);
}

void MemoryBio::ConsumeOutput(std::size_t count) {
  DANEGATE_CHECK(count <= output().size());
  output_consumed_ += count;
  if (output_consumed_ < output_.size()) return;
  output_consumed_ = 0;
  output_.clear();
  if (spare_output.capacity() == 0 && output_.capacity() <= kSpareOutput) {
    output_.swap(spare_output);
  } else {
    Release(output_);
  }
}

std::size_t MemoryBio::Read(std::span<std::byte> out) {
  std::size_t from_kept = 0, from_offer = 0;
  out = Take(std::span(kept_).subspan(kept_read_), &from_kept, out);
  kept_read_ += from_kept;
  if (kept_read_ == kept_.size() && !kept_.empty()) {
    Release(kept_);
    kept_read_ = 0;
  }
  Take(offered_, &from_offer, out);
  offered_ = offered_.subspan(from_offer);
  return from_kept + from_offer;
}

const BIO_METHOD* MemoryBio::Method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK,
                                    "danegate memory");
    DANEGATE_CHECK(made != nullptr);
    BIO_meth_set_read(made, &MemoryBio::OnRead);
    BIO_meth_set_write(made, &MemoryBio::OnWrite);
    BIO_meth_set_ctrl(made, &MemoryBio::OnControl);
    return made;
  }();
  return method;
}

int MemoryBio::OnRead(BIO* bio, char* out, int size) {
  BIO_clear_retry_flags(bio);
  if (size <= 0) return 0;
  auto* self = static_cast<MemoryBio*>(BIO_get_data(bio));
  const std::size_t count = self->Read(
      {reinterpret_cast<std::byte*>(out), static_cast<std::size_t>(size)});
  if (count > 0) return static_cast<int>(count);
  // Empty is "not yet", never the end: only close_notify ends.
  BIO_set_retry_read(bio);
  return -1;
}

int MemoryBio::OnWrite(BIO* bio, const char* in, int size) {
  BIO_clear_retry_flags(bio);
  if (size <= 0) return 0;
  auto* self = static_cast<MemoryBio*>(BIO_get_data(bio));
  const auto* bytes = reinterpret_cast<const std::byte*>(in);
  if (self->output_.capacity() == 0) self->output_.swap(spare_output);
  self->output_.insert(self->output_.end(), bytes, bytes + size);
  return size;
}

long MemoryBio::OnControl(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

}  // namespace danegate
