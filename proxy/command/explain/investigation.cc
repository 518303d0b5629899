#include "proxy/command/explain/investigation.h"

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

#include "proxy/net/loop.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

using std::chrono::microseconds;

// Runs one investigation on a loop of its own.
class Investigation {
 public:
  explicit Investigation(Subject subject)
      : subject_(std::move(subject)), waker_(loop_, [this] { OnReplies(); }) {
    inbox_.wake = [this] { waker_.Wake(); };
  }

  Story Run(VerifierService& verifier) {
    verifier_ = &verifier;
    story_.began = ReadNow().monotonic;
    if (subject_.chain.empty()) {
      std::random_device random;
      Ask(RouteRequest{0, subject_.peer, random(), &inbox_});
    } else {
      Judge(std::move(subject_.chain));
    }
    loop_.Run();
    probe_.reset();
    TcpLink::CutOffLingering(loop_);
    return std::move(story_);
  }

 private:
  void Ask(VerifierRequest request) {
    asked_ = SinceStart();
    std::vector<VerifierRequest> requests;
    requests.push_back(std::move(request));
    verifier_->Submit(std::move(requests));
  }

  void OnReplies() {
    for (const VerifierReply& reply : inbox_.replies.Drain()) {
      if (const auto* route = std::get_if<RouteReply>(&reply)) {
        OnRoute(route->route);
      } else {
        OnVerdict(std::get<VerdictReply>(reply).verdict);
      }
    }
  }

  void OnRoute(const Route& route) {
    for (const EvidenceStep& step : route.steps) Note(step);
    story_.no_route = route.failure;
    probe_.emplace(loop_, OutboundSettings{subject_.from, subject_.peer},
                   route.endpoints, [this] {
                     story_.attempts = probe_->attempts();
                     Judge(probe_->chain());
                   });
    probe_->Start();
  }

  void Judge(CertificateChain chain) {
    story_.chain = chain;
    Ask(VerdictRequest{.ticket = 0,
                       .peer = ClaimedDomain{subject_.peer},
                       .chain = std::move(chain),
                       .policy = subject_.policy,
                       .inbox = &inbox_});
  }

  void OnVerdict(std::shared_ptr<const Verdict> verdict) {
    for (const EvidenceStep& step : verdict->evidence.steps) Note(step);
    for (FetchStep fetch : verdict->evidence.fetches) {
      fetch.since_start += asked_;
      story_.fetches.push_back(std::move(fetch));
    }
    story_.verdict = std::move(verdict);
    story_.ended = ReadNow();
    loop_.Stop();
  }

  // The verification asks again what the search for the servers has asked.
  void Note(EvidenceStep step) {
    step.since_start += asked_;
    const bool is_told = std::any_of(story_.steps.begin(), story_.steps.end(),
                                     [&step](const EvidenceStep& told) {
                                       return told.question == step.question &&
                                              told.status == step.status &&
                                              told.security == step.security &&
                                              told.detail == step.detail;
                                     });
    if (!is_told) story_.steps.push_back(std::move(step));
  }

  microseconds SinceStart() const {
    return std::chrono::duration_cast<microseconds>(ReadNow().monotonic -
                                                    story_.began);
  }

  Subject subject_;
  Story story_;
  VerifierService* verifier_ = nullptr;
  VerifierInbox inbox_;
  microseconds asked_{0};
  Loop loop_;
  Waker waker_;
  std::optional<PeerProbe> probe_;
};

}  // namespace

Result<Story, std::string> Investigate(const VerifierSettings& settings,
                                       const TrustStore& trust,
                                       Subject subject) {
  Investigation investigation(std::move(subject));
  // Goes first: it fills the inbox.
  auto verifier = VerifierService::Start(settings, 1, trust);
  if (!verifier) return Failure(std::move(verifier).error());
  return investigation.Run(**verifier);
}

}  // namespace danegate
