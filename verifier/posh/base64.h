// Base64 as RFC 4648 section 4 writes it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace danegate {

// Strict: no white space, no other alphabet, zero pad bits. Padding may be
// missing, as in RFC 7711's own example, but not in part (E-05).
std::optional<std::vector<std::uint8_t>> DecodeBase64(std::string_view text);

// With padding.
std::string EncodeBase64(std::span<const std::uint8_t> octets);

}  // namespace danegate
