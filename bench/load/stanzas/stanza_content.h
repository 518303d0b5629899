// What a marked stanza has between its start tag and its tail, by kind: servers
// pass text that is nothing but ASCII by short cuts, and other stanzas not.
// Pure.
#pragma once

#include <cstddef>
#include <string>

namespace danegate {

enum class StanzaKind {
  kAscii,   // "xxx…": the best case of every reader
  kText,    // prose in several scripts, with emoji and the five entities
  kNested,  // a pubsub event of small elements with attributes
};

// "ascii", "text", "nested".
const char* ToString(StanzaKind);

// The least that AppendContent() can write: "<body>".
inline constexpr std::size_t kLeastContent = 6;

// Appends exactly so many octets, which behind a start tag and before the tail
// of a stanza are well-formed XML. Where a kind does not fit to the octet, a
// few 'x' end it; what is too short for a pubsub event is all 'x'. REQUIRES:
// octets >= kLeastContent.
void AppendContent(std::string& out, StanzaKind, std::size_t octets);

}  // namespace danegate
