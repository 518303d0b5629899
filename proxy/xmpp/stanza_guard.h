// StanzaGuard reads the stanzas of a proven peer and lets those pass, byte for
// byte, that are complete, well-formed, within the limits, and between the
// proven pair of domains (D5, L-02, A-110 to A-113). The first that is not ends
// the stream; those before it pass.
//
// What passes is the same however the octets were cut (A1.13). Where a stanza
// lies whole in one input its octets are not copied; of one that is cut, the
// beginning is kept until it is complete, and never more than the limit.
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

#include "proxy/xmpp/jid.h"
#include "proxy/xmpp/stream_error.h"
#include "proxy/xmpp/xml_reader.h"
#include "verifier/domain.h"
#include "verifier/instant.h"

namespace danegate {

class StanzaGuard final : private XmlReader::Sink {
 public:
  // Stanzas that follow each other without a gap.
  struct Run {
    std::string_view bytes;  // valid until the next OnBytes()
    std::size_t stanzas;
  };
  struct End {
    enum class Kind {
      kClosed,     // "</stream:stream>"
      kViolation,  // `error` is ours, for the peer
      kPeerError,  // `error` is the peer's
      kStopped,    // StopBetweenStanzas()
    };
    Kind kind;
    StreamError error;
  };

  // `scope` is the start tag of the peer's header by WriteScope(). A stanza of
  // `stanza_bytes` octets passes, a longer one does not.
  StanzaGuard(ProvenDomain from, Domain to, std::string scope,
              std::size_t stanza_bytes);
  ~StanzaGuard();

  void OnBytes(std::string_view bytes, Instant now);

  // What passes of the last input.
  const std::vector<Run>& runs() const { return runs_; }
  // Set once; from then on input is ignored.
  const std::optional<End>& end() const { return end_; }

  // True if a stanza has begun and is not complete.
  bool within_stanza() const { return within_stanza_ || unfinished_tag_; }
  // Ends at the end of the stanza that is under way, or at once.
  void StopBetweenStanzas();

 private:
  class PeerError;

  void ReleaseIdleMemory();
  void StartReader();
  void PassStanza();
  void PassInput(std::string_view bytes);
  void KeepTail();
  void CheckSize(std::uint64_t size);
  void BeginElement(const XmlStart&);
  void FinishStanza();
  void Finish(End::Kind, StreamError);
  std::optional<StreamError> CheckStanza(const XmlStart&);
  std::optional<StreamError> CheckAddresses(const XmlStart&);

  void OnNamespace(std::string_view, std::string_view) override {}
  void OnStart(std::size_t depth, const XmlStart&) override;
  void OnEnd(std::size_t depth) override;
  void OnText(std::string_view text) override;

  KnownDomain from_;
  KnownDomain to_;
  const std::string scope_;
  const std::size_t stanza_bytes_;
  std::unique_ptr<XmlReader> reader_;  // null until there is something to read
  std::unique_ptr<PeerError> peer_error_;

  // Positions are octets fed to reader_.
  std::string_view input_;
  std::uint64_t input_begin_ = 0;
  std::uint64_t stanza_begin_ = 0;
  std::uint64_t tail_begin_ = 0;
  std::string tail_;    // of an incomplete stanza, from tail_begin_ on
  std::string passed_;  // the stanza that the last input completed
  bool within_stanza_ = false;
  bool unfinished_tag_ = false;
  bool stopping_ = false;

  Instant now_;
  Instant whitespace_since_;
  std::size_t whitespace_ = 0;

  std::vector<Run> runs_;
  std::optional<End> end_;
};

}  // namespace danegate
