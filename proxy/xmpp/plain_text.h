// Plain text is what a parser that is between two tags, or within a CDATA
// section, may read over without looking: it is legal there, ends nothing and
// begins nothing. These are the ASCII characters but controls, '<', '>', '&'
// and ']'; tabs and line feeds are among them, carriage returns are not.
#pragma once

#include <cstddef>
#include <string_view>

namespace danegate {

// A shorter run is not worth a call of the parser by itself.
inline constexpr std::size_t kPlainRun = 128;

// PlainPrefix returns how many of the first octets are plain: no more than
// there are, and perhaps up to 15 fewer.
std::size_t PlainPrefix(std::string_view text);

// FindPlainRun returns where a run of at least kPlainRun - 15 plain octets
// begins, perhaps up to 15 octets late; text.size() if there is none. None that
// has kPlainRun + 30 is missed.
std::size_t FindPlainRun(std::string_view text);

}  // namespace danegate
