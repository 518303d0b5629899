// Fail says on standard error why a subcommand ends, and returns the exit
// status that it ends with.
#pragma once

#include <cstdio>
#include <string>

namespace danegate {

[[nodiscard]] inline int Fail(int status, const std::string& why) {
  std::fprintf(stderr, "danegate-load: %s\n", why.c_str());
  return status;
}

}  // namespace danegate
