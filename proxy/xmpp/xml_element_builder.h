// XmlElementBuilder makes an XmlElement from what an XmlReader reports.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "proxy/xmpp/xml_element.h"

namespace danegate {

class XmlElementBuilder {
 public:
  // True from the element's own start tag to Take().
  bool building() const { return !open_.empty() || complete_; }

  // A start tag: the element's own, or a descendant's. REQUIRES: not complete.
  void OnStart(const XmlStart& start) {
    if (open_.empty()) {
      element_ = XmlElement::From(start);
      open_.assign(1, &element_);
      return;
    }
    auto& siblings = open_.back()->children;
    siblings.push_back(XmlElement::From(start));
    open_.push_back(&siblings.back());
  }
  void OnText(std::string_view text) { open_.back()->text += text; }
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

 private:
  XmlElement element_;
  std::vector<XmlElement*> open_;  // it and its open descendants
  bool complete_ = false;
};

}  // namespace danegate
