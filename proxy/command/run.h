// `danegate run`: the proxy in the foreground.
#pragma once

#include <string>

namespace danegate {

// Serves until SIGTERM or SIGINT, then drains. Returns the exit status: 0 after
// an orderly end, 1 if it could not start; why is on standard error.
int RunProxy(const std::string& config_file);

}  // namespace danegate
