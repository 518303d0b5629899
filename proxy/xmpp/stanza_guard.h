// StanzaGuard reads the stanzas of a proven peer and lets those pass, byte for
// byte, that are complete, well-formed, within the limits, and of a proven pair
// of domains (D5, L-02, A-110 to A-113). The first that is not ends the stream;
// those before it pass. Dialback between stanzas does not pass: it is handed
// out as values.
//
// A plain stanza (plain_stanza.h) that lies whole in one input is judged
// without a parser; all others, and everything that is refused, are expat's to
// judge. A stream of plain stanzas alone never makes one.
//
// What passes is the same however the octets were cut (A1.13). Where a stanza
// lies whole in one input its octets are not copied; of one that is cut, the
// beginning is kept until it is complete, and never more than the limit.
//
// What has come before an element of dialback has been judged without knowing
// it: a pair that is added at its arrival is for the next input.
//
// Whitespace between stanzas is legal and does not pass. Within a minute
// at most kWhitespaceBytes of it may stand between two stanzas (A7).
//
// Thread: one owner. Not movable. Errors: end().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/xmpp/pair_number.h"
#include "proxy/xmpp/proven_pairs.h"
#include "proxy/xmpp/stream_error.h"
#include "proxy/xmpp/xml_element.h"
#include "proxy/xmpp/xml_element_builder.h"
#include "proxy/xmpp/xml_reader.h"
#include "verifier/domain.h"
#include "verifier/instant.h"

namespace danegate {

class StanzaGuard final : private XmlReader::Sink {
 public:
  // Stanzas of one pair that follow each other without a gap.
  struct Run {
    std::string_view bytes;  // valid until the next OnBytes()
    std::size_t stanzas;
    PairNumber pair;
  };
  // An element in the namespace of dialback, and how many runs came before it.
  struct Dialback {
    XmlElement element;
    std::size_t runs_before;
  };
  struct End {
    enum class Kind {
      kClosed,     // "</stream:stream>"
      kViolation,  // `error` is ours, for the peer
      kPeerError,  // `error` is the peer's
    };
    Kind kind;
    StreamError error;
  };

  // `scope` is the start tag of the peer's header by WriteScope().
  explicit StanzaGuard(std::string scope);
  ~StanzaGuard();

  // From now on stanzas of the pair pass. One of `stanza_bytes` octets does, a
  // longer one does not. REQUIRES: at most kPairs in all.
  void Admit(PairNumber, const ProvenDomain& from, Domain to,
             std::size_t stanza_bytes);

  void OnBytes(std::string_view bytes, Instant now);

  // Gives back the memory that only the next input needs, if nothing has begun
  // that is not complete; that input makes it again. True if there is nothing
  // left to give back.
  bool Rest();

  // What passes of the last input.
  const std::vector<Run>& runs() const { return runs_; }
  // The dialback of the last input, in order.
  std::vector<Dialback>& dialback() { return dialback_; }
  // Set once; from then on input is ignored.
  const std::optional<End>& end() const { return end_; }

  // True if a stanza has begun and is not complete.
  bool within_stanza() const {
    return within_ == Within::kStanza || unfinished_tag_;
  }

 private:
  class PeerError;
  // The first-level element at hand.
  enum class Within { kNothing, kStanza, kDialback, kPeerError };

  void ReleaseIdleMemory();
  void StartReader(std::size_t input_read);
  bool IsBetweenStanzas() const;
  void PassPlainStanzas(std::string_view& rest);
  void Read(std::string_view& rest);
  void PassStanza();
  void PassInput(std::string_view bytes);
  void KeepTail();
  std::size_t LargestElement() const;
  void CheckSize(std::uint64_t size, std::uint64_t limit);
  void CheckElementSize(std::uint64_t end);
  void RefuseDialback();
  void BeginElement(const XmlStart&);
  void BeginStanza(const XmlStart&);
  void FinishStanza();
  void FinishDialback();
  void FinishPeerError();
  void Finish(End::Kind, StreamError);

  void OnNamespace(std::string_view, std::string_view) override {}
  void OnStart(std::size_t depth, const XmlStart&) override;
  void OnEnd(std::size_t depth) override;
  void OnText(std::string_view text) override;

  ProvenPairs pairs_;
  const std::string scope_;
  const bool knows_plain_;             // stanzas by their form, in that scope
  std::unique_ptr<XmlReader> reader_;  // null until there is something to read
  std::unique_ptr<PeerError> peer_error_;
  XmlElementBuilder builder_;

  // Positions are octets fed to reader_, or that it passed over.
  std::string_view input_;
  std::uint64_t input_begin_ = 0;
  std::uint64_t element_begin_ = 0;
  std::size_t pair_ = 0;  // the stanza's, as an index
  std::uint64_t tail_begin_ = 0;
  std::string tail_;    // of an incomplete stanza, from tail_begin_ on
  std::string passed_;  // the stanza that the last input completed
  Within within_ = Within::kNothing;
  bool unfinished_tag_ = false;

  Instant now_;
  Instant whitespace_since_;
  std::size_t whitespace_ = 0;

  std::vector<Run> runs_;
  std::vector<Dialback> dialback_;
  std::optional<End> end_;
};

}  // namespace danegate
