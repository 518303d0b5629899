// MemoryBio is BoringSSL's view of the link: it reads ciphertext from bytes
// that were offered and writes ciphertext to a buffer of ours.
//
// Offered bytes are read in place; only what is still unread at Keep() is
// copied. Both buffers are given back when they run empty: an idle connection
// holds none. Thread: one owner. Not movable: BoringSSL points to it.
#pragma once

#include <openssl/bio.h>

#include <cstddef>
#include <span>
#include <vector>

namespace danegate {

class MemoryBio {
 public:
  MemoryBio() = default;
  MemoryBio(const MemoryBio&) = delete;
  MemoryBio& operator=(const MemoryBio&) = delete;

  // A BIO that reads and writes here; must not outlive this object.
  bssl::UniquePtr<BIO> NewBio();

  // Offer lends bytes until Keep(). They come behind what was kept.
  void Offer(std::span<const std::byte>);
  // Keep copies what is unread of the bytes on offer.
  // REQUIRES: no more than tls_limits::kMaxUnread are unread.
  void Keep();
  bool has_unread() const {
    return !offered_.empty() || kept_read_ < kept_.size();
  }
  // Drops what is unread.
  void Discard();

  // What BoringSSL wrote and was not consumed; valid until the next write.
  std::span<const std::byte> output() const;
  // REQUIRES: count <= output().size().
  void ConsumeOutput(std::size_t count);

 private:
  static const BIO_METHOD* Method();
  static int OnRead(BIO*, char* out, int size);
  static int OnWrite(BIO*, const char* in, int size);
  static long OnControl(BIO*, int command, long, void*);

  std::size_t Read(std::span<std::byte> out);

  std::vector<std::byte> kept_;
  std::size_t kept_read_ = 0;  // of kept_
  std::span<const std::byte> offered_;
  std::vector<std::byte> output_;
  std::size_t output_consumed_ = 0;  // of output_
};

}  // namespace danegate
