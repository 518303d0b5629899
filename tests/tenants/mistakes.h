// The mistakes that broken_files_test.cc makes in a good configuration.
#pragma once

#include <vector>

namespace danegate::testing {

// One mistake: `from` replaced by `to` in `file` of a good configuration.
struct Mistake {
  const char* claim;
  const char* file;
  const char* from;
  const char* to;
  const char* place;
  std::vector<const char*> words;  // all in the message
  bool warning = false;
};

inline constexpr char kEdge[] = "danegate.yaml";
inline constexpr char kAcme[] = "tenants.d/acme.yaml";

std::vector<Mistake> YamlMistakes();      // yaml_mistakes.cc
std::vector<Mistake> SettingMistakes();   // setting_mistakes.cc
std::vector<Mistake> ValueMistakes();     // value_mistakes.cc
std::vector<Mistake> MaterialMistakes();  // material_mistakes.cc

}  // namespace danegate::testing
