// What does a cold verdict cost beside the look-ups that it needs? Both sides
// ask one libunbound, on one thread, about the same peers, for the same answers
// in the same order: the two SRV sets, then the addresses, then TLSA.
//
//   with_dns.py ZONES -- verdict_benchmark      (see bench/README.md)
//
// ZONES comes from verdict_zones.py.
#include <benchmark/benchmark.h>
#include <unbound-event.h>
#include <unbound.h>
#include <uv.h>

#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/verifier/asking.h"
#include "tests/verifier/peer_certificate.h"
#include "verifier/check.h"
#include "verifier/pkix.h"
#include "verifier/resolver/unbound_setup.h"
#include "verifier/resolver/uv_event_base.h"
#include "verifier/service.h"

namespace danegate {
namespace {

constexpr int kPeers = 1000;
constexpr int kUnderWay = 50;

std::string PeerName(int number) {
  return "p" + std::to_string(number) + ".peers.example";
}

// --- libunbound alone --------------------------------------------------------

// The look-ups of one peer after another, kUnderWay peers at a time.
class BareLookUps {
 public:
  BareLookUps() {
    auto unbound = OpenUnbound(testing::TreeSettings(), events_.base());
    DANEGATE_CHECK(unbound.ok());
    unbound_ = *std::move(unbound);
  }
  ~BareLookUps() { unbound_.reset(); }

  void Run() {
    while (begun_ < kUnderWay) Begin();
    while (done_ < kPeers) {
      loop_.Turn(std::chrono::milliseconds(100));
    }
  }

 private:
  struct Peer {
    BareLookUps* all;
    std::string name;
    int step = 0;  // of the three
    int open = 0;  // questions
  };

  void Begin() {
    if (begun_ == kPeers) return;
    peers_.push_back(std::make_unique<Peer>(Peer{this, PeerName(begun_++)}));
    Advance(*peers_.back());
  }

  void Advance(Peer& peer) {
    switch (peer.step++) {
      case 0:
        peer.open = 2;
        Ask(peer, "_xmpp-server._tcp." + peer.name, 33);
        return Ask(peer, "_xmpps-server._tcp." + peer.name, 33);
      case 1:
        peer.open = 2;
        Ask(peer, "mx." + peer.name, 1);
        return Ask(peer, "mx." + peer.name, 28);
      case 2:
        peer.open = 1;
        return Ask(peer, "_5269._tcp.mx." + peer.name, 52);
      default:
        ++done_;
        Begin();
    }
  }

  void Ask(Peer& peer, const std::string& name, int type) {
    const auto on_result = [](void* data, int, void*, int, int security, char*,
                              int) {
      auto* asked = static_cast<Peer*>(data);
      DANEGATE_CHECK(security == 2);
      if (--asked->open == 0) asked->all->Advance(*asked);
    };
    DANEGATE_CHECK(ub_resolve_event(unbound_.get(), name.c_str(), type, 1,
                                    &peer, on_result, nullptr) == 0);
  }

  testing::TestLoop loop_;
  UvEventBase events_{loop_.get()};
  UniqueUnbound unbound_;
  std::vector<std::unique_ptr<Peer>> peers_;
  int begun_ = 0;
  int done_ = 0;
};

// --- the verifier ------------------------------------------------------------

class ColdVerdicts {
 public:
  ColdVerdicts() {
    inbox_.wake = [this] {
      const std::lock_guard guard(mutex_);
      woken_ = true;
      wake_.notify_one();
    };
    auto service = VerifierService::Start({testing::TreeSettings()}, 1, trust_);
    DANEGATE_CHECK(service.ok());
    service_ = *std::move(service);
  }

  void Run() {
    int begun = 0;
    int done = 0;
    Submit(begun, kUnderWay);
    while (done < kPeers) {
      Wait();
      int replies = 0;
      for (const VerifierReply& reply : inbox_.replies.Drain()) {
        const Verdict& verdict = *std::get<VerdictReply>(reply).verdict;
        DANEGATE_CHECK(verdict.outcome() == Outcome::kProved);
        ++replies;
      }
      done += replies;
      Submit(begun, replies);
    }
  }

 private:
  void Submit(int& begun, int count) {
    std::vector<VerifierRequest> requests;
    for (int i = 0; i < count && begun < kPeers; ++i, ++begun) {
      requests.push_back(
          VerdictRequest{static_cast<std::uint64_t>(begun),
                         ClaimedDomain{*Domain::Parse(PeerName(begun))}, chain_,
                         policy_, "", &inbox_});
    }
    if (!requests.empty()) service_->Submit(std::move(requests));
  }

  void Wait() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return woken_; });
    woken_ = false;
  }

  const TrustStore trust_;
  const CertificateChain chain_ =
      *CertificateChain::ParsePem(testing::kPeerCertificate);
  const std::shared_ptr<const ProofPolicy> policy_ =
      std::make_shared<ProofPolicy>();
  VerifierInbox inbox_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool woken_ = false;
  std::unique_ptr<VerifierService> service_;
};

// CPU time of the whole process: the verifier's thread and whoever asks.
template <typename Side>
void Measure(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    auto side = std::make_unique<Side>();
    state.ResumeTiming();
    side->Run();
    state.PauseTiming();
    side.reset();
    state.ResumeTiming();
  }
  state.counters["peers/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * kPeers,
                         benchmark::Counter::kIsRate);
}

BENCHMARK(Measure<BareLookUps>)
    ->Name("libunbound alone")
    ->Iterations(3)
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(Measure<ColdVerdicts>)
    ->Name("verdicts")
    ->Iterations(3)
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace danegate
