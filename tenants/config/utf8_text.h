// UTF-8 of configuration files, and how it is shown to people.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace danegate {

// The octets of the character at `index`; 0 where RFC 3629 knows none: no
// overlong form, no surrogate, nothing cut off. REQUIRES: index < text.size().
std::size_t Utf8LengthAt(std::string_view text, std::size_t index);

// ShowCharacter gives a character as a message shows it: itself, or "\x1B" or
// "\u{202E}" where it is a control or cannot be seen. An octet that begins no
// character is "\xFF". REQUIRES: `character` is one of the two (E6).
std::string ShowCharacter(std::string_view character);

}  // namespace danegate
