// Fields gives the values of one map of a file by the keys of its table, with
// the table's defaults where the file says nothing, or nothing good: what is
// wrong has been reported by CheckSettings.
//
// Borrows the nodes. Keys are whole paths, as in the table; asking for one that
// the table does not have is a mistake of ours and ends the process.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tenants/config/config_error.h"
#include "tenants/config/setting_row.h"
#include "tenants/config/yaml_node.h"

namespace danegate {

// A text and where it stands.
struct LocatedText {
  std::string text;
  Position at;
};

// An option of a map of options and where its value stands.
struct LocatedOption {
  std::string name;
  LocatedText value;
};

class Fields {
 public:
  // `prefix` is the path of `map`: empty for the file, "backends[]." for an
  // item of that list.
  Fields(const YamlNode& map, SettingTable table, std::string prefix = {});

  // Whether the file gives the setting, with a value that can be used.
  bool Has(std::string_view key) const;
  // Whether the file gives it with a value that cannot be used.
  bool IsBad(std::string_view key) const;
  // Where its value stands; where it is absent, the place of this map.
  Position At(std::string_view key) const;

  std::string Text(std::string_view key) const;     // kText, kWord
  std::uint64_t Count(std::string_view key) const;  // kCount, kOctets
  std::vector<LocatedText> Texts(std::string_view key) const;
  std::vector<LocatedOption> Options(std::string_view key) const;
  std::vector<Fields> Maps(std::string_view key) const;

 private:
  // The value, or null if it is absent or bad.
  const YamlNode* Good(std::string_view key) const;
  // The value, or null if it is absent.
  const YamlNode* Given(std::string_view key) const;

  const YamlNode* map_;
  SettingTable table_;
  std::string prefix_;
};

}  // namespace danegate
