#include "proxy/command/usage_mistake.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <set>
#include <string_view>

#include "tenants/config/config_error.h"
#include "tenants/config/spelling.h"

namespace danegate {
namespace {

using Options = std::vector<const CLI::Option*>;

Options OptionsOf(const CLI::App& app) {
  return app.get_options(
      [](const CLI::Option* option) { return option->nonpositional(); });
}

Options ArgumentsOf(const CLI::App& app) {
  return app.get_options(
      [](const CLI::Option* option) { return option->get_positional(); });
}

std::vector<std::string> CommandsOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands({})) {
    names.push_back(command->get_name());
  }
  return names;
}

const CLI::Option* FindOption(const CLI::App& app, const std::string& name) {
  for (const auto* option : OptionsOf(app)) {
    if (option->check_name(name)) return option;
  }
  return nullptr;
}

std::string Guess(const std::string& written,
                  const std::vector<std::string>& words) {
  const std::vector<std::string_view> views(words.begin(), words.end());
  const auto nearest = NearestWord(written, views);
  return nearest.empty() ? std::string() : DidYouMean(nearest);
}

bool IsOption(const std::string& word) {
  return word.size() > 1 && word.front() == '-';
}

bool TakesValue(const CLI::Option& option) {
  return option.get_items_expected_max() > 0;
}

std::string NameOf(const CLI::Option& option) {
  return option.nonpositional() ? option.get_name() : option.get_option_text();
}

std::string Lower(std::string text) {
  if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a') {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return text;
}

class WordReader {
 public:
  WordReader(const CLI::App& app, const std::vector<std::string>& words)
      : words_(words), here_(&app), command_(app.get_name()) {}

  UsageMistake Run() {
    std::string what;
    while (next_ < words_.size() && what.empty()) what = ReadNext();
    if (what.empty()) what = FindMissing();
    return {command_, what};
  }

 private:
  std::string ReadNext() {
    const std::string& word = words_[next_++];
    if (!only_words_ && word == "--") {
      only_words_ = true;
      return {};
    }
    return !only_words_ && IsOption(word) ? ReadOption(word) : ReadWord(word);
  }

  std::string ReadOption(const std::string& word) {
    const auto equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const auto* const option = FindOption(*here_, name);
    if (option == nullptr) return Unknown(name);
    const bool again = !given_.insert(option->get_name()).second;
    if (!TakesValue(*option)) return {};
    last_ = option;
    const bool many = option->get_items_expected_max() > 1;
    if (again && !many) {
      return name + ": expected once; found twice; leave one of them out";
    }
    return equals == std::string::npos ? ReadValue(*option) : std::string();
  }

  std::string ReadValue(const CLI::Option& option) {
    const std::string expected = option.get_name() + ": expected " +
                                 option.get_option_text() +
                                 " behind it; found ";
    if (next_ == words_.size()) return expected + "nothing";
    const std::string& value = words_[next_++];
    if (FindOption(*here_, value) == nullptr) return {};
    return expected + "the option " + value;
  }

  // An option of no command, or of one that stands behind it.
  std::string Unknown(const std::string& name) const {
    for (const auto* command : here_->get_subcommands({})) {
      if (FindOption(*command, name) == nullptr) continue;
      return "expected a command before " + name +
             ", which is an option of some of them; put it behind the command";
    }
    std::vector<std::string> known;
    for (const auto* option : OptionsOf(*here_)) {
      known.push_back(option->get_name());
    }
    return "expected an option of " + command_ + "; found " + InQuotes(name) +
           Guess(name, known);
  }

  std::string ReadWord(const std::string& word) {
    const auto commands = CommandsOf(*here_);
    if (!commands.empty()) return ReadCommand(word, commands);
    std::size_t most = 0;
    for (const auto* argument : ArgumentsOf(*here_)) {
      most += static_cast<std::size_t>(argument->get_items_expected_max());
    }
    if (arguments_++ < most) return {};
    const std::string expected =
        most == 0 ? "expected options only" : "expected no further word";
    return expected + "; found " + InQuotes(word) + HintForWord();
  }

  // `--tlsa 3 1 1 HEX` looks as DNS tools write it.
  std::string HintForWord() const {
    const bool has_quotes =
        last_ != nullptr && last_->get_option_text().starts_with('"');
    if (!has_quotes) return "; leave it out";
    return "; a record is one word: " + last_->get_name() + " " +
           last_->get_option_text();
  }

  std::string ReadCommand(const std::string& word,
                          const std::vector<std::string>& commands) {
    for (const auto* command : here_->get_subcommands({})) {
      if (command->get_name() != word) continue;
      here_ = command;
      command_ += " " + word;
      return {};
    }
    return ExpectedCommand(commands) + "; found " + InQuotes(word) +
           Guess(word, commands);
  }

  static std::string ExpectedCommand(const std::vector<std::string>& commands) {
    return "expected a command: " + OneOf(commands);
  }

  // danegate itself needs no command if --version is given.
  std::string FindMissing() const {
    const auto commands = CommandsOf(*here_);
    const bool wants_command =
        given_.empty() || here_->get_require_subcommand_min() > 0;
    if (!commands.empty() && wants_command) return ExpectedCommand(commands);
    for (const auto* option : OptionsOf(*here_)) {
      auto what = Has(*option) ? WhatClashes(*option) : WhatIsRequired(*option);
      if (!what.empty()) return what;
    }
    const auto arguments = ArgumentsOf(*here_);
    if (arguments_ >= arguments.size()) return {};
    return WhatIsRequired(*arguments[arguments_]);
  }

  bool Has(const CLI::Option& option) const {
    return given_.contains(option.get_name());
  }

  static std::string WhatIsRequired(const CLI::Option& option) {
    if (!option.get_required()) return {};
    const std::string name = NameOf(option);
    const std::string value =
        option.nonpositional() ? name + " " + option.get_option_text() : name;
    return name + " is required; give " + value + ": " +
           Lower(option.get_description());
  }

  std::string WhatClashes(const CLI::Option& option) const {
    for (const auto* other : option.get_excludes()) {
      if (!Has(*other)) continue;
      return option.get_name() + " excludes " + other->get_name() +
             "; give one of the two";
    }
    for (const auto* other : option.get_needs()) {
      if (Has(*other)) continue;
      return option.get_name() + " needs " + other->get_name() +
             "; give that too, or neither";
    }
    return {};
  }

  const std::vector<std::string>& words_;
  const CLI::App* here_;
  std::string command_;
  std::size_t next_ = 0;
  std::size_t arguments_ = 0;  // words that are no command's name
  bool only_words_ = false;    // behind "--"
  std::set<std::string> given_;
  const CLI::Option* last_ = nullptr;  // that took a value
};

}  // namespace

std::string OneOf(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

UsageMistake FindMistake(const CLI::App& app,
                         const std::vector<std::string>& words) {
  const bool asks_for_help = std::any_of(
      words.begin(), words.end(),
      [](const std::string& word) { return word == "--help" || word == "-h"; });
  if (asks_for_help) return {app.get_name(), ""};
  return WordReader(app, words).Run();
}

}  // namespace danegate
