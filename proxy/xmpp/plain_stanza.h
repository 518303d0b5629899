// Plain stanzas are those that a scanner much simpler than a parser can vouch
// for: what nearly every stanza is made of, and nothing besides. The scanner
// only ever accepts. Whatever it does not accept, for whatever reason,
// is the parser's to judge; so it may be as strict as is quick, and must not
// take what the parser would not.
//
// In a plain stanza names are ASCII without a colon, but for xml:lang, and do
// not begin with "xml", but for xmlns. Attributes have a space before each and
// none elsewhere in a tag. Text and values are printable ASCII, valid UTF-8 and
// the five predefined entities; text has line feeds and tabs besides and no
// '>'; addresses and namespaces are ASCII without entities. There are no
// carriage returns, comments, CDATA, processing instructions or references to
// characters. The limits are within those that a parser has for a stanza
// (A3), so that none of them is ever met.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace danegate {

// What the limits of plain stanzas are; each far below the parser's.
inline constexpr std::size_t kPlainDepth = 24;  // the stanza itself included
inline constexpr std::size_t kPlainAttributes = 16;  // of one element
inline constexpr std::size_t kPlainNameBytes = 64;
inline constexpr std::size_t kPlainTagBytes = 4 * 1024;
// One run of text. Longer ones a parser is not given (plain_text.h), so that
// little is gained; and to have looked at one in vain costs much.
inline constexpr std::size_t kPlainTextBytes = 4 * 1024;
// Elements and attributes of one stanza: a parser keeps every name.
inline constexpr std::size_t kPlainNames = 1024;

// Views into the input.
struct PlainStanza {
  std::string_view bytes;  // from '<' to '>'
  std::string_view name;   // "message", "presence" or "iq"
  std::string_view from;
  std::string_view to;
};

// ScanPlainStanza returns the stanza that `input` begins with, if it is plain,
// complete and has both addresses. It is in jabber:server where that is the
// default namespace.
std::optional<PlainStanza> ScanPlainStanza(std::string_view input);

// FindStanza returns where a stanza may begin in `input`, at `from` or behind
// it; input.size() if nowhere. It is a guess: what stands there may be text.
std::size_t FindStanza(std::string_view input, std::size_t from);

}  // namespace danegate
