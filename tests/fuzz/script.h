// A fuzzer's input, read as lines of a script.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace danegate {

// Calls `play` with each line that is not empty.
template <typename Play>
void ForEachLine(std::string_view script, Play play) {
  while (!script.empty()) {
    const auto end = std::min(script.find('\n'), script.size());
    const auto line = script.substr(0, end);
    script.remove_prefix(std::min(end + 1, script.size()));
    if (!line.empty()) play(line);
  }
}

inline std::string_view AsScript(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace danegate
