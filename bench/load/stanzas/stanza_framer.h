// StanzaFramer tells marked stanzas from each other in a stream that carries
// nothing else, however it is cut, and without looking at their bodies: it
// shares a core with what is measured. Pure.
//
// Contract: OnBytes(), then arrived() and end(). Thread: one owner.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/stanzas/marked_stanza.h"

namespace danegate {

class StanzaFramer {
 public:
  enum class End {
    kClosed,   // "</stream:stream>"
    kForeign,  // something that is no marked stanza
  };

  // Ignored after end().
  void OnBytes(std::string_view bytes);

  // Those that the last input completed.
  const std::vector<StanzaMark>& arrived() const { return arrived_; }
  std::optional<End> end() const { return end_; }
  // Of kForeign: how it begins.
  const std::string& foreign() const { return foreign_; }

 private:
  // Takes what it understands off the front; false if it needs more.
  bool TakeOne(std::string_view& bytes);
  void TakeOff(std::string_view& bytes);
  void Fail(std::string_view bytes);

  StanzaMark mark_;       // of the stanza at hand
  std::size_t left_ = 0;  // octets of it that have not come
  std::string begun_;     // of a stanza whose mark has not come
  std::vector<StanzaMark> arrived_;
  std::optional<End> end_;
  std::string foreign_;
};

}  // namespace danegate
