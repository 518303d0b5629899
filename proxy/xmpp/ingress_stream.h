// IngressStream is a peer's stream towards us, from the first byte to the last:
// headers, STARTTLS, features, SASL EXTERNAL, restart, the stanza guard, errors
// and the close (spec A, B, H). Sans-IO: bytes and events in by On…(), actions
// out by NextAction().
//
// Contract: one input, then NextAction() until it is empty, then the next.
// Spans in actions are valid until the next input. After action::Close every
// input is ignored. deadline() is when OnDeadline() must be called; it moves
// with the phase (E1) and is Instant::Never() on an established stream that has
// no pair to verify.
//
// Life: [header -> LookUp -> <starttls/> -> StartTls ->] OnTlsEstablished() ->
// header -> LookUp -> Verify -> OpenBackend -> EXTERNAL -> header ->
// RestartBackend -> Relay … -> Close. Where TLS is direct the owner begins it
// with the first octet. LookUp comes for the header in cleartext too, so that
// who is not served is told so before the cost of a handshake.
//
// Dialback (spec G): a peer that only dialback can prove
// (Verdict::may_dial_back) and a proven one that wants further pairs send
// <db:result/>. Each such pair has a number and goes its own way: LookUp ->
// Verify -> [DialBack ->] OpenBackend -> RestartBackend -> "valid", and its
// stanzas are relayed. A failure on that way is an answer to the peer and ends
// the pair, not the stream (but see G-24). What the owner says about a pair
// that is gone is ignored. Where the only pair that a stream needs is proven by
// dialback, there is no SASL and no restart.
//
// No verdict is used at or after its `expires`: Verify comes again for a pair
// whose verdict is over when <success/> or "valid" is due (L-04, G-52).
//
// A backend leg that ends after its pair was valid ends the stream, whatever
// other pairs there are: the peer cannot be told that a pair is over.
//
// Nothing that came in cleartext decides anything after TLS (L-01, A-43), and
// no stanza is relayed unless its (from, to) is a proven pair (L-02).
//
// Thread: one owner. Errors: the peer's faults end the stream with a stream
// error or a SASL failure, and action::Close says which.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "proxy/xmpp/action.h"
#include "proxy/xmpp/stream_error.h"
#include "verifier/domain.h"
#include "verifier/instant.h"
#include "verifier/verdict.h"

namespace danegate {

// What the TLS layer knows when the handshake is over.
struct TlsFacts {
  bool has_certificate = false;  // the peer presented one
  // The tenant whose certificate was served; empty if it was an edge host's or
  // the default, which go with every tenant (B3, H-11).
  std::string served_tenant;
  // SNI chose that certificate. Where the cleartext `to` did, the header inside
  // TLS decides alone (A-43, L-01); that the certificate fits is for the
  // initiator to check.
  bool served_by_sni = false;
};

// Who a header's `to` is.
struct Addressee {
  enum class Kind { kTenant, kUnknown };
  Kind kind = Kind::kUnknown;
  std::string tenant;                 // its name, for kTenant
  std::size_t stanza_bytes = 262144;  // its limit
  bool from_is_hosted = false;        // `from` is a hosted domain
  // Its policy takes dialback for a proof: a peer without certificate is
  // verified too, since its domain may publish something stronger (C7).
  bool allows_dialback = false;
};

// What came of action::DialBack.
struct DialbackResult {
  enum class Kind { kValid, kInvalid, kError };
  Kind kind;
  // For kValid: proved for the pair's sender, by Prooftype::kDialback.
  std::shared_ptr<const Verdict> verdict = nullptr;
  // For kError; goes to the peer (G-25).
  DialbackError error = {DialbackCondition::kNotAcceptable, ""};
};

// What came of action::CheckKey.
enum class KeyAnswer { kValid, kInvalid, kNotHosted };

// Why there is no backend.
struct BackendFailure {
  enum class Kind {
    kUnreachable,  // connect, TLS or time-out
    kRefused,      // it answered, and said no
    kOverloaded,   // we have too many
  };
  Kind kind;
  std::string text;  // for the log; of kOverloaded for the peer too
};

struct IngressSettings {
  bool direct_tls = false;  // H-02
  // Whose name is in the `from` of a header that answers an unknown `to`
  // may be empty.
  std::string edge_name;
  // Whether a peer that nothing can prove may ask about dialback keys (G-28)
  // before it is refused; else it is refused at once (B-20).
  bool answers_keys = false;
};

class IngressStream {
 public:
  // `random_id` makes a fresh stream id at each call; it is the only
  // source of randomness and outlives the stream.
  class IdSource {
   public:
    virtual ~IdSource() = default;
    virtual std::string NextId() = 0;
  };

  IngressStream(const IngressSettings&, IdSource& random_id, Instant now);
  ~IngressStream();

  void OnPeerBytes(std::span<const std::byte>, Instant now);
  void OnTlsEstablished(const TlsFacts&, Instant now);
  // The peer's side is over: `clean` if close_notify came first.
  void OnPeerClosed(bool clean, Instant now);
  void OnAddressee(PairNumber, const Addressee&, Instant now);
  void OnVerdict(PairNumber, std::shared_ptr<const Verdict>, Instant now);
  void OnDialback(PairNumber, const DialbackResult&, Instant now);
  void OnKeyChecked(KeyTicket, KeyAnswer, Instant now);
  void OnBackendReady(PairNumber, Instant now);
  void OnBackendFeatures(PairNumber, const std::string& features_xml,
                         Instant now);
  void OnBackendFailed(PairNumber, const BackendFailure&, Instant now);
  // The backend ended the pair's leg, perhaps with an error.
  void OnBackendClosed(PairNumber, const std::optional<StreamError>&,
                       Instant now);
  // The sender of a valid pair was judged anew (B-25, D-64). All but proved
  // ends the stream with `reset`, in the way of OnDrain(); but absent is no
  // loss to a pair that dialback proved and still may. For how long evidence
  // may be out of reach before that is the caller's to say (L-05). A verdict on
  // anyone else is ignored.
  void OnReverified(std::shared_ptr<const Verdict>, Instant now);
  // The pair's addressee is served no more. The header's ends the stream with
  // host-gone, a further one with `reset`, in the way of OnDrain(); one that is
  // not valid yet is refused by itself.
  void OnHostGone(PairNumber, Instant now);
  // Ends the stream with `reset` in the way of OnDrain(), so that the peer
  // comes again; `why` is a text for it.
  void OnReset(const std::string& why, Instant now);
  // End with system-shutdown. An established stream is told so at once, and
  // stanzas are relayed until the peer closes it too, or for kClosingTime;
  // action::Close comes then.
  void OnDrain(Instant now);
  void OnDeadline(Instant now);

  // Gives back what an idle stream does not need (P4), if it is idle since
  // limits::kIdleTime; to be called at rest_at(), and costs nothing before.
  void Rest(Instant now);

  std::optional<Action> NextAction();
  Instant deadline() const;
  Instant rest_at() const;

  // True once stanzas may flow.
  bool established() const;
  // The stream's last id as shown to the peer, for logs.
  const std::string& id() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace danegate
