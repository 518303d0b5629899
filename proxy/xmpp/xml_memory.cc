#include "proxy/xmpp/xml_memory.h"

#include <cstdlib>
#include <new>

#include "verifier/check.h"

namespace danegate {
namespace {

thread_local XmlMemory* current = nullptr;

}  // namespace

// In front of every block; its size keeps malloc()'s alignment.
struct alignas(std::max_align_t) XmlMemory::Header {
  XmlMemory* owner;
  std::size_t size;  // with the header
};

XmlMemory::~XmlMemory() { DANEGATE_CHECK(used_ == 0); }

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

void* XmlMemory::Allocate(std::size_t size) {
  DANEGATE_CHECK(current != nullptr);
  if (size > current->budget_) {  // and no overflow below
    current->exhausted_ = true;
    return nullptr;
  }
  const std::size_t whole = size + sizeof(Header);
  if (!current->Charge(whole)) return nullptr;
  void* memory = std::malloc(whole);
  if (memory == nullptr) {
    current->used_ -= whole;
    return nullptr;
  }
  return new (memory) Header{current, whole} + 1;
}

void* XmlMemory::Reallocate(void* block, std::size_t size) {
  if (block == nullptr) return Allocate(size);
  auto* header = static_cast<Header*>(block) - 1;
  XmlMemory& owner = *header->owner;
  const std::size_t before = header->size;
  if (size > owner.budget_) {
    owner.exhausted_ = true;
    return nullptr;
  }
  // Old and new block may live side by side for a moment.
  const std::size_t whole = size + sizeof(Header);
  if (!owner.Charge(whole)) return nullptr;
  void* memory = std::realloc(header, whole);
  owner.used_ -= memory == nullptr ? whole : before;
  if (memory == nullptr) return nullptr;
  header = static_cast<Header*>(memory);
  header->size = whole;
  return header + 1;
}

void XmlMemory::Free(void* block) {
  if (block == nullptr) return;
  auto* header = static_cast<Header*>(block) - 1;
  header->owner->used_ -= header->size;
  std::free(header);
}

}  // namespace danegate
