// IngressScript plays the world around an IngressStream: the peer, TLS, the
// tenant table, the verifier and the backend. Each step drains the engine; what
// it said and did is there to be looked at.
//
//   IngressScript script;
//   script.Establish();
//   script.Peer("<message from='a@peer.example' to='b@tenant.example'/>");
//   EXPECT_EQ(script.relayed, "…");
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/xmpp/bytes.h"
#include "proxy/xmpp/ingress_stream.h"
#include "tests/support/domains.h"

namespace danegate {

// "<?xml …?><stream:stream … ATTRIBUTES>", as Prosody writes it.
inline std::string PeerHeader(
    std::string_view attributes =
        "from='peer.example' to='tenant.example' version='1.0'") {
  return "<?xml version='1.0'?><stream:stream xmlns='jabber:server' "
         "xmlns:stream='http://etherx.jabber.org/streams' "
         "xmlns:db='jabber:server:dialback' " +
         std::string(attributes) + ">";
}

inline constexpr std::string_view kStartTls =
    "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
inline constexpr std::string_view kAuth =
    "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' "
    "mechanism='EXTERNAL'>=</auth>";

class IngressScript : private IngressStream::IdSource {
 public:
  explicit IngressScript(bool direct_tls = false)
      : stream({direct_tls, "edge.example"}, *this, now) {}

  // --- what the world is like
  Addressee addressee{Addressee::Kind::kTenant, "acme", 20000, false};
  bool answers_look_up = true;
  TlsFacts tls{true, ""};
  Outcome outcome = Outcome::kProved;
  std::string remedy;
  bool answers_verify = true;
  bool backend_ready = true;
  std::string backend_features;  // XML, sent as soon as the stream restarts
  bool answers_restart = true;

  // --- what the engine did
  std::string sent;               // all of it
  std::string relayed;            // all of it
  std::size_t stanzas = 0;        // relayed
  std::vector<std::string> done;  // one line an action, but for Send and Relay
  std::optional<action::Close> closed;
  HeaderDeclarations declarations;  // of the last RestartBackend
  int writes = 0;                   // Send actions

  // --- steps
  void Peer(std::string_view bytes) {
    stream.OnPeerBytes(AsBytes(bytes), now);
    Drain();
  }
  void Tls() {
    stream.OnTlsEstablished(tls, now);
    Drain();
  }
  void BackendFailed(BackendFailure::Kind kind) {
    stream.OnBackendFailed({kind, "10.0.0.1:5269: refused"}, now);
    Drain();
  }
  void BackendReady() {
    stream.OnBackendReady(now);
    Drain();
  }
  void BackendFeatures(const std::string& xml) {
    stream.OnBackendFeatures(xml, now);
    Drain();
  }
  void BackendClosed(std::optional<StreamError> error) {
    stream.OnBackendClosed(error, now);
    Drain();
  }
  void PeerClosed(bool clean) {
    stream.OnPeerClosed(clean, now);
    Drain();
  }
  void AddresseeFound() {
    stream.OnAddressee(addressee, now);
    Drain();
  }
  void VerdictCame() {
    auto verdict = std::make_shared<Verdict>(
        *asked_, outcome,
        outcome == Outcome::kProved ? Reason::kMatched : Reason::kNoTlsa);
    verdict->remedy = remedy;
    stream.OnVerdict(verdict, now);
    Drain();
  }
  void OnDrain() {
    stream.OnDrain(now);
    Drain();
  }
  void Wait(Duration time) { now = now + time; }
  // Lets the deadline pass.
  void Expire() {
    now = stream.deadline();
    stream.OnDeadline(now);
    Drain();
  }

  // --- shortcuts through a stream that goes well
  void ReachTls() {
    Peer(PeerHeader());
    Peer(kStartTls);
    Tls();
  }
  void ReachAuth() {
    ReachTls();
    Peer(PeerHeader());
  }
  void ReachSuccess() {
    ReachAuth();
    Peer(kAuth);
  }
  void Establish(const std::string& header = PeerHeader()) {
    ReachSuccess();
    Peer(header);
    Forget();
  }
  // Empties `sent`, `done` and `writes`.
  void Forget() {
    sent.clear();
    done.clear();
    writes = 0;
  }

  bool Sent(std::string_view text) const {
    return sent.find(text) != std::string::npos;
  }
  bool Did(std::string_view line) const {
    return std::find(done.begin(), done.end(), line) != done.end();
  }
  // The condition of the stream error or SASL failure that ended the stream.
  std::string Condition() const {
    if (!closed) return "open";
    if (closed->error) return std::string(ToString(closed->error->condition));
    if (closed->failure) {
      return "sasl " + std::string(ToString(closed->failure->condition));
    }
    return "none";
  }

  Instant now{std::chrono::hours(1)};
  IngressStream stream;

 private:
  std::string NextId() override { return "id" + std::to_string(++ids_); }

  void Drain() {
    while (auto action = stream.NextAction()) {
      std::visit([this](const auto& what) { Do(what); }, *action);
    }
    Answer();
  }

  // What the world answers by itself, one event after the other.
  void Answer() {
    if (look_up_pending_ && answers_look_up) {
      look_up_pending_ = false;
      return AddresseeFound();
    }
    if (verify_pending_ && answers_verify) {
      verify_pending_ = false;
      return VerdictCame();
    }
    if (open_pending_ && backend_ready) {
      open_pending_ = false;
      return BackendReady();
    }
    if (restart_pending_ && answers_restart) {
      restart_pending_ = false;
      return BackendFeatures(backend_features);
    }
  }

  void Do(const action::Send& send) {
    sent += send.bytes;
    ++writes;
  }
  void Do(const action::StartTls& start) {
    done.push_back("starttls " + (start.to ? start.to->ascii() : "-"));
  }
  void Do(const action::LookUp& look_up) {
    done.push_back("look up " + look_up.to.ascii() + " for " +
                   (look_up.from ? look_up.from->ascii() : "-"));
    look_up_pending_ = true;
  }
  void Do(const action::Verify& verify) {
    done.push_back("verify " + verify.peer.domain.ascii());
    asked_ = verify.peer;
    verify_pending_ = true;
  }
  void Do(const action::OpenBackend& open) {
    done.push_back("open " + open.to.ascii() + " as " +
                   open.peer.domain().ascii());
    open_pending_ = true;
  }
  void Do(const action::RestartBackend& restart) {
    done.push_back("restart");
    declarations = restart.declarations;
    restart_pending_ = true;
  }
  void Do(const action::Relay& relay) {
    relayed += AsText(relay.bytes);
    stanzas += relay.stanzas;
  }
  void Do(const action::Close& close) {
    done.push_back("close " + close.reason);
    closed = close;
  }
  void Do(const action::Ready&) { done.push_back("ready?"); }
  void Do(const action::JudgeAuthority&) { done.push_back("judge?"); }
  void Do(const action::KeyVerified&) { done.push_back("verified?"); }
  void Do(const action::Features&) { done.push_back("features?"); }

  int ids_ = 0;
  std::optional<ClaimedDomain> asked_;
  bool look_up_pending_ = false;
  bool verify_pending_ = false;
  bool open_pending_ = false;
  bool restart_pending_ = false;
};

}  // namespace danegate
