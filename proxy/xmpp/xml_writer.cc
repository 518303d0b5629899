#include "proxy/xmpp/xml_writer.h"

#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/utf8.h"

namespace danegate {
namespace {

// The replacement of one ASCII character, or nothing if it stands for itself.
std::string_view Replacement(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '\'':
      return "&apos;";
    case '"':
      return "&quot;";
    case '\t':
      return "&#9;";
    case '\n':
      return "&#10;";
    case '\r':
      return "&#13;";
    default:
      return static_cast<unsigned char>(c) < 0x20 ? "?" : "";
  }
}

bool IsNoncharacter(std::string_view character) {
  return character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF";
}

}  // namespace

void AppendEscaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    const auto character = text.substr(0, length == 0 ? 1 : length);
    text.remove_prefix(character.size());
    if (length == 0 || IsNoncharacter(character)) {
      out += '?';
    } else if (const auto other = Replacement(character[0]);
               length == 1 && !other.empty()) {
      out += other;
    } else {
      out += character;
    }
  }
}

void AppendAttribute(std::string& out, std::string_view name,
                     std::string_view value) {
  out += ' ';
  out += name;
  out += "='";
  AppendEscaped(out, value);
  out += '\'';
}

std::string Quoted(std::string_view text) {
  const auto shown = Utf8Truncate(text, limits::kQuoteBytes);
  std::string out = "\"";
  out += shown;
  out += shown.size() < text.size() ? "…\"" : "\"";
  return out;
}

}  // namespace danegate
