// `danegate --version`: this program and every library, as they run.
#pragma once

#include <string>

namespace danegate {

// "0.1.0"
std::string ProgramVersion();

// Writes one line each to standard output, with a warning behind a library that
// is older than the floor we know to be needed (D14, threats 0.3, 0.4).
int RunVersion();

}  // namespace danegate
