// What a stream engine asks its owner to do. Engines return actions as values;
// the owner drains them after every input and carries them out in order.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "proxy/xmpp/dialback.h"
#include "proxy/xmpp/stream_error.h"
#include "verifier/domain.h"

namespace danegate {

// What a peer's header declared beyond the stream's own namespaces, for the
// header that we write to the backend (D5, A-06, A-14).
struct HeaderDeclarations {
  std::vector<std::pair<std::string, std::string>> namespaces;  // prefix, URI
  std::string lang;                                             // xml:lang
};

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

// Ingress: say who `to` is, with OnAddressee().
struct LookUp {
  Domain to;
  std::optional<Domain> from;
};

// Ingress: prove the peer, answer with OnVerdict().
struct Verify {
  ClaimedDomain peer;
};

// Ingress: open the backend leg; answer with OnBackendReady() or
// OnBackendFailed().
struct OpenBackend {
  ProvenDomain peer;
  Domain to;
};

// Ingress: the peer restarted its stream; let the backend leg write its header
// with these declarations. Answer with OnBackendFeatures().
struct RestartBackend {
  HeaderDeclarations declarations;
};

// Ingress: complete, checked stanzas for the backend, byte for byte. The bytes
// are valid until the next input. Egress engines never emit it.
struct Relay {
  std::span<const std::byte> bytes;
  std::size_t stanzas;
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
                 action::OpenBackend, action::RestartBackend, action::Relay,
                 action::Ready, action::Features, action::JudgeAuthority,
                 action::KeyVerified, action::Close>;

}  // namespace danegate
