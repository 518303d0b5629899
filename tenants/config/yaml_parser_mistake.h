// What yaml-cpp says is wrong with a text, for the operator who wrote it.
#pragma once

#include <string>
#include <string_view>

#include "tenants/config/config_error.h"

namespace danegate {

struct YamlMistake {
  Position at;
  std::string message;
};

// `said` is the parser's message, and `at` where it stopped. The place is that
// of the bracket where one is not closed.
YamlMistake ToYamlMistake(std::string_view text, std::string_view said,
                          Position at);

}  // namespace danegate
