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
#include <map>
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
  explicit IngressScript(bool direct_tls = false, bool answers_keys = false)
      : stream({direct_tls, "edge.example", answers_keys}, *this, now) {}

  // --- what the world is like
  Addressee addressee{Addressee::Kind::kTenant, "acme", 20000, false};
  bool answers_look_up = true;
  TlsFacts tls{true, ""};
  Outcome outcome = Outcome::kProved;
  bool may_dial_back = false;
  std::string remedy;
  Duration lifetime = std::chrono::minutes(5);  // of a verdict
  bool answers_verify = true;
  bool backend_ready = true;
  std::string backend_features;  // XML, sent as soon as the stream restarts
  bool answers_restart = true;

  // --- what the engine did
  std::string sent;                              // all of it
  std::string relayed;                           // all of it
  std::map<PairNumber, std::string> relayed_by;  // pair
  std::size_t stanzas = 0;                       // relayed
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
  void BackendFailed(BackendFailure::Kind kind, PairNumber pair = kHeaderPair) {
    stream.OnBackendFailed(pair, {kind, "10.0.0.1:5269: refused"}, now);
    Drain();
  }
  void BackendReady(PairNumber pair = kHeaderPair) {
    stream.OnBackendReady(pair, now);
    Drain();
  }
  void BackendFeatures(const std::string& xml, PairNumber pair = kHeaderPair) {
    stream.OnBackendFeatures(pair, xml, now);
    Drain();
  }
  void BackendClosed(std::optional<StreamError> error,
                     PairNumber pair = kHeaderPair) {
    stream.OnBackendClosed(pair, error, now);
    Drain();
  }
  void PeerClosed(bool clean) {
    stream.OnPeerClosed(clean, now);
    Drain();
  }
  void AddresseeFound(PairNumber pair = kHeaderPair) {
    stream.OnAddressee(pair, addressee, now);
    Drain();
  }
  // The verdict on whom the pair's Verify asked about, as `outcome` says.
  std::shared_ptr<Verdict> VerdictOn(const ClaimedDomain& claimed) const {
    auto verdict = std::make_shared<Verdict>(
        claimed, outcome,
        outcome == Outcome::kProved ? Reason::kMatched : Reason::kNoTlsa);
    verdict->remedy = remedy;
    verdict->may_dial_back = may_dial_back;
    verdict->expires = now + lifetime;
    return verdict;
  }
  void VerdictCame(PairNumber pair = kHeaderPair) {
    stream.OnVerdict(pair, VerdictOn(asked_.at(pair)), now);
    Drain();
  }
  void DialbackCame(PairNumber pair, const DialbackResult& result) {
    stream.OnDialback(pair, result, now);
    Drain();
  }
  // As if the key were right.
  void KeyIsRight(PairNumber pair) {
    auto verdict = std::make_shared<Verdict>(asked_.at(pair), Outcome::kProved,
                                             Reason::kMatched);
    verdict->prooftype = Prooftype::kDialback;
    verdict->expires = now + lifetime;
    DialbackCame(pair, {DialbackResult::Kind::kValid, verdict});
  }
  void KeyIsWrong(PairNumber pair) {
    DialbackCame(pair, {DialbackResult::Kind::kInvalid});
  }
  void KeyChecked(KeyTicket ticket, KeyAnswer answer) {
    stream.OnKeyChecked(ticket, answer, now);
    Drain();
  }
  void Reverified(Outcome again, std::string_view peer = "peer.example") {
    outcome = again;
    stream.OnReverified(VerdictOn({D(peer)}), now);
    Drain();
  }
  void OnDrain() {
    stream.OnDrain(now);
    Drain();
  }
  void HostGone(PairNumber pair) {
    stream.OnHostGone(pair, now);
    Drain();
  }
  void Reset(const std::string& why) {
    stream.OnReset(why, now);
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
    const auto take = [](std::vector<PairNumber>& pending, bool answers) {
      std::optional<PairNumber> pair;
      if (!answers || pending.empty()) return pair;
      pair = pending.front();
      pending.erase(pending.begin());
      return pair;
    };
    if (const auto pair = take(look_ups_, answers_look_up)) {
      return AddresseeFound(*pair);
    }
    if (const auto pair = take(verifications_, answers_verify)) {
      return VerdictCame(*pair);
    }
    if (const auto pair = take(openings_, backend_ready)) {
      return BackendReady(*pair);
    }
    if (const auto pair = take(restarts_, answers_restart)) {
      return BackendFeatures(backend_features, *pair);
    }
  }

  // A line about a pair: that of the header has no number.
  void Note(PairNumber pair, const std::string& line) {
    done.push_back(
        pair == kHeaderPair ? line : '#' + std::to_string(pair) + ' ' + line);
  }

  void Do(const action::Send& send) {
    sent += send.bytes;
    ++writes;
  }
  void Do(const action::StartTls& start) {
    done.push_back("starttls " + (start.to ? start.to->ascii() : "-"));
  }
  void Do(const action::LookUp& look_up) {
    Note(look_up.pair, "look up " + look_up.to.ascii() + " for " +
                           (look_up.from ? look_up.from->ascii() : "-"));
    look_ups_.push_back(look_up.pair);
  }
  void Do(const action::Verify& verify) {
    Note(verify.pair, "verify " + verify.peer.domain.ascii());
    asked_.insert_or_assign(verify.pair, verify.peer);
    verifications_.push_back(verify.pair);
  }
  void Do(const action::DialBack& dial) {
    Note(dial.pair, "dial back " + dial.from.domain.ascii() + " for " +
                        dial.to.ascii() + " id " + dial.stream_id + " key " +
                        dial.key);
  }
  void Do(const action::CheckKey& check) {
    done.push_back("check " + std::to_string(check.ticket) + " from " +
                   check.from.domain.ascii() + " to " + check.to.ascii() +
                   " id " + check.id + " key " + check.key);
  }
  void Do(const action::OpenBackend& open) {
    Note(open.pair,
         "open " + open.to.ascii() + " as " + open.peer.domain().ascii());
    openings_.push_back(open.pair);
  }
  void Do(const action::RestartBackend& restart) {
    Note(restart.pair, "restart");
    declarations = restart.declarations;
    restarts_.push_back(restart.pair);
  }
  void Do(const action::Relay& relay) {
    relayed += AsText(relay.bytes);
    relayed_by[relay.pair] += AsText(relay.bytes);
    stanzas += relay.stanzas;
  }
  void Do(const action::DropPair& drop) { Note(drop.pair, "drop"); }
  void Do(const action::Close& close) {
    done.push_back("close " + close.reason);
    closed = close;
  }
  void Do(const action::Ready&) { done.push_back("ready?"); }
  void Do(const action::JudgeAuthority&) { done.push_back("judge?"); }
  void Do(const action::KeyVerified&) { done.push_back("verified?"); }
  void Do(const action::Features&) { done.push_back("features?"); }

  int ids_ = 0;
  std::map<PairNumber, ClaimedDomain> asked_;
  std::vector<PairNumber> look_ups_;  // not answered yet, and so on
  std::vector<PairNumber> verifications_;
  std::vector<PairNumber> openings_;
  std::vector<PairNumber> restarts_;
};

}  // namespace danegate
