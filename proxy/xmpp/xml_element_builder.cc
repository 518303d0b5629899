#include "proxy/xmpp/xml_element_builder.h"

#include "proxy/xmpp/limits.h"

namespace danegate {
namespace {

std::size_t TextOf(const XmlName& name) {
  return name.uri.size() + name.local.size();
}

// Twice the structure: a vector that grows has room for as many again.
std::size_t MemoryOf(const XmlStart& start) {
  std::size_t octets = 2 * sizeof(XmlElement) + TextOf(start.name());
  for (std::size_t i = 0; i < start.attribute_count(); ++i) {
    octets += sizeof(XmlElement::Attribute) + TextOf(start.attribute_name(i)) +
              start.attribute_value(i).size();
  }
  return octets;
}

}  // namespace

bool XmlElementBuilder::Charge(std::size_t octets) {
  if (octets > limits::kElementMemory - memory_) return false;
  memory_ += octets;
  return true;
}

bool XmlElementBuilder::OnStart(const XmlStart& start) {
  if (open_.empty()) memory_ = 0;
  if (!Charge(MemoryOf(start))) return false;
  if (open_.empty()) {
    element_ = XmlElement::From(start);
    open_.assign(1, &element_);
    return true;
  }
  auto& siblings = open_.back()->children;
  siblings.push_back(XmlElement::From(start));
  open_.push_back(&siblings.back());
  return true;
}

bool XmlElementBuilder::OnText(std::string_view text) {
  if (!Charge(text.size())) return false;
  open_.back()->text += text;
  return true;
}

std::string XmlElementBuilder::Refusal() {
  return "an element needs more than " +
         std::to_string(limits::kElementMemory) +
         " octets of memory: expected fewer elements in it, or shorter names "
         "and namespaces";
}

}  // namespace danegate
