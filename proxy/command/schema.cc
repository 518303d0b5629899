#include "proxy/command/schema.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "proxy/command/exit_status.h"
#include "tenants/config/octets.h"
#include "tenants/settings.h"

namespace danegate {
namespace {

using Json = nlohmann::ordered_json;

std::string Text(std::string_view text) { return std::string(text); }

// "[a, b]", as the rows write a list; one text is a list of it.
Json ListOf(std::string_view value) {
  Json list = Json::array();
  if (!value.starts_with('[')) {
    list.push_back(Text(value));
    return list;
  }
  value = value.substr(1, value.size() - 2);
  while (!value.empty()) {
    const auto end = value.find(", ");
    list.push_back(Text(value.substr(0, end)));
    if (end == std::string_view::npos) break;
    value.remove_prefix(end + 2);
  }
  return list;
}

// A row's value as JSON.
Json ValueOf(const SettingRow& row) {
  switch (row.kind) {
    case SettingKind::kCount:
      return *ParseOctets(row.value);
    case SettingKind::kOctets:
      if (row.value == "0") return 0;
      break;
    case SettingKind::kTexts:
      return ListOf(row.value);
    case SettingKind::kText:
    case SettingKind::kWord:
    case SettingKind::kMap:
    case SettingKind::kMaps:
    case SettingKind::kOptions:
      break;
  }
  return Text(row.value);
}

Json ObjectSchema(SettingTable table, const std::string& prefix);

Json TextSchema(const SettingRow& row) {
  Json schema = {{"type", "string"}};
  if (row.required) schema["minLength"] = 1;
  if (row.most != 0) schema["maxLength"] = row.most;
  return schema;
}

Json TextsSchema(const SettingRow& row) {
  const Json list = {{"type", "array"},
                     {"items", {{"type", "string"}}},
                     {"minItems", row.least},
                     {"maxItems", row.most}};
  return {{"anyOf", Json::array({list, {{"type", "string"}}})}};
}

Json CountSchema(const SettingRow& row) {
  return {{"type", "integer"}, {"minimum", row.least}, {"maximum", row.most}};
}

Json OctetsSchema(const SettingRow& row) {
  const Json written = {{"type", "string"},
                        {"pattern", "^[0-9]+(KiB|MiB|GiB)?$"}};
  return {{"anyOf", Json::array({CountSchema(row), written})}};
}

// What the value of a row may be.
Json KindSchema(SettingTable table, const SettingRow& row) {
  switch (row.kind) {
    case SettingKind::kMap:
      return ObjectSchema(table, Text(row.key) + ".");
    case SettingKind::kMaps:
      return {{"type", "array"},
              {"items", ObjectSchema(table, Text(row.key) + "[].")},
              {"minItems", row.least},
              {"maxItems", row.most}};
    case SettingKind::kOptions:
      return {{"type", "object"},
              {"additionalProperties",
               {{"type", Json::array({"string", "number", "boolean"})}}}};
    case SettingKind::kText:
      return TextSchema(row);
    case SettingKind::kTexts:
      return TextsSchema(row);
    case SettingKind::kWord:
      return {{"enum", WordsIn(row.words)}};
    case SettingKind::kCount:
      return CountSchema(row);
    case SettingKind::kOctets:
      return OctetsSchema(row);
  }
  return {};
}

bool HasNested(SettingKind kind) {
  return kind == SettingKind::kMap || kind == SettingKind::kMaps ||
         kind == SettingKind::kOptions;
}

Json RowSchema(SettingTable table, const SettingRow& row) {
  Json schema = {{"description", Text(row.meaning)}};
  schema.update(KindSchema(table, row));
  if (HasNested(row.kind)) return schema;
  if (row.required) {
    schema["examples"] = Json::array({ValueOf(row)});
  } else {
    schema["default"] = ValueOf(row);
  }
  return schema;
}

// The keys directly in the map with the path `prefix`, and no others.
Json ObjectSchema(SettingTable table, const std::string& prefix) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const auto& row : table) {
    if (!IsDirectlyIn(row.key, prefix)) continue;
    properties[Text(LastPart(row.key))] = RowSchema(table, row);
    if (row.required) required.push_back(Text(LastPart(row.key)));
  }
  Json schema = {{"type", "object"}, {"properties", properties}};
  if (!required.empty()) schema["required"] = required;
  schema["additionalProperties"] = false;
  return schema;
}

}  // namespace

int RunSchema(const SchemaRequest& request) {
  Json schema = {
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"title", request.edge ? "danegate.yaml, the edge's configuration"
                             : "a tenant's file of danegate"},
  };
  schema.update(
      ObjectSchema(request.edge ? EdgeSettings() : TenantSettings(), ""));
  std::puts(schema.dump(2).c_str());
  return kExitGood;
}

}  // namespace danegate
