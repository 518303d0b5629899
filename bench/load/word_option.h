// Options that several subcommands have: AddWord adds one whose value is one of
// a few words, AddSvg the file for a chart; Between checks a number. Behind the
// door to CLI11.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace danegate {

// Sentences; empty if the word is good.
std::string WhyNoneOf(const std::vector<std::string>& known,
                      const std::string& word);
std::string WhyNotBetween(double least, double most, const std::string& word);
std::string WhyNotBetween(std::uint64_t least, std::uint64_t most,
                          const std::string& word);

template <typename Value>
using Words = std::map<std::string, Value>;

// `value` outlives `app`, and stays as it is where the option is not given.
template <typename Value>
CLI::Option* AddWord(CLI::App* app, const char* name, Value& value,
                     const Words<Value>& words, const char* what) {
  return app
      ->add_option_function<std::string>(
          name,
          [&value, words](const std::string& word) { value = words.at(word); },
          what)
      ->option_text("WORD")
      ->check([words](const std::string& word) {
        std::vector<std::string> known;
        for (const auto& [each, unused] : words) known.push_back(each);
        return WhyNoneOf(known, word);
      });
}

inline void AddSvg(CLI::App* app, std::string* file) {
  app->add_option("--svg", *file, "Draw latencies and rates there")
      ->option_text("FILE");
}

// The number that an option takes, in words that say what was expected.
template <typename Number>
std::function<std::string(const std::string&)> Between(Number least,
                                                       Number most) {
  return [least, most](const std::string& word) {
    return WhyNotBetween(least, most, word);
  };
}

inline auto AtLeast(std::uint64_t least) {
  return Between(least, std::numeric_limits<std::uint64_t>::max());
}

}  // namespace danegate
