// The bounds of a configuration file (E7).
#pragma once

#include <cstddef>
#include <string>

namespace danegate {

struct YamlLimits {
  static constexpr std::size_t kOctets = 1
                                         << 20;  // 10,000 long domains and more
  static constexpr std::size_t kLine = 1 << 16;  // yaml-cpp reads ahead in one
  static constexpr std::size_t kDepth = 8;       // the deepest setting is at 4
  static constexpr std::size_t kNodes = 50000;
};

inline std::string TooDeep() {
  return "expected at most " + std::to_string(YamlLimits::kDepth) +
         " lists and maps within each other; found more; look for brackets "
         "that are not closed";
}

}  // namespace danegate
