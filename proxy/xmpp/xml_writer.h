// XmlWriter: text into XML. Whatever comes in, well-formed XML comes out, with
// the characters of XML 1.0 only and none of the constructs of A-60.
#pragma once

#include <string>
#include <string_view>

namespace danegate {

// AppendEscaped appends `text` as character data or as the value of an
// attribute quoted with '. Tabs and line ends become references, so that no
// parser normalises them away; octets that are not UTF-8 and characters that
// XML 1.0 forbids become '?'.
void AppendEscaped(std::string& out, std::string_view text);

// AppendAttribute appends " name='value'". `name` is trusted.
void AppendAttribute(std::string& out, std::string_view name,
                     std::string_view value);

// Quoted returns `text` in double quotes, cut to kQuoteBytes with an ellipsis,
// for our texts about what a peer sent.
std::string Quoted(std::string_view text);

}  // namespace danegate
