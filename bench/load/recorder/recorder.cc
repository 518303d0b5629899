#include "bench/load/recorder/recorder.h"

#include <optional>
#include <utility>
#include <variant>

#include "bench/load/recorder/recorder_stream.h"
#include "proxy/shard/secure_link.h"
#include "proxy/xmpp/bytes.h"
#include "verifier/clock.h"

namespace danegate {

// One connection at work.
class Recorder::Session final : public SecureLinkOwner {
 public:
  Session(Recorder& recorder, std::uint64_t id, std::unique_ptr<TcpLink> link)
      : recorder_(recorder), id_(id), stream_(recorder.direct_tls_) {
    Listener::Adopt(*link, link_);
    link_.Attach(std::move(link));
    if (recorder_.direct_tls_) StartTls();
    link_.link().Resume();
  }

 private:
  void OnConnected() override {}
  void OnTlsEstablished() override {
    stream_.OnTlsEstablished();
    Settle();
  }
  void OnPlaintext(std::span<const std::byte> bytes) override {
    if (over_) return;
    const bool was_open = stream_.open();
    stream_.OnBytes(AsText(bytes));
    if (!was_open && stream_.open()) {
      recorder_.tally_.OnOpened(!link_.tls()->peer_chain().empty());
    }
    if (!stream_.arrived().empty()) Record();
    Settle();
  }
  void OnDrained() override {}
  void OnEnded(const LinkEnd& end) override {
    if (over_) return;
    const std::string why = "it closed the connection" +
                            (end.error.empty() ? "" : ": " + end.error);
    // One that is given up before it is a stream is a health check, or the end
    // of the load; its other side knows why.
    End(stream_.open() ? why : "");
  }

  void Record() {
    const Instant now = ReadNow().monotonic;
    for (const StanzaMark& mark : stream_.arrived()) {
      recorder_.tally_.OnArrived(mark, now);
      if (recorder_.on_stanza_) recorder_.on_stanza_(mark);
    }
  }
  void Settle() {
    while (!over_) {
      const auto action = stream_.NextAction();
      if (!action) return;
      if (const auto* send = std::get_if<action::Send>(&*action)) {
        link_.Write(AsBytes(send->bytes));
      } else if (std::holds_alternative<action::StartTls>(*action)) {
        StartTls();
      } else {
        End(stream_.error());
      }
    }
  }
  void StartTls() {
    link_.StartTls(TlsEngine::Accept(recorder_.context_, std::nullopt,
                                     recorder_.direct_tls_));
  }
  void End(const std::string& error) {
    over_ = true;
    if (!error.empty()) recorder_.tally_.OnFailed(error);
    link_.Close();
    recorder_.Retire(id_);
  }

  Recorder& recorder_;
  const std::uint64_t id_;
  RecorderStream stream_;
  SecureLink link_{*this};
  bool over_ = false;
};

Result<std::unique_ptr<Recorder>, std::string> Recorder::Open(
    Loop& loop, const RecorderPlan& plan, OnStanza on_stanza) {
  if (std::string why = Listener::WhyTaken(plan.address); !why.empty()) {
    return Failure(std::move(why));
  }
  std::unique_ptr<Recorder> recorder(
      new Recorder(loop, plan, std::move(on_stanza)));
  auto listener =
      Listener::Open(loop, plan.address,
                     [raw = recorder.get()](std::unique_ptr<TcpLink> link) {
                       raw->OnAccept(std::move(link));
                     });
  if (!listener) return Failure(listener.error());
  recorder->listener_ = *std::move(listener);
  return recorder;
}

Recorder::Recorder(Loop& loop, const RecorderPlan& plan, OnStanza on_stanza)
    : direct_tls_(plan.direct_tls),
      on_stanza_(std::move(on_stanza)),
      context_([credentials = std::make_shared<const CredentialSet>(
                    CredentialSet{plan.credential})](const WantedName&) {
        return ServedCertificate{.credentials = credentials, .tenant = {}};
      }),
      turn_end_(loop, [this] { ended_.clear(); }) {}

Recorder::~Recorder() = default;

void Recorder::OnAccept(std::unique_ptr<TcpLink> link) {
  const std::uint64_t id = next_id_++;
  sessions_.emplace(id, std::make_unique<Session>(*this, id, std::move(link)));
}

void Recorder::Retire(std::uint64_t id) {
  const auto at = sessions_.find(id);
  if (at == sessions_.end()) return;
  ended_.push_back(std::move(at->second));
  sessions_.erase(at);
}

}  // namespace danegate
