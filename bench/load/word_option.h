// Options that several subcommands have: AddWord adds one whose value is one of
// a few words, AddSvg the file for a chart. Behind the door to CLI11.
#pragma once

#include <CLI/App.hpp>
#include <map>
#include <string>

namespace danegate {

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
      ->check(CLI::IsMember(words));
}

inline void AddSvg(CLI::App* app, std::string* file) {
  app->add_option("--svg", *file, "Draw latencies and rates there")
      ->option_text("FILE");
}

}  // namespace danegate
