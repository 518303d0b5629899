// Plays a script against an inbound stream. A line is an event:
//
//   p TEXT  the peer sends TEXT     P TEXT  the same, octet by octet
//   n       the peer sends a line end
//   t / T   TLS is up, with / without a client certificate
//   a / u / h  the addressee is a tenant / unknown / and `from` is hosted
//   v / d / b / i  the verdict: proved, disproved, absent, indeterminate
//   r / f   the backend is ready / has failed
//   F TEXT  the backend's features
//   c / C   the backend closes, with / without an error
//   D x e E drain, deadline, peer closed cleanly or not
//
// Properties: nothing is relayed before the verdict "proved", EXTERNAL and the
// backend's features; a backend reads nothing else in it than stanzas of the
// proven pair, behind the header with the declarations that it was given (L-02,
// A-06); nothing comes after Close; what we send is well-formed.
#include "proxy/xmpp/ingress_stream.h"

#include <cstddef>
#include <cstdint>
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

class Play : private IngressStream::IdSource {
 public:
  Play() : stream_({false, "edge.example"}, *this, now_) {}

  void Line(char event, std::string_view text);
  void Finish() {
    if (!view_) return DANEGATE_CHECK(stanzas_ == 0);
    DANEGATE_CHECK(view_->good());
    DANEGATE_CHECK(view_->stanzas().size() == stanzas_);
    for (const auto& stanza : view_->stanzas()) {
      DANEGATE_CHECK(stanza.from == proven_->domain().ascii());
      DANEGATE_CHECK(stanza.to == to_->ascii());
    }
  }

 private:
  std::string NextId() override { return "id" + std::to_string(++ids_); }

  void Peer(std::string_view text) {
    stream_.OnPeerBytes(AsBytes(text), now_);
    Drain();
  }
  void Verdict_(Outcome outcome) {
    if (!asked_) return;
    proved_ = outcome == Outcome::kProved;
    stream_.OnVerdict(
        std::make_shared<Verdict>(*asked_, outcome, Reason::kMatched), now_);
  }
  void Addressee_(Addressee::Kind kind, bool hosted) {
    stream_.OnAddressee({kind, "acme", 2000, hosted}, now_);
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
  void Do(const action::Verify& verify) { asked_ = verify.peer; }
  void Do(const action::OpenBackend& open) {
    DANEGATE_CHECK(proved_);
    proven_ = open.peer;
    to_ = open.to;
  }
  void Do(const action::RestartBackend& restart) {
    DANEGATE_CHECK(proved_ && ready_);
    view_.emplace(restart.declarations);
  }
  void Do(const action::Relay& relay) {
    DANEGATE_CHECK(view_ && featured_);
    view_->Read(AsText(relay.bytes));
    stanzas_ += relay.stanzas;
  }
  void Do(const action::Close&) { closed_ = true; }
  void Do(const action::Ready&) { DANEGATE_CHECK(false); }
  void Do(const action::JudgeAuthority&) { DANEGATE_CHECK(false); }
  void Do(const action::KeyVerified&) { DANEGATE_CHECK(false); }
  void Do(const action::Features&) { DANEGATE_CHECK(false); }

  Instant now_{std::chrono::hours(1)};
  int ids_ = 0;
  IngressStream stream_;
  std::optional<ClaimedDomain> asked_;
  std::optional<ProvenDomain> proven_;
  std::optional<Domain> to_;
  std::optional<BackendView> view_;
  std::size_t stanzas_ = 0;
  bool proved_ = false;
  bool ready_ = false;
  bool featured_ = false;
  bool closed_ = false;
};

void Play::Line(char event, std::string_view text) {
  using Kind = Addressee::Kind;
  switch (event) {
    case 'p':
      return Peer(text);
    case 'P':
      for (const char& octet : text) Peer({&octet, 1});
      return;
    case 'n':
      return Peer("\n");
    case 't':
      stream_.OnTlsEstablished({true, ""}, now_);
      break;
    case 'T':
      stream_.OnTlsEstablished({false, "acme"}, now_);
      break;
    case 'a':
      Addressee_(Kind::kTenant, false);
      break;
    case 'u':
      Addressee_(Kind::kUnknown, false);
      break;
    case 'h':
      Addressee_(Kind::kTenant, true);
      break;
    case 'v':
      Verdict_(Outcome::kProved);
      break;
    case 'd':
      Verdict_(Outcome::kDisproved);
      break;
    case 'b':
      Verdict_(Outcome::kAbsent);
      break;
    case 'i':
      Verdict_(Outcome::kIndeterminate);
      break;
    case 'r':
      ready_ = true;
      stream_.OnBackendReady(now_);
      break;
    case 'f':
      stream_.OnBackendFailed({BackendFailure::Kind::kUnreachable, "x"}, now_);
      break;
    case 'F':
      featured_ = true;
      stream_.OnBackendFeatures(std::string(text), now_);
      break;
    case 'c':
      stream_.OnBackendClosed(StreamError{StreamCondition::kReset, "x"}, now_);
      break;
    case 'C':
      stream_.OnBackendClosed(std::nullopt, now_);
      break;
    case 'D':
      stream_.OnDrain(now_);
      break;
    case 'x':
      Deadline();
      break;
    case 'e':
      stream_.OnPeerClosed(true, now_);
      break;
    case 'E':
      stream_.OnPeerClosed(false, now_);
      break;
    default:
      break;
  }
  Drain();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string_view script(reinterpret_cast<const char*>(data), size);
  Play play;
  while (!script.empty()) {
    const auto end = std::min(script.find('\n'), script.size());
    const auto line = script.substr(0, end);
    script.remove_prefix(std::min(end + 1, script.size()));
    if (!line.empty()) {
      play.Line(line[0], line.size() > 2 ? line.substr(2) : "");
    }
  }
  play.Finish();
  return 0;
}
