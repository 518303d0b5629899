// XmlElementBuilder makes an XmlElement from what an XmlReader reports.
//
// What the element takes is counted before anything is copied, and is at most
// limits::kElementMemory: a few octets of XML are an XmlElement each, and a
// long namespace is copied into every one (A3).
//
// Thread: one owner.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/xmpp/xml_element.h"

namespace danegate {

class XmlElementBuilder {
 public:
  // True from the element's own start tag to Take().
  bool building() const { return !open_.empty() || complete_; }

  // A start tag: the element's own, or a descendant's. False if the element
  // would be too large: Refusal() says so, and nothing else may be called.
  // REQUIRES: not complete.
  [[nodiscard]] bool OnStart(const XmlStart&);
  // Character data, in pieces. False as with OnStart().
  [[nodiscard]] bool OnText(std::string_view);
  // True if that was the element's own end tag; Take() it.
  bool OnEnd() {
    open_.pop_back();
    complete_ = open_.empty();
    return complete_;
  }
  XmlElement Take() {
    complete_ = false;
    return std::move(element_);
  }

  // For the peer: a policy-violation.
  static std::string Refusal();

 private:
  bool Charge(std::size_t octets);

  XmlElement element_;
  std::vector<XmlElement*> open_;  // it and its open descendants
  bool complete_ = false;
  std::size_t memory_ = 0;  // of element_
};

}  // namespace danegate
