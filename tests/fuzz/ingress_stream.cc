// Plays a script against an inbound stream. A line is an event:
//
//   p TEXT  the peer sends TEXT     P TEXT  the same, octet by octet
//   n       the peer sends a line end
//   t / T   TLS is up, with / without a client certificate
//   x e E D deadline, peer closed cleanly or not, drain
//   k / q   the last key is valid / of nobody
//   V / B   judged anew: proved / absent
//
// Events of a pair may have its number, a digit, behind their letter; without
// one they are the header's:
//
//   a / u / h / w  the addressee is a tenant / unknown / `from` is hosted / the
//           tenant takes dialback
//   v / d / b / i  the verdict: proved, disproved, absent, indeterminate
//   m       the verdict: absent, and dialback may decide
//   g / j / J  the pair's key is right / wrong / not known
//   r / f   the backend is ready / has failed
//   F TEXT  the backend's features
//   c / C   the backend closes, with / without an error
//
// The first line may be "K": peers that nothing proves may ask about keys.
//
// Properties: nothing is relayed for a pair before it is proved, by the verdict
// or by a right key where the verdict allowed that, and before its backend's
// features; a backend reads nothing else in it than stanzas of its pair, behind
// the header with the declarations that it was given (L-02, L-03, A-06, C7);
// nothing comes after Close.
#include "proxy/xmpp/ingress_stream.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/xmpp/bytes.h"
#include "tests/support/backend_view.h"
#include "tests/support/domains.h"
#include "verifier/check.h"

namespace {

using namespace danegate;

// What the world knows of one pair.
struct Pair {
  std::optional<ClaimedDomain> asked;
  bool may_dial_back = false;  // the verdict said so
  bool dialled = false;
  bool proved = false;
  bool ready = false;
  bool featured = false;
  std::optional<ProvenDomain> proven;
  std::optional<Domain> to;
  std::optional<BackendView> view;
  std::size_t stanzas = 0;

  void Check() const {
    if (!view) return DANEGATE_CHECK(stanzas == 0);
    DANEGATE_CHECK(view->good());
    DANEGATE_CHECK(view->stanzas().size() == stanzas);
    for (const auto& stanza : view->stanzas()) {
      DANEGATE_CHECK(stanza.from == proven->domain().ascii());
      DANEGATE_CHECK(stanza.to == to->ascii());
    }
  }
};

class Play : private IngressStream::IdSource {
 public:
  explicit Play(bool answers_keys)
      : stream_({false, "edge.example", answers_keys}, *this, now_) {}

  void Line(char event, PairNumber pair, std::string_view text) {
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
  void Verdict_(PairNumber number, Outcome outcome, bool may_dial_back) {
    auto& pair = pairs_[number];
    if (!pair.asked) return;
    pair.proved = outcome == Outcome::kProved;
    pair.may_dial_back = outcome == Outcome::kAbsent && may_dial_back;
    auto verdict =
        std::make_shared<Verdict>(*pair.asked, outcome, Reason::kMatched);
    verdict->may_dial_back = may_dial_back;
    stream_.OnVerdict(number, verdict, now_);
  }
  void Dialback(PairNumber number, DialbackResult::Kind kind) {
    auto& pair = pairs_[number];
    if (!pair.asked) return;
    auto verdict = std::make_shared<Verdict>(*pair.asked, Outcome::kProved,
                                             Reason::kMatched);
    verdict->prooftype = Prooftype::kDialback;
    pair.proved =
        pair.proved || (pair.dialled && kind == DialbackResult::Kind::kValid);
    stream_.OnDialback(number, {kind, verdict}, now_);
  }
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
  void Do(const action::Send&) {}
  void Do(const action::StartTls&) {}
  void Do(const action::LookUp&) {}
  void Do(const action::Verify& verify) {
    auto& pair = pairs_[verify.pair];
    pair.asked.emplace(verify.peer);
  }
  void Do(const action::DialBack& dial) {
    auto& pair = pairs_[dial.pair];
    DANEGATE_CHECK(pair.may_dial_back && !dial.key.empty());
    DANEGATE_CHECK(dial.from.domain == pair.asked->domain);
    pair.dialled = true;
  }
  void Do(const action::CheckKey& check) { ticket_ = check.ticket; }
  void Do(const action::OpenBackend& open) {
    auto& pair = pairs_[open.pair];
    DANEGATE_CHECK(pair.proved && !pair.proven);
    pair.proven = open.peer;
    pair.to = open.to;
  }
  void Do(const action::RestartBackend& restart) {
    auto& pair = pairs_[restart.pair];
    DANEGATE_CHECK(pair.proven && pair.ready);
    pair.view.emplace(restart.declarations);
  }
  void Do(const action::Relay& relay) {
    auto& pair = pairs_[relay.pair];
    DANEGATE_CHECK(pair.view && pair.featured);
    pair.view->Read(AsText(relay.bytes));
    pair.stanzas += relay.stanzas;
  }
  void Do(const action::DropPair&) {}
  void Do(const action::Close&) { closed_ = true; }
  void Do(const action::Ready&) { DANEGATE_CHECK(false); }
  void Do(const action::JudgeAuthority&) { DANEGATE_CHECK(false); }
  void Do(const action::KeyVerified&) { DANEGATE_CHECK(false); }
  void Do(const action::Features&) { DANEGATE_CHECK(false); }

  Instant now_{std::chrono::hours(1)};
  int ids_ = 0;
  IngressStream stream_;
  std::map<PairNumber, Pair> pairs_;
  KeyTicket ticket_ = 0;
  bool closed_ = false;
};

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
      return stream_.OnTlsEstablished({true, ""}, now_);
    case 'T':
      return stream_.OnTlsEstablished({false, "acme"}, now_);
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

void Play::BackendEvent(char event, PairNumber pair, std::string_view text) {
  switch (event) {
    case 'r':
      pairs_[pair].ready = true;
      return stream_.OnBackendReady(pair, now_);
    case 'f':
      return stream_.OnBackendFailed(
          pair, {BackendFailure::Kind::kUnreachable, "x"}, now_);
    case 'F':
      pairs_[pair].featured = true;
      return stream_.OnBackendFeatures(pair, std::string(text), now_);
    case 'c':
      return stream_.OnBackendClosed(
          pair, StreamError{StreamCondition::kReset, "x"}, now_);
    case 'C':
      return stream_.OnBackendClosed(pair, std::nullopt, now_);
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
  std::string_view script(reinterpret_cast<const char*>(data), size);
  Play play(script.starts_with('K'));
  while (!script.empty()) {
    const auto end = std::min(script.find('\n'), script.size());
    const auto line = script.substr(0, end);
    script.remove_prefix(std::min(end + 1, script.size()));
    if (!line.empty()) PlayLine(play, line);
  }
  play.Finish();
  return 0;
}
