// `danegate check`: every mistake of the configuration, at once.
#pragma once

#include <string>

namespace danegate {

struct CheckRequest {
  std::string config_file;
  bool json = false;
};

// Writes each error and warning as FILE:LINE:COL: message, with the line and a
// caret under it, then a summary, to standard output; or all of it as one JSON
// object. Returns kExitGood if the
// edge could start with it, else kExitBad.
int RunCheck(const CheckRequest&);

}  // namespace danegate
