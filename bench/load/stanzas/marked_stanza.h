// A marked stanza is a message that says of itself how long it is, of which
// stream it is, which one of it, and when it was due:
//
//   <message from='load@PEER' to='load@TENANT' type='headline'
//    id='SIZE-STREAM-NUMBER-NANOSECONDS'><body>xxx…</body></message>
//
// (in one line; stanza_content.h knows what else there may be between the mark
// and the tail). Whoever gets it octet by octet as it was sent can therefore
// tell stanzas from each other without reading XML, and knows how long it took:
// NANOSECONDS is of CLOCK_MONOTONIC, which all processes of a machine share.
// Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bench/load/stanzas/stanza_content.h"
#include "verifier/domain.h"
#include "verifier/instant.h"

namespace danegate {

// Octets. What says that it is longer is no stanza of ours.
inline constexpr std::size_t kLargestStanza = std::size_t{1} << 20;

struct StanzaMark {
  std::size_t size = 0;      // octets of the whole stanza
  std::uint32_t stream = 0;  // counted from 0
  std::uint64_t number = 0;  // within the stream, counted from 0
  Instant due;
};

class StanzaWriter {
 public:
  StanzaWriter(const Domain& peer, const Domain& tenant,
               StanzaKind = StanzaKind::kAscii);

  // The smallest size that is sure to hold any mark.
  std::size_t least_size() const;
  // Appends a stanza of exactly mark.size octets.
  // REQUIRES: least_size() <= mark.size <= kLargestStanza; mark.due is not
  // negative.
  void Append(std::string& out, const StanzaMark& mark) const;

 private:
  std::string head_;  // up to the mark
  StanzaKind kind_;
};

// What the beginning of a stanza is.
struct ReadMark {
  enum class Kind {
    kMark,
    kMore,     // it may become one
    kForeign,  // no stanza of ours
  };
  Kind kind;
  StanzaMark mark;
};
ReadMark ReadStanzaMark(std::string_view begun);

// What every stanza ends with.
inline constexpr std::string_view kStanzaTail = "</body></message>";

}  // namespace danegate
