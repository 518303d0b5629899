#include "proxy/xmpp/xml_element.h"

#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/xml_writer.h"

namespace danegate {

XmlElement XmlElement::From(const XmlStart& start) {
  const auto name = start.name();
  XmlElement element{
      std::string(name.uri), std::string(name.local), {}, {}, {}};
  const auto count = start.attribute_count();
  element.attributes.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto attribute = start.attribute_name(i);
    element.attributes.push_back({std::string(attribute.uri),
                                  std::string(attribute.local),
                                  std::string(start.attribute_value(i))});
  }
  return element;
}

const XmlElement* XmlElement::Child(std::string_view wanted_uri,
                                    std::string_view wanted_local) const {
  for (const auto& child : children) {
    if (child.Is(wanted_uri, wanted_local)) return &child;
  }
  return nullptr;
}

const std::string* XmlElement::AttributeValue(std::string_view wanted) const {
  for (const auto& attribute : attributes) {
    if (attribute.uri.empty() && attribute.local == wanted) {
      return &attribute.value;
    }
  }
  return nullptr;
}

void AppendElement(std::string& out, const XmlElement& element,
                   std::string_view outer_namespace) {
  out += '<' + element.local;
  if (element.uri != outer_namespace)
    AppendAttribute(out, "xmlns", element.uri);
  for (const auto& attribute : element.attributes) {
    if (attribute.uri.empty()) {
      AppendAttribute(out, attribute.local, attribute.value);
    } else if (attribute.uri == xmlns::kXml) {
      AppendAttribute(out, "xml:" + attribute.local, attribute.value);
    }
  }
  if (element.text.empty() && element.children.empty()) {
    out += "/>";
    return;
  }
  out += '>';
  AppendEscaped(out, element.text);
  for (const auto& child : element.children) {
    AppendElement(out, child, element.uri);
  }
  out += "</" + element.local + '>';
}

}  // namespace danegate
