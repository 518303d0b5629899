// ReadCommandLine reads what stands behind a program's name. What is wrong
// there is said by us and not by the parser, which tells of the first thing
// that it misses even if the reason is a word that it did not know. For
// danegate and danegate-load. Behind the door to CLI11, with main.cc.
#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>

namespace danegate {

// ReadCommandLine fills what `app` is bound to. Returns nothing if there is a
// command to be done, else the exit status: kExitGood after --help, kExitUsage
// after what was expected, what came and what to do, on standard error.
std::optional<int> ReadCommandLine(CLI::App* app, int argc,
                                   const char* const* argv);

// WrongUsage says why on standard error, and returns kExitUsage. `command` is
// the one that was called, with its program: "danegate ctl".
int WrongUsage(const std::string& command, const std::string& why);

}  // namespace danegate
