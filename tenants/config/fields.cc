#include "tenants/config/fields.h"

#include <algorithm>
#include <charconv>

#include "tenants/config/octets.h"
#include "tenants/config/setting_mistake.h"
#include "verifier/check.h"

namespace danegate {
namespace {

using Kind = YamlNode::Kind;

std::uint64_t ToCount(const SettingRow& row, std::string_view text) {
  if (row.kind == SettingKind::kOctets) {
    const auto octets = ParseOctets(text);
    DANEGATE_CHECK(octets.has_value());
    return *octets;
  }
  std::uint64_t number = 0;
  const auto result =
      std::from_chars(text.data(), text.data() + text.size(), number);
  DANEGATE_CHECK(result.ec == std::errc());
  return number;
}

}  // namespace

Fields::Fields(const YamlNode& map, SettingTable table, std::string prefix)
    : map_(&map), table_(table), prefix_(std::move(prefix)) {}

const YamlNode* Fields::Given(std::string_view key) const {
  DANEGATE_CHECK(key.starts_with(prefix_));
  const YamlNode* node = map_;
  for (auto rest = key.substr(prefix_.size()); !rest.empty();) {
    const auto end = std::min(rest.find('.'), rest.size());
    if (node->kind != Kind::kMap) return nullptr;
    node = node->Find(rest.substr(0, end));
    if (node == nullptr) return nullptr;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return node;
}

const YamlNode* Fields::Good(std::string_view key) const {
  const SettingRow& row = RowOf(table_, key);
  const YamlNode* const node = Given(key);
  return node == nullptr || SettingMistake(row, *node) ? nullptr : node;
}

bool Fields::Has(std::string_view key) const { return Good(key) != nullptr; }

bool Fields::IsBad(std::string_view key) const {
  return Given(key) != nullptr && Good(key) == nullptr;
}

Position Fields::At(std::string_view key) const {
  const YamlNode* const node = Good(key);
  return node == nullptr ? map_->at : node->at;
}

std::string Fields::Text(std::string_view key) const {
  if (const YamlNode* const node = Good(key)) return node->text;
  const SettingRow& row = RowOf(table_, key);
  return row.required ? std::string() : std::string(row.value);
}

std::uint64_t Fields::Count(std::string_view key) const {
  const SettingRow& row = RowOf(table_, key);
  const YamlNode* const node = Good(key);
  return ToCount(row, node == nullptr ? row.value : node->text);
}

std::vector<LocatedText> Fields::Texts(std::string_view key) const {
  std::vector<LocatedText> texts;
  if (const YamlNode* const node = Good(key)) {
    if (node->kind == Kind::kScalar) return {{node->text, node->at}};
    for (const auto& item : node->items) texts.push_back({item.text, item.at});
    return texts;
  }
  const SettingRow& row = RowOf(table_, key);
  if (row.required || row.value == "[]") return {};
  return {{std::string(row.value), map_->at}};
}

std::vector<LocatedOption> Fields::Options(std::string_view key) const {
  std::vector<LocatedOption> options;
  const YamlNode* const node = Good(key);
  if (node == nullptr) return options;
  for (const auto& entry : node->entries) {
    options.push_back({entry.key, {entry.value.text, entry.value.at}});
  }
  return options;
}

std::vector<Fields> Fields::Maps(std::string_view key) const {
  std::vector<Fields> maps;
  const YamlNode* const node = Good(key);
  if (node == nullptr) return maps;
  for (const auto& item : node->items) {
    maps.emplace_back(item, table_, std::string(key) + "[].");
  }
  return maps;
}

}  // namespace danegate
