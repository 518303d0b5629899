#include "proxy/command/usage.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>

#include "proxy/command/exit_status.h"
#include "proxy/command/usage_mistake.h"

namespace danegate {

std::optional<int> ReadCommandLine(CLI::App* app, int argc,
                                   const char* const* argv) {
  const UsageMistake mistake = FindMistake(*app, {argv + 1, argv + argc});
  if (!mistake.what.empty()) return WrongUsage(mistake.command, mistake.what);
  try {
    app->parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app->exit(help);
  } catch (const CLI::ParseError& error) {
    return WrongUsage(mistake.command, error.what());
  }
  return std::nullopt;
}

int WrongUsage(const std::string& command, const std::string& why) {
  std::fprintf(stderr, "%s: %s\nTry %s --help.\n", command.c_str(), why.c_str(),
               command.c_str());
  return kExitUsage;
}

}  // namespace danegate
