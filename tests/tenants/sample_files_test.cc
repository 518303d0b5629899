// Holds deploy/danegate.yaml and deploy/tenant.yaml against the tables.
#include <gtest/gtest.h>

#include <string>

#include "tenants/config/fields.h"
#include "tenants/config/file_text.h"
#include "tenants/config/octets.h"
#include "tenants/config/setting_check.h"
#include "tenants/config/setting_mistake.h"
#include "tenants/config/yaml_reader.h"
#include "tenants/settings.h"

namespace danegate {
namespace {

YamlNode ReadSample(const std::string& name, SettingTable table) {
  const std::string path = std::string(DANEGATE_DEPLOY) + "/" + name;
  const auto text = ReadWholeFile(path, YamlLimits::kOctets, Secrecy::kPublic);
  EXPECT_TRUE(text.ok()) << path;
  FileLog log(path);
  const auto root = ReadYaml(text.ok() ? *text : "", &log);
  if (root) CheckSettings(*root, table, &log);
  for (const auto& error : log.errors()) ADD_FAILURE() << error.ToString();
  return root.value_or(YamlNode{});
}

// A setting that may be left out is shown with the value it has then.
void ExpectDefault(const SettingRow& row, const Fields& fields) {
  switch (row.kind) {
    case SettingKind::kText:
    case SettingKind::kWord:
      EXPECT_EQ(fields.Text(row.key), row.value) << row.key;
      break;
    case SettingKind::kCount:
      EXPECT_EQ(std::to_string(fields.Count(row.key)), row.value) << row.key;
      break;
    case SettingKind::kOctets:
      EXPECT_EQ(WriteOctets(fields.Count(row.key)), row.value) << row.key;
      break;
    case SettingKind::kTexts:
    case SettingKind::kMap:
    case SettingKind::kMaps:
    case SettingKind::kOptions:
      break;
  }
}

void ExpectComplete(const YamlNode& root, SettingTable table) {
  const Fields fields(root, table);
  for (const auto& row : table) {
    if (row.key.find("[].") != std::string_view::npos) continue;
    EXPECT_TRUE(fields.Has(row.key)) << row.key << " is not in the sample";
    if (!row.required && !row.value.empty()) ExpectDefault(row, fields);
  }
}

TEST(SampleFiles, TheEdgesShowsEverySettingAndItsDefault) {
  ExpectComplete(ReadSample("danegate.yaml", EdgeSettings()), EdgeSettings());
}

TEST(SampleFiles, TheTenantsShowsEverySettingAndItsDefault) {
  const auto root = ReadSample("tenant.yaml", TenantSettings());
  ExpectComplete(root, TenantSettings());
  const auto backends = Fields(root, TenantSettings()).Maps("backends");
  ASSERT_FALSE(backends.empty());
  for (const auto& row : TenantSettings()) {
    if (!row.key.starts_with("backends[].")) continue;
    EXPECT_TRUE(backends[0].Has(row.key)) << row.key;
  }
}

TEST(SettingTables, EveryRowSaysWhatItMeansAndStandsOnce) {
  for (const SettingTable table : {EdgeSettings(), TenantSettings()}) {
    for (const auto& row : table) {
      EXPECT_FALSE(row.meaning.empty()) << row.key;
      EXPECT_EQ(&RowOf(table, row.key), &row) << row.key << " is there twice";
      if (row.kind == SettingKind::kCount || row.kind == SettingKind::kOctets) {
        EXPECT_LT(row.least, row.most) << row.key;
      }
      EXPECT_EQ(row.kind == SettingKind::kWord, !row.words.empty()) << row.key;
    }
  }
}

TEST(SettingTables, EveryDefaultFitsItsRow) {
  for (const SettingTable table : {EdgeSettings(), TenantSettings()}) {
    for (const auto& row : table) {
      if (row.required || row.value.empty() || row.value == "[]" ||
          row.value == "{}") {
        continue;
      }
      YamlNode value;
      value.kind = YamlNode::Kind::kScalar;
      value.text = row.value;
      EXPECT_EQ(SettingMistake(row, value), std::nullopt) << row.key;
    }
  }
}

}  // namespace
}  // namespace danegate
