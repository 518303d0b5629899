// Every bound of the stream engines, with its reason.
#pragma once

#include <chrono>
#include <cstddef>

namespace danegate::limits {

using std::chrono::seconds;

// --- time (E1): each phase ends at an absolute instant, however many octets
// trickle in, and an unauthenticated connection as a whole too.

inline constexpr seconds kUnauthenticatedLife{60};
// A header, a <starttls/>, a TLS handshake, a header again: one round trip
// each, a slow one with a retransmission or two.
inline constexpr seconds kHeaderTime{15};
inline constexpr seconds kStartTlsTime{15};
inline constexpr seconds kHandshakeTime{15};
// Our own tables answer at once.
inline constexpr seconds kAddresseeTime{5};
// The verification gives up after 10 s by itself (D-22); this is the net below.
inline constexpr seconds kVerdictTime{15};
inline constexpr seconds kAuthTime{20};
// Connect, TLS and EXTERNAL to the backend, perhaps to a second one.
inline constexpr seconds kBackendTime{20};
inline constexpr seconds kRestartTime{15};
inline constexpr seconds kFeaturesTime{15};
// One step towards a backend: connect, a header, TLS, EXTERNAL, a hand-off.
inline constexpr seconds kEgressStepTime{10};
// Asking an authoritative server about a key: connect, header, TLS, the
// judgement of its certificate, header, and its word.
inline constexpr seconds kAuthorityTime{25};
// How long we read on when we have ended an established stream: for stanzas
// that cross our end. A peer that does not answer holds up a drain no
// longer.
inline constexpr seconds kClosingTime{2};
// How long a stream without input keeps its parser: making it again costs as
// much as the parsing of some ten stanzas.
inline constexpr seconds kIdleTime{10};
// How long we wait for the answer to our "</stream:stream>".
inline constexpr seconds kCloseTime{5};

// --- before authentication

// All octets of a peer up to the established stream: three headers of some
// 250 octets, <starttls/>, <auth/>, and ample room for odd ones.
inline constexpr std::size_t kNegotiationBytes = 16 * 1024;
// One start tag, headers included.
inline constexpr std::size_t kNegotiationTagBytes = 4 * 1024;
// One first-level element of a negotiation: a backend's features with caps are
// below 1 KiB.
inline constexpr std::size_t kNegotiationElementBytes = 8 * 1024;
// The same element as a value, with its namespaces, which stand once in the
// XML and in each descendant here (A3). Some fifty descendants; no server is
// known to send twenty.
inline constexpr std::size_t kElementMemory = 16 * 1024;
// Memory of a parser: 14.6 KB after a header (threats 0.5), and buffers for a
// tag of the largest size.
inline constexpr std::size_t kNegotiationParserBytes = 48 * 1024;
inline constexpr std::size_t kNegotiationDepth = 8;
inline constexpr std::size_t kNegotiationAttributes = 32;
// Failed SASL exchanges; the next try ends the stream (B-16).
inline constexpr int kSaslFailures = 5;

// --- dialback (G-44, L-06)

// Pairs of one stream, those being verified included. Each has a backend leg.
inline constexpr std::size_t kPairs = 8;
// Those being verified: each may make us dial a server that a stranger named.
inline constexpr std::size_t kPendingPairs = 4;
// A pair, from <db:result/> to its answer: the verdict, the authoritative
// server, and the backend.
inline constexpr seconds kPairTime{75};
// A stream that is proven by dialback only, until its first pair is.
inline constexpr seconds kDialbackTime{45};
// A stream that may only ask about keys.
inline constexpr seconds kKeysTime{30};
// Dialback elements of one stream in each window (G-34); a stream that is not
// proven lives no longer than that.
inline constexpr int kDialbackElements = 32;
inline constexpr seconds kDialbackWindow{60};

// --- headers

// What a peer may declare for us to declare again.
inline constexpr std::size_t kHeaderNamespaces = 16;
inline constexpr std::size_t kHeaderPrefixBytes = 64;
inline constexpr std::size_t kHeaderNamespaceBytes = 256;
inline constexpr std::size_t kHeaderLangBytes = 35;  // RFC 5646 4.4.1

// --- stanzas

// The deepest element known in practice (forwarded, encrypted, pubsub) is at
// about 20; every level costs a parser memory.
inline constexpr std::size_t kStanzaDepth = 128;
inline constexpr std::size_t kStanzaAttributes = 128;  // of one element
// One tag is buffered by the parser before it is seen, text is not: this bound,
// not the stanza's, is that of the memory.
inline constexpr std::size_t kStanzaTagBytes = 64 * 1024;
// A tag of the largest size: 128 KiB of buffer and 64 KiB of the one it grew
// out of, the attribute values as often, and the names of 128 levels.
inline constexpr std::size_t kStanzaParserBytes = 768 * 1024;
// A parser keeps every name that it has ever met. Beyond this it is replaced
// between two stanzas.
inline constexpr std::size_t kParserKeptBytes = 64 * 1024;
// Whitespace between two stanzas, per minute: keepalives are an octet each
// (A7).
inline constexpr std::size_t kWhitespaceBytes = 1024;
inline constexpr seconds kWhitespaceWindow{60};
// Kept for the next incomplete stanza; a larger buffer is given back.
inline constexpr std::size_t kTailKeptBytes = 4 * 1024;
// A JID's node and resource each (RFC 7622 3.3, 3.4).
inline constexpr std::size_t kJidPartBytes = 1023;

// --- the other side's words

// A line of a hand-off: its words, 64 digits and perhaps a reason.
inline constexpr std::size_t kHandOffLineBytes = 320;

// A text of a stream error or SASL failure, for logs.
inline constexpr std::size_t kPeerTextBytes = 512;
// A name or a domain quoted in a text of ours.
inline constexpr std::size_t kQuoteBytes = 80;

// --- XML in general

// How much expat is given at once: its buffer is twice that.
inline constexpr std::size_t kXmlSlice = 4 * 1024;
// No less than this is given to it in front of what only looks like a stanza,
// so that a peer cannot have it called for every few octets (A4).
inline constexpr std::size_t kXmlPiece = 32;
// An unfinished tag that is longer is parsed again only when it can end (A4);
// a shorter one at every octet, which costs next to nothing.
inline constexpr std::size_t kXmlReparse = 512;
// Element, attribute and prefix names.
inline constexpr std::size_t kXmlNameBytes = 256;
// Namespace declarations of one element.
inline constexpr std::size_t kXmlNamespaces = 24;

}  // namespace danegate::limits
