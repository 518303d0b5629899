// How many instructions does one of these cost? Not a benchmark to be timed:
// bench/instructions runs it under callgrind, which collects within Counted()
// only, so that what is prepared and what the other side does is not counted.
//
//   instructions_benchmark             the compiler; the names and how often
//   instructions_benchmark NAME TIMES  does it so often, warmed up before
//
// How to read it: an instruction more is an instruction more, on every machine;
// what it takes in time is for the benchmark of the same name to say.
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/paths/minting.h"
#include "bench/paths/opened_backend.h"
#include "bench/paths/relay_path.h"
#include "bench/paths/stanzas.h"
#include "proxy/xmpp/stanza_guard.h"
#include "verifier/shared_verdict_cache.h"
#include "verifier/verdict_memory.h"

namespace danegate::bench {

// Callgrind knows it by its name. Nothing of it is left to inlining, nor is its
// call the last thing that it does, which would be a jump.
[[gnu::noinline]] void Counted(const std::function<void()>& work) {
  work();
  asm volatile("" ::: "memory");
}

namespace {

constexpr std::size_t kWarmUp = 16;

// Does `prepare` and then `work`, which counts.
void Repeat(std::size_t times, const std::function<void()>& prepare,
            const std::function<void()>& work) {
  for (std::size_t i = 0; i < kWarmUp + times; ++i) {
    prepare();
    if (i < kWarmUp) {
      work();
    } else {
      Counted(work);
    }
  }
}
void Repeat(std::size_t times, const std::function<void()>& work) {
  Repeat(
      times, [] {}, work);
}

// A server and a client with certificates. Each step is one side's answer to
// all that the other said.
class Handshake {
 public:
  void Begin() {
    server_.emplace(TlsEngine::Accept(server_context_, std::nullopt, true));
    client_.emplace(TlsEngine::Connect(client_context_, presented_,
                                       test::Name("tenant.example"), true));
    said_ = test::TakeCiphertext(*client_);
  }
  void Server() { Answer(*server_); }
  void Client() { Answer(*client_); }
  void Check() const {
    DANEGATE_CHECK(server_->state() == TlsEngine::State::kOpen);
    DANEGATE_CHECK(client_->state() == TlsEngine::State::kOpen);
    DANEGATE_CHECK(server_->peer_chain().size() == 1);
  }

 private:
  void Answer(TlsEngine& engine) {
    test::Feed(engine, said_);
    said_ = test::TakeCiphertext(engine);
  }

  const std::shared_ptr<const Credential> presented_ =
      test::SelfSigned("peer.example");
  const ServerContext server_context_{
      test::Serve(test::SelfSigned("tenant.example"))};
  const ClientContext client_context_;
  std::optional<TlsEngine> server_, client_;
  std::string said_;
};

void CountHandshake(std::size_t times) {
  Handshake handshake;
  Repeat(times, [&] {
    handshake.Begin();
    handshake.Server();
    handshake.Client();
    handshake.Server();
    handshake.Check();
  });
}

void CountServerHandshake(std::size_t times) {
  Handshake handshake;
  const std::function<void()> server = [&] { handshake.Server(); };
  for (std::size_t i = 0; i < times; ++i) {
    handshake.Begin();
    Counted(server);
    handshake.Client();
    Counted(server);
    handshake.Check();
  }
}

// The table alone, for a key whose digests are known.
void CountCachedVerdict(std::size_t times) {
  constexpr Instant now{std::chrono::hours(1)};
  constexpr std::array<std::uint8_t, SharedVerdictCache::kSecretOctets> secret{
      7};
  SharedVerdictCache cache(131072, secret);
  const VerdictCacheKey key{.peer = "peer.example"};
  cache.Put(key, cache.StampOf(key.peer), {.outcome = Outcome::kProved},
            now + std::chrono::hours(1), now);
  Repeat(times, [&] {
    const auto hit = cache.Find(key, now);
    DANEGATE_CHECK(hit && hit->verdict.outcome == Outcome::kProved);
  });
}

// What a shard asks: with the digests of the chain.
void CountRememberedVerdict(std::size_t times) {
  constexpr Instant now{std::chrono::hours(1)};
  const auto chain = test::SelfSigned("peer.example")->chain();
  const ClaimedDomain peer{D("peer.example")};
  const ProofPolicy policy;
  VerdictMemory memory(131072);
  Verdict verdict(peer, Outcome::kProved, Reason::kMatched);
  verdict.expires = now + std::chrono::hours(1);
  memory.Put(verdict, chain, policy, memory.Begin(peer.domain), now);
  Repeat(times, [&] {
    const auto found = memory.Find(peer, chain, policy, now);
    DANEGATE_CHECK(found && found->verdict->proven());
  });
}

void CountRelay(std::size_t times) {
  const std::string stanza = StanzaOf(300);
  RelayPath path;
  path.CheckArrival(stanza);
  std::vector<std::string> reads;
  Repeat(
      times, [&] { reads = path.Seal(stanza); },
      [&] {
        for (const auto& read : reads) path.OnBytes(read);
      });
  DANEGATE_CHECK(path.stanzas() == 1 + kWarmUp + times);
  DANEGATE_CHECK(path.relayed() == path.stanzas() * stanza.size());
}

// One read with all of `flow`.
void CountGuarded(std::size_t times, const std::string& flow) {
  StanzaGuard guard(
      "<stream:stream xmlns='jabber:server' "
      "xmlns:stream='http://etherx.jabber.org/streams'>");
  guard.Admit(kHeaderPair, Proven("peer.example"), D("tenant.example"), 262144);
  Repeat(times, [&] {
    guard.OnBytes(flow, Instant{});
    DANEGATE_CHECK(guard.runs().size() == 1);
    DANEGATE_CHECK(guard.runs()[0].bytes.size() == flow.size());
  });
}

void CountGuard(std::size_t times) { CountGuarded(times, StanzaOf(300)); }

void CountGuardMix(std::size_t times) { CountGuarded(times, Mix()); }

void CountIngressSetup(std::size_t times) {
  StreamIds ids;
  Repeat(times, [&] {
    ServedStream served(ids);
    Establish(served);
  });
}

void CountEgressSetup(std::size_t times) { Repeat(times, OpenBackendStream); }

void CountMint(std::size_t times) {
  EdgeCa ca = NewEdgeCa();
  const auto peers = ProvenPeers(kWarmUp + times);
  std::size_t next = 0;
  Repeat(times, [&] { ca.Mint(peers[next++], test::kTestNow); });
}

struct Kind {
  const char* name;
  std::size_t times;  // enough for what is random in it to even out
  void (*count)(std::size_t times);
};
constexpr Kind kKinds[] = {
    {"handshake", 50, CountHandshake},
    {"handshake_server", 50, CountServerHandshake},
    {"verdict_cache_hit", 1000, CountCachedVerdict},
    {"verdict_remembered", 1000, CountRememberedVerdict},
    {"relay_300", 1000, CountRelay},
    {"guard_300", 1000, CountGuard},
    {"guard_mix", 1000, CountGuardMix},
    {"ingress_setup", 200, CountIngressSetup},
    {"egress_setup", 200, CountEgressSetup},
    {"mint", 200, CountMint},
};

int Main(int argc, char** argv) {
  if (argc == 1) {
    std::printf("compiler %s\n", __VERSION__);
    for (const Kind& kind : kKinds) {
      std::printf("%s %zu\n", kind.name, kind.times);
    }
    return 0;
  }
  for (const Kind& kind : kKinds) {
    if (argc != 3 || kind.name != std::string(argv[1])) continue;
    kind.count(std::strtoul(argv[2], nullptr, 10));
    return 0;
  }
  std::fprintf(stderr,
               "expected NAME TIMES; without both the names are told\n");
  return 64;
}

}  // namespace
}  // namespace danegate::bench

int main(int argc, char** argv) { return danegate::bench::Main(argc, argv); }
