// Plays a script against an inbound stream. A line is an event:
//
//   p TEXT  the peer sends TEXT     P TEXT  the same, octet by octet
//   n       the peer sends a line end
//   t / T   TLS is up, with / without a client certificate
//   S       the same, and SNI asked for another tenant
//   x e E D deadline, peer closed cleanly or not, drain
//   R       the tenant has moved: reset
//   y       ten seconds go by
//   k / q   the last key is valid / of nobody
//   V / B   judged anew: proved / absent
//
// Events of a pair may have its number, a digit, behind their letter; without
// one they are the header's:
//
//   a / u / h / w  the addressee is a tenant / unknown / `from` is hosted / the
//           tenant takes dialback
//   v / d / b / i  the verdict: proved, disproved, absent, indeterminate
//   o       the verdict: proved, without a lifetime
//   m       the verdict: absent, and dialback may decide
//   g / j / J  the pair's key is right / wrong / not known
//   r / f   the backend is ready / has failed
//   F TEXT  the backend's features
//   c / C   the backend closes, with / without an error
//   G       the addressee is served no more
//
// The first line may be "K": peers that nothing proves may ask about keys.
//
// Properties: what we send is well-formed, and nothing follows our
// </stream:stream> or Close (sent_stream.h); nobody is verified, and nothing
// asked for in his name, before TLS, or where SNI asked for another tenant
// (L-01, B3); <success/> and "valid" are said of a pair that was proved, by a
// verdict that still holds or has just come (L-04) or by a right key where the
// verdict allowed that (C7), and has a backend; nothing is relayed for a pair
// before that and before its backend's features; and a backend reads nothing
// else in it than stanzas of its pair, behind the header with the declarations
// that it was given (L-02, L-03, A-06).
#include "proxy/xmpp/ingress_stream.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/xmpp/bytes.h"
#include "tests/fuzz/known_pair.h"
#include "tests/fuzz/script.h"
#include "tests/fuzz/sent_stream.h"
#include "tests/support/domains.h"
#include "verifier/check.h"

namespace {

using namespace danegate;

using namespace std::chrono_literals;

class Play : private IngressStream::IdSource {
 public:
  explicit Play(bool answers_keys)
      : stream_({false, "edge.example", answers_keys}, *this, now_) {}

  void Line(char event, PairNumber pair, std::string_view text) {
    ++line_;
    StreamEvent(event, text);
    PairEvent(event, pair, text);
    Drain();
  }
  void Finish() {
    for (const auto& [number, pair] : pairs_) pair.Check();
  }

 private:
  std::string NextId() override { return "id" + std::to_string(++ids_); }

  void StreamEvent(char event, std::string_view text);
  void PairEvent(char event, PairNumber, std::string_view text);
  void BackendEvent(char event, PairNumber, std::string_view text);

  void Peer(std::string_view text) {
    stream_.OnPeerBytes(AsBytes(text), now_);
    Drain();
  }
  void Secured(const TlsFacts& facts) {
    if (std::exchange(starting_tls_, false)) {
      secure_ = true;
      misdirected_ = facts.served_by_sni && facts.served_tenant != "acme";
    }
    stream_.OnTlsEstablished(facts, now_);
  }
  void Verdict_(PairNumber number, Outcome outcome, bool may_dial_back,
                Duration lifetime = 30s);
  void Dialback(PairNumber number, DialbackResult::Kind kind);
  void Addressee_(PairNumber pair, Addressee::Kind kind, bool hosted,
                  bool dialback) {
    stream_.OnAddressee(pair, {kind, "acme", 2000, hosted, dialback}, now_);
  }
  void Reverified(Outcome outcome) {
    stream_.OnReverified(
        std::make_shared<Verdict>(ClaimedDomain{D("peer.example")}, outcome,
                                  Reason::kMatched),
        now_);
  }
  void Deadline() {
    if (stream_.deadline() != Instant::Never()) now_ = stream_.deadline();
    stream_.OnDeadline(now_);
  }

  void Drain() {
    while (auto action = stream_.NextAction()) {
      DANEGATE_CHECK(!closed_);
      std::visit([this](const auto& what) { Do(what); }, *action);
    }
  }
  void Do(const action::Send& send) {
    DANEGATE_CHECK(!starting_tls_);
    for (const auto& element : sent_.Read(send.bytes)) Said(element);
  }
  void Do(const action::StartTls&) { starting_tls_ = true; }
  void Do(const action::LookUp&) {}
  void Do(const action::Verify&);
  void Do(const action::DialBack&);
  void Do(const action::CheckKey& check) {
    DANEGATE_CHECK(secure_);
    ticket_ = check.ticket;
  }
  void Do(const action::OpenBackend&);
  void Do(const action::RestartBackend&);
  void Do(const action::Relay&);
  void Do(const action::DropPair& drop) { pairs_[drop.pair].over = true; }
  void Do(const action::Close&) { closed_ = true; }
  void Do(const action::Ready&) { DANEGATE_CHECK(false); }
  void Do(const action::JudgeAuthority&) { DANEGATE_CHECK(false); }
  void Do(const action::KeyVerified&) { DANEGATE_CHECK(false); }
  void Do(const action::Features&) { DANEGATE_CHECK(false); }

  void Said(const XmlElement&);
  void Grant(KnownPair&);
  KnownPair* PairOf(const XmlElement& answer);

  Instant now_{1h};
  int ids_ = 0;
  IngressStream stream_;
  std::map<PairNumber, KnownPair> pairs_;
  KeyTicket ticket_ = 0;
  SentStream sent_;
  int line_ = 0;
  bool starting_tls_ = false;
  bool secure_ = false;
  bool misdirected_ = false;
  bool closed_ = false;
};

void Play::Verdict_(PairNumber number, Outcome outcome, bool may_dial_back,
                    Duration lifetime) {
  auto& pair = pairs_[number];
  if (!pair.asked) return;
  const Instant expires = now_ + lifetime;
  if (std::exchange(pair.awaits_verdict, false)) {
    pair.proved = outcome == Outcome::kProved;
    pair.may_dial_back = outcome == Outcome::kAbsent && may_dial_back;
    pair.expires = expires;
    pair.judged_at = line_;
  }
  auto verdict =
      std::make_shared<Verdict>(*pair.asked, outcome, Reason::kMatched);
  verdict->may_dial_back = may_dial_back;
  verdict->expires = expires;
  stream_.OnVerdict(number, verdict, now_);
}

void Play::Dialback(PairNumber number, DialbackResult::Kind kind) {
  auto& pair = pairs_[number];
  if (!pair.asked) return;
  auto verdict = std::make_shared<Verdict>(*pair.asked, Outcome::kProved,
                                           Reason::kMatched);
  verdict->prooftype = Prooftype::kDialback;
  if (std::exchange(pair.dialled, false)) {
    pair.by_key = pair.proved = kind == DialbackResult::Kind::kValid;
  }
  stream_.OnDialback(number, {kind, verdict}, now_);
}

// --- what it does

void Play::Do(const action::Verify& verify) {
  DANEGATE_CHECK(secure_ && !misdirected_);
  auto& pair = pairs_[verify.pair];
  DANEGATE_CHECK(!pair.awaits_verdict && !pair.over);
  pair.asked.emplace(verify.peer);
  pair.awaits_verdict = true;
}

void Play::Do(const action::DialBack& dial) {
  auto& pair = pairs_[dial.pair];
  DANEGATE_CHECK(pair.may_dial_back && !dial.key.empty());
  DANEGATE_CHECK(dial.from.domain == pair.asked->domain);
  pair.dialled = true;
}

void Play::Do(const action::OpenBackend& open) {
  auto& pair = pairs_[open.pair];
  DANEGATE_CHECK(pair.proved && !pair.proven);
  DANEGATE_CHECK(open.peer.domain() == pair.asked->domain);
  pair.proven = open.peer;
  pair.to = open.to;
}

void Play::Do(const action::RestartBackend& restart) {
  auto& pair = pairs_[restart.pair];
  DANEGATE_CHECK(pair.proven && pair.ready && !pair.over);
  DANEGATE_CHECK(!pair.view);
  pair.view.emplace(restart.declarations);
}

void Play::Do(const action::Relay& relay) {
  auto& pair = pairs_[relay.pair];
  DANEGATE_CHECK(pair.granted && pair.featured && !pair.over);
  pair.view->Read(AsText(relay.bytes));
  pair.stanzas += relay.stanzas;
}

// --- what it says

void Play::Said(const XmlElement& element) {
  if (element.Is(xmlns::kSasl, "success")) {
    auto& pair = pairs_[kHeaderPair];
    DANEGATE_CHECK(!pair.granted);
    return Grant(pair);
  }
  const auto* type = element.AttributeValue("type");
  if (!element.Is(xmlns::kDialback, "result") || *type != "valid") return;
  KnownPair* pair = PairOf(element);
  DANEGATE_CHECK(pair != nullptr);
  if (pair->granted) return;  // said again
  DANEGATE_CHECK(pair->featured);
  Grant(*pair);
}

void Play::Grant(KnownPair& pair) {
  DANEGATE_CHECK(pair.proven && pair.proved && pair.ready && !pair.over);
  DANEGATE_CHECK(pair.by_key || now_ < pair.expires ||
                 pair.judged_at == line_);  // L-04
  pair.granted = true;
}

// The one that was asked for last.
KnownPair* Play::PairOf(const XmlElement& answer) {
  const auto from = Domain::Parse(*answer.AttributeValue("to"));
  const auto to = Domain::Parse(*answer.AttributeValue("from"));
  DANEGATE_CHECK(from && to);
  KnownPair* found = nullptr;
  for (auto& [number, pair] : pairs_) {
    if (pair.proven && pair.proven->domain() == *from && *pair.to == *to) {
      found = &pair;
    }
  }
  return found;
}

// --- what the script says

void Play::StreamEvent(char event, std::string_view text) {
  switch (event) {
    case 'p':
      return Peer(text);
    case 'P':
      for (const char& octet : text) Peer({&octet, 1});
      return;
    case 'n':
      return Peer("\n");
    case 't':
      return Secured({true, ""});
    case 'T':
      return Secured({false, "acme", true});
    case 'S':
      return Secured({true, "other", true});
    case 'y':
      now_ = now_ + 10s;
      return;
    case 'k':
      return stream_.OnKeyChecked(ticket_, KeyAnswer::kValid, now_);
    case 'q':
      return stream_.OnKeyChecked(ticket_, KeyAnswer::kNotHosted, now_);
    case 'V':
      return Reverified(Outcome::kProved);
    case 'B':
      return Reverified(Outcome::kAbsent);
    case 'D':
      return stream_.OnDrain(now_);
    case 'R':
      return stream_.OnReset("moved", now_);
    case 'x':
      return Deadline();
    case 'e':
      return stream_.OnPeerClosed(true, now_);
    case 'E':
      return stream_.OnPeerClosed(false, now_);
    default:
      return;
  }
}

void Play::PairEvent(char event, PairNumber pair, std::string_view text) {
  using Kind = Addressee::Kind;
  switch (event) {
    case 'a':
      return Addressee_(pair, Kind::kTenant, false, false);
    case 'u':
      return Addressee_(pair, Kind::kUnknown, false, true);
    case 'h':
      return Addressee_(pair, Kind::kTenant, true, true);
    case 'w':
      return Addressee_(pair, Kind::kTenant, false, true);
    case 'v':
      return Verdict_(pair, Outcome::kProved, true);
    case 'o':
      return Verdict_(pair, Outcome::kProved, true, 0s);
    case 'd':
      return Verdict_(pair, Outcome::kDisproved, true);
    case 'b':
      return Verdict_(pair, Outcome::kAbsent, false);
    case 'm':
      return Verdict_(pair, Outcome::kAbsent, true);
    case 'i':
      return Verdict_(pair, Outcome::kIndeterminate, true);
    case 'g':
      return Dialback(pair, DialbackResult::Kind::kValid);
    case 'j':
      return Dialback(pair, DialbackResult::Kind::kInvalid);
    case 'J':
      return Dialback(pair, DialbackResult::Kind::kError);
    default:
      return BackendEvent(event, pair, text);
  }
}

void Play::BackendEvent(char event, PairNumber number, std::string_view text) {
  auto& pair = pairs_[number];
  switch (event) {
    case 'r':
      pair.ready = pair.proven && !pair.over;
      return stream_.OnBackendReady(number, now_);
    case 'f':
      pair.over = pair.proven.has_value();
      return stream_.OnBackendFailed(
          number, {BackendFailure::Kind::kUnreachable, "x"}, now_);
    case 'F': {
      pair.featured = pair.view && !pair.over;
      std::string features(text);
      return stream_.OnBackendFeatures(
          number, IsFeatures(features) ? features : "", now_);
    }
    case 'G':
      return stream_.OnHostGone(number, now_);
    case 'c':
    case 'C':
      pair.over = pair.proven.has_value();
      return stream_.OnBackendClosed(
          number,
          event == 'C'
              ? std::nullopt
              : std::optional(StreamError{StreamCondition::kReset, "x"}),
          now_);
    default:
      return;
  }
}

// "LETTER[DIGIT][ TEXT]"
void PlayLine(Play& play, std::string_view line) {
  const char event = line[0];
  line.remove_prefix(1);
  PairNumber pair = kHeaderPair;
  if (!line.empty() && line[0] >= '0' && line[0] <= '9') {
    pair = static_cast<PairNumber>(line[0] - '0');
    line.remove_prefix(1);
  }
  play.Line(event, pair, line.empty() ? line : line.substr(1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view script = AsScript(data, size);
  Play play(script.starts_with('K'));
  ForEachLine(script, [&](std::string_view line) { PlayLine(play, line); });
  play.Finish();
  return 0;
}
