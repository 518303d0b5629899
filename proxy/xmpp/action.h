// What a stream engine asks its owner to do. Engines return actions as values;
// the owner drains them after every input and carries them out in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "proxy/xmpp/dialback.h"
#include "proxy/xmpp/pair_number.h"
#include "proxy/xmpp/stream_error.h"
#include "verifier/domain.h"

namespace danegate {

// What a peer's header declared beyond the stream's own namespaces, for the
// header that we write to the backend (D5, A-06, A-14).
struct HeaderDeclarations {
  std::vector<std::pair<std::string, std::string>> namespaces;  // prefix, URI
  std::string lang;                                             // xml:lang
};

// Names a question about a dialback key, on one stream.
using KeyTicket = std::uint32_t;

namespace action {

// Send these bytes on the engine's own link (inside TLS once it is up).
struct Send {
  std::string bytes;
};

// Once everything sent so far is on the wire, start TLS: as the TLS server on
// ingress, where `to` is the cleartext header's hint for choosing the
// certificate (D9); as the TLS client on egress.
struct StartTls {
  std::optional<Domain> to;
};

// Ingress: say who the pair's addressee is, with OnAddressee().
struct LookUp {
  PairNumber pair;
  Domain to;
  std::optional<Domain> from;
};

// Ingress: prove the pair's sender to the tenant that `to` is of, by its policy
// (F-10), with OnVerdict(). The peer may have presented no certificate, where
// that tenant allows dialback. Asked again for a pair whose verdict has expired
// before it was told to the peer (L-04); its backend leg stays open meanwhile.
struct Verify {
  PairNumber pair;
  ClaimedDomain peer;
  Domain to;
};

// Ingress: ask the authoritative server of `from` whether it made the key for
// `to` and the stream id, and answer with OnDialback(). Never on this link
// (G-29).
struct DialBack {
  PairNumber pair;
  ClaimedDomain from;
  Domain to;
  std::string stream_id;
  std::string key;
};

// Ingress: the peer asks whether `to` made this key for `from` (G-32). Answer
// with OnKeyChecked(). `from` is a claim that nothing stands behind.
struct CheckKey {
  KeyTicket ticket;
  ClaimedDomain from;
  Domain to;
  std::string id;
  std::string key;
};

// Ingress: open the pair's backend leg; answer with OnBackendReady() or
// OnBackendFailed().
struct OpenBackend {
  PairNumber pair;
  ProvenDomain peer;
  Domain to;
};

// Ingress: let the pair's backend leg write its header with the declarations of
// the peer's. Answer with OnBackendFeatures().
struct RestartBackend {
  PairNumber pair;
  HeaderDeclarations declarations;
};

// Ingress: complete, checked stanzas of the pair for its backend leg, byte for
// byte. The bytes are valid until the next input. Egress engines never emit it.
struct Relay {
  PairNumber pair;
  std::span<const std::byte> bytes;
  std::size_t stanzas;
};

// Ingress: the pair is given up; so is whatever is under way for it, its
// backend leg included. No answer.
struct DropPair {
  PairNumber pair;
};

// Egress: SASL EXTERNAL succeeded; the stream waits for Restart().
struct Ready {};

// Egress: the features after the restart, as the XML of their children that may
// be shown to the peer (filtered).
struct Features {
  std::string xml;
};

// Authority: the handshake is over; judge the server's certificate for the
// claimed domain, with the engine that judges every other (G-27), and answer
// with OnAuthorityJudged().
struct JudgeAuthority {};

// Authority: what the server says about the key, or why it is not known.
struct KeyVerified {
  enum class Kind { kValid, kInvalid, kError };
  Kind kind;
  DialbackError error;  // for kError
};

// Flush, say close_notify where TLS is up, and close the link. The last action
// of an engine.
struct Close {
  // What the engine told the other side or was told by it; nothing after an
  // orderly close.
  std::optional<StreamError> error;
  std::optional<SaslFailure> failure;
  // One word for logs and metrics (close_reason.h), and a sentence.
  std::string reason;
  std::string detail;
};

}  // namespace action

using Action =
    std::variant<action::Send, action::StartTls, action::LookUp, action::Verify,
                 action::DialBack, action::CheckKey, action::OpenBackend,
                 action::RestartBackend, action::Relay, action::DropPair,
                 action::Ready, action::Features, action::JudgeAuthority,
                 action::KeyVerified, action::Close>;

}  // namespace danegate
