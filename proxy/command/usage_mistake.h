// UsageMistake is what is wrong with a command line, found before it is parsed,
// from what the parser knows of its options. Behind the door to CLI11.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace danegate {

struct UsageMistake {
  std::string command;  // as far as it was given: "danegate ctl status"
  std::string what;     // a sentence; empty: nothing is wrong as far as we see
};

// FindMistake reads the words from left to right, as the parser does, and finds
// the first that cannot stand there, and only then what is missing. Values are
// the parser's to check. Pure.
UsageMistake FindMistake(const CLI::App& app,
                         const std::vector<std::string>& words);

// "run, check or match"
std::string OneOf(const std::vector<std::string>& words);

}  // namespace danegate
