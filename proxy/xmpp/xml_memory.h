// XmlMemory is the hard memory budget of one XML parser (threats 0.5): a parser
// that asks for more is told that there is none, and its stream ends.
//
// Expat's allocation functions carry no argument that names the parser, so the
// budget to charge is announced by a Scope around every call into expat. Each
// block remembers its budget; freeing needs no Scope.
//
// The first blocks, nearly always all of them, lie in one chunk: a parser is
// made with one allocation, and leaves no holes among what lives longer (P4).
//
// Thread: a budget belongs to the thread that drives its parser.
#pragma once

#include <cstddef>
#include <memory>

namespace danegate {

class XmlMemory {
 public:
  explicit XmlMemory(std::size_t budget) : budget_(budget) {}
  // Every block has been freed.
  ~XmlMemory();
  XmlMemory(const XmlMemory&) = delete;
  XmlMemory& operator=(const XmlMemory&) = delete;

  // Octets of the blocks in use, our bookkeeping included.
  std::size_t used() const { return used_; }
  // True once a request was refused because of the budget.
  bool exhausted() const { return exhausted_; }

  // While it lives, Allocate() on this thread charges `memory`. Scopes nest.
  class Scope {
   public:
    explicit Scope(XmlMemory& memory);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    XmlMemory* outer_;
  };

  // As malloc(), realloc() and free(). Allocate() REQUIRES a Scope.
  static void* Allocate(std::size_t size);
  static void* Reallocate(void* block, std::size_t size);
  static void Free(void* block);

 private:
  struct Header;
  bool Charge(std::size_t size);
  // `whole` octets in the chunk or by malloc(); null if there are none.
  void* Place(std::size_t whole);
  void GiveBack(Header*);
  bool IsInChunk(const void*) const;

  std::size_t budget_;
  std::size_t used_ = 0;
  bool exhausted_ = false;
  std::unique_ptr<std::byte[]> chunk_;  // made with the first block
  std::size_t chunk_used_ = 0;
};

}  // namespace danegate
