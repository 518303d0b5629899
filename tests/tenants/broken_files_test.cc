// Every mistake in a configuration, its place, and what the message must say.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cctype>
#include <string>

#include "tests/tenants/mistakes.h"
#include "tests/tenants/workspace.h"

namespace danegate::testing {
namespace {

class BrokenFile : public ::testing::TestWithParam<Mistake> {};

TEST_P(BrokenFile, IsToldAtItsPlace) {
  const Mistake& mistake = GetParam();
  const Workspace workspace;
  workspace.Write("open.key", workspace.Read("edge.key"));
  ::chmod(workspace.Path("open.key").c_str(), 0640);
  ::mkdir(workspace.Path("empty").c_str(), 0700);
  workspace.Replace(mistake.file, mistake.from, mistake.to);
  const auto result = workspace.ReadConfiguration();
  ASSERT_EQ(result.errors.size(), 1U)
      << (result.errors.empty() ? "no error" : result.errors[1].ToString());
  const ConfigError& error = result.errors[0];
  EXPECT_EQ(workspace.Place(error), mistake.place) << error.ToString();
  EXPECT_EQ(error.warning, mistake.warning);
  EXPECT_EQ(result.configuration != nullptr, mistake.warning);
  for (const char* const word : mistake.words) {
    EXPECT_NE(error.message.find(word), std::string::npos)
        << "no '" << word << "' in: " << error.message;
  }
}

std::string ToTestName(const ::testing::TestParamInfo<Mistake>& row) {
  std::string name;
  for (const char c : std::string(row.param.claim)) {
    name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Yaml, BrokenFile, ::testing::ValuesIn(YamlMistakes()),
                         ToTestName);
INSTANTIATE_TEST_SUITE_P(Setting, BrokenFile,
                         ::testing::ValuesIn(SettingMistakes()), ToTestName);
INSTANTIATE_TEST_SUITE_P(Value, BrokenFile,
                         ::testing::ValuesIn(ValueMistakes()), ToTestName);
INSTANTIATE_TEST_SUITE_P(Material, BrokenFile,
                         ::testing::ValuesIn(MaterialMistakes()), ToTestName);

}  // namespace
}  // namespace danegate::testing
