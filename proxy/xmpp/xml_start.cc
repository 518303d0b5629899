#include "proxy/xmpp/xml_start.h"

namespace danegate {
namespace {

XmlName SplitName(std::string_view name) {
  const auto first = name.find(kXmlNameSeparator);
  if (first == std::string_view::npos) return {{}, name, {}};
  const auto rest = name.substr(first + 1);
  const auto second = rest.find(kXmlNameSeparator);
  if (second == std::string_view::npos)
    return {name.substr(0, first), rest, {}};
  return {name.substr(0, first), rest.substr(0, second),
          rest.substr(second + 1)};
}

}  // namespace

XmlName XmlStart::name() const { return SplitName(name_); }

std::size_t XmlStart::attribute_count() const {
  std::size_t count = 0;
  while (attributes_[2 * count] != nullptr) ++count;
  return count;
}

XmlName XmlStart::attribute_name(std::size_t index) const {
  return SplitName(attributes_[2 * index]);
}

std::string_view XmlStart::attribute_value(std::size_t index) const {
  return attributes_[2 * index + 1];
}

std::optional<std::string_view> XmlStart::Attribute(
    std::string_view local) const {
  for (const char** at = attributes_; *at != nullptr; at += 2) {
    if (local == *at) return at[1];
  }
  return std::nullopt;
}

}  // namespace danegate
