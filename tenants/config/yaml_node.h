// YamlNode is a value of a YAML file with the place where it stands.
//
// Only what a configuration needs: no anchors, no aliases, no tags, one
// document. A plain value.
#pragma once

#include <string>
#include <vector>

#include "tenants/config/config_error.h"

namespace danegate {

struct YamlEntry;

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  Position at;
  std::string text;                // kScalar: as meant, quotation marks removed
  std::vector<YamlNode> items;     // kList
  std::vector<YamlEntry> entries;  // kMap; keys are unique, in file order

  // The value of `key` in this map, or null.
  const YamlNode* Find(std::string_view key) const;
  // For messages: `"text"`, `nothing`, `a list of 3`, `a map`.
  std::string Describe() const;
};

struct YamlEntry {
  std::string key;
  Position at;  // the key's
  YamlNode value;
};

}  // namespace danegate
