#include "proxy/command/usage.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <functional>
#include <memory>

#include "proxy/command/exit_status.h"
#include "proxy/command/usage_mistake.h"

namespace danegate {
namespace {

std::string TextOf(const CLI::Option& option) {
  return option.nonpositional()
             ? option.get_name() + " " + option.get_option_text()
             : option.get_option_text();
}

// Says which options must be there, in the line of usage and beside each.
class UsageFormatter : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* app, std::string name) const override {
    std::string line = "Usage: " + name;
    if (!app->get_subcommands({}).empty()) line += " COMMAND";
    for (const auto* option : app->get_options()) {
      const std::string text = TextOf(*option);
      if (option->get_required()) {
        line += " " + text;
      } else if (option->get_positional()) {
        line += " [" + text + "]";
      }
    }
    return line + " [OPTIONS]\n";
  }

  std::string make_option_opts(const CLI::Option* option) const override {
    const std::string text = option->get_option_text();
    return text.empty() ? text : " " + text;
  }

  std::string make_option_desc(const CLI::Option* option) const override {
    return option->get_description() +
           (option->get_required() ? "; required" : "");
  }
};

void Format(CLI::App* app, const std::shared_ptr<UsageFormatter>& formatter) {
  app->formatter(formatter);
  const std::function<bool(CLI::App*)> all;
  for (auto* command : app->get_subcommands(all)) Format(command, formatter);
}

}  // namespace

std::optional<int> ReadCommandLine(CLI::App* app, int argc,
                                   const char* const* argv) {
  const UsageMistake mistake = FindMistake(*app, {argv + 1, argv + argc});
  if (!mistake.what.empty()) return WrongUsage(mistake.command, mistake.what);
  Format(app, std::make_shared<UsageFormatter>());
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
