#include "proxy/xmpp/xml_memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>

#include "verifier/check.h"

namespace danegate {
namespace {

thread_local XmlMemory* current = nullptr;

// A parser has some 15 KB after a header (threats 0.5).
constexpr std::size_t kChunkBytes = 16 * 1024;

constexpr std::size_t kAlignment = alignof(std::max_align_t);

// With the header, and so that the next block is aligned too.
constexpr std::size_t Whole(std::size_t size) {
  return (kAlignment + size + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace

// In front of every block; its size keeps malloc()'s alignment.
struct alignas(std::max_align_t) XmlMemory::Header {
  XmlMemory* owner;
  std::size_t size;  // with the header
};

XmlMemory::~XmlMemory() {
  static_assert(sizeof(Header) == kAlignment);
  DANEGATE_CHECK(used_ == 0);
}

XmlMemory::Scope::Scope(XmlMemory& memory) : outer_(current) {
  current = &memory;
}

XmlMemory::Scope::~Scope() { current = outer_; }

bool XmlMemory::Charge(std::size_t size) {
  if (size > budget_ - used_) {
    exhausted_ = true;
    return false;
  }
  used_ += size;
  return true;
}

void* XmlMemory::Place(std::size_t whole) {
  if (!chunk_) chunk_.reset(new (std::nothrow) std::byte[kChunkBytes]);
  if (!chunk_ || whole > kChunkBytes - chunk_used_) return std::malloc(whole);
  void* memory = chunk_.get() + chunk_used_;
  chunk_used_ += whole;
  return memory;
}

bool XmlMemory::IsInChunk(const void* memory) const {
  const std::less_equal<const void*> reaches;
  return chunk_ && reaches(chunk_.get(), memory) &&
         !reaches(chunk_.get() + kChunkBytes, memory);
}

// Of the chunk only the end can be used again.
void XmlMemory::GiveBack(Header* header) {
  used_ -= header->size;
  if (!IsInChunk(header)) return std::free(header);
  auto* const begin = reinterpret_cast<std::byte*>(header);
  const auto at = static_cast<std::size_t>(begin - chunk_.get());
  if (at + header->size == chunk_used_) chunk_used_ = at;
}

void* XmlMemory::Allocate(std::size_t size) {
  DANEGATE_CHECK(current != nullptr);
  if (size > current->budget_) {  // and no overflow below
    current->exhausted_ = true;
    return nullptr;
  }
  const std::size_t whole = Whole(size);
  if (!current->Charge(whole)) return nullptr;
  void* memory = current->Place(whole);
  if (memory == nullptr) {
    current->used_ -= whole;
    return nullptr;
  }
  return new (memory) Header{current, whole} + 1;
}

// Old and new block live side by side for a moment, and the budget has room
// for both.
void* XmlMemory::Reallocate(void* block, std::size_t size) {
  if (block == nullptr) return Allocate(size);
  auto* const header = static_cast<Header*>(block) - 1;
  Scope scope(*header->owner);
  void* const moved = Allocate(size);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, block, std::min(header->size - sizeof(Header), size));
  header->owner->GiveBack(header);
  return moved;
}

void XmlMemory::Free(void* block) {
  if (block == nullptr) return;
  auto* const header = static_cast<Header*>(block) - 1;
  header->owner->GiveBack(header);
}

}  // namespace danegate
