// XmlStart is a start tag as the parser saw it, and XmlName a name in it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace danegate {

// Between the parts of a parser's name. XML 1.0 has no such character, so no
// document can smuggle one in, not even as a reference (A1.2).
inline constexpr char kXmlNameSeparator = '\x01';

// A name with its namespace resolved. Views into the parser, for the call.
struct XmlName {
  std::string_view uri;  // empty: no namespace
  std::string_view local;
  std::string_view prefix;  // empty: the default namespace

  bool Is(std::string_view wanted_uri, std::string_view wanted_local) const {
    return local == wanted_local && uri == wanted_uri;
  }
};

// A start tag. Views into the parser, for the call.
class XmlStart {
 public:
  // What expat gives: names as "uri SEP local SEP prefix", attributes as pairs
  // that end with a null.
  XmlStart(const char* name, const char** attributes)
      : name_(name), attributes_(attributes) {}

  XmlName name() const;
  std::size_t attribute_count() const;
  // REQUIRES: index < attribute_count().
  XmlName attribute_name(std::size_t index) const;
  std::string_view attribute_value(std::size_t index) const;
  // The attribute of that name in no namespace.
  std::optional<std::string_view> Attribute(std::string_view local) const;

 private:
  const char* name_;
  const char** attributes_;
};

}  // namespace danegate
