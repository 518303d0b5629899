// XmlElement is a small element as a value: features, <auth/>, <stream:error>.
// Stanzas never become one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/xmpp/xml_start.h"

namespace danegate {

struct XmlElement {
  struct Attribute {
    std::string uri;  // empty: no namespace
    std::string local;
    std::string value;
  };

  std::string uri;
  std::string local;
  std::vector<Attribute> attributes;
  std::string text;  // its character data, that of children left out
  std::vector<XmlElement> children;

  // Copies the start tag.
  static XmlElement From(const XmlStart&);

  bool Is(std::string_view wanted_uri, std::string_view wanted_local) const {
    return local == wanted_local && uri == wanted_uri;
  }
  // The first such child, or null.
  const XmlElement* Child(std::string_view uri, std::string_view local) const;
  // The value of an attribute in no namespace, or null.
  const std::string* AttributeValue(std::string_view local) const;
};

// AppendElement writes an element that means the same wherever it stands: each
// change of namespace is declared, no prefix is used. Attributes in a namespace
// other than xml's are left out.
void AppendElement(std::string& out, const XmlElement& element,
                   std::string_view outer_namespace);

}  // namespace danegate
