// Bytes as text and back, without a copy.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace danegate {

inline std::string_view AsText(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline std::span<const std::byte> AsBytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace danegate
