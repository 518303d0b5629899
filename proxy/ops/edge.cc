#include "proxy/ops/edge.h"

#include <algorithm>
#include <utility>

#include "proxy/net/listener.h"
#include "proxy/ops/posh_server.h"
#include "proxy/ops/process.h"
#include "proxy/ops/trust_store_file.h"
#include "proxy/tls/edge_ca.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

unsigned ShardCount(const Settings& settings) {
  if (settings.shards > 0) return settings.shards;
  return std::max(1U, std::thread::hardware_concurrency());
}

// Files that are not connections: libunbound's sockets for each of its threads,
// listeners, loops, the log.
constexpr std::size_t kFilesOfThread = 640;
constexpr std::size_t kOtherFiles = 256;
// The peer's connection and the backend's.
constexpr std::size_t kFilesOfStream = 2;
// Below this an edge is of no use.
constexpr std::size_t kMinConnections = 16;

// How many connections a shard may take with the files that there are (E4).
std::size_t AffordableConnections(const Settings& settings) {
  const std::size_t reserved =
      kOtherFiles + kFilesOfThread * settings.verifier_threads +
      PoshServer::kMaxConnections * settings.posh_serve.size();
  const std::size_t limit = MaxOpenFiles();
  if (limit <= reserved) return 0;
  return (limit - reserved) / (kFilesOfStream * ShardCount(settings));
}

std::string TooFewFiles(const Settings& settings, std::size_t affordable) {
  return "limits.connections: " + std::to_string(settings.max_connections) +
         " on each of " + std::to_string(ShardCount(settings)) +
         " shards need more open files than the " +
         std::to_string(MaxOpenFiles()) +
         " that this process may have, which are enough for " +
         std::to_string(affordable) +
         "; raise the limit (LimitNOFILE= of systemd, ulimit -n) or lower the "
         "setting";
}

std::shared_ptr<const DialbackKeys> KeysOf(const Settings& settings) {
  if (settings.dialback_secret.empty()) return nullptr;
  std::optional<std::string_view> previous;
  if (!settings.previous_dialback_secret.empty()) {
    previous = settings.previous_dialback_secret;
  }
  return std::make_shared<DialbackKeys>(settings.dialback_secret, previous);
}

}  // namespace

Result<std::unique_ptr<Edge>, std::string> Edge::Open(
    const Configuration& configuration, AccessLog& log) {
  std::unique_ptr<Edge> edge(new Edge);
  const Settings& settings = configuration.settings;
  edge->credentials_ = std::make_unique<CredentialStore>();
  std::string error = edge->OpenVerifier(settings);
  if (error.empty()) error = edge->OpenShards(configuration, log);
  if (error.empty()) {
    error = edge->OpenListeners(settings.starttls, false, edge->starttls_);
  }
  if (error.empty()) {
    error = edge->OpenListeners(settings.direct_tls, true, edge->direct_tls_);
  }
  if (!error.empty()) return Failure(std::move(error));
  return edge;
}

Edge::~Edge() = default;

std::string Edge::OpenVerifier(const Settings& settings) {
  auto trust = ReadTrustStore(settings.trust_store);
  if (!trust) return trust.error();
  trust_ = std::move(*trust);
  auto verifier = VerifierService::Start(settings.ToVerifierSettings(),
                                         settings.verifier_threads, trust_);
  if (!verifier) return verifier.error();
  verifier_ = std::move(*verifier);
  return "";
}

std::string Edge::OpenShards(const Configuration& configuration,
                             AccessLog& log) {
  const Settings& settings = configuration.settings;
  const std::size_t affordable = AffordableConnections(settings);
  if (affordable < kMinConnections) return TooFewFiles(settings, affordable);
  if (affordable < settings.max_connections) {
    log.OnTrouble(TooFewFiles(settings, affordable));
  }
  for (unsigned index = 0; index < ShardCount(settings); ++index) {
    auto edge_ca = EdgeCa::Create(settings.edge_ca, ReadNow().wall);
    if (!edge_ca) return "edge_ca: " + edge_ca.error();
    const ShardSettings shard{
        .index = index,
        .edge_name = settings.edge_hosts.front().ToUnicode(),
        .max_connections = std::min(settings.max_connections, affordable),
        .drain_time = settings.drain_time,
        .credential_budget = settings.credential_octets / ShardCount(settings),
        .guard = AddressGuard({.allowed = settings.outbound_allow,
                               .refused = settings.outbound_refuse,
                               .ports = settings.outbound_ports}),
        .keys = KeysOf(settings)};
    shard_logs_.push_back(log.ForShard());
    shards_.push_back(std::make_unique<Shard>(
        shard,
        ShardSurroundings{configuration.tenants, verifier_.get(),
                          credentials_.get(), shard_logs_.back().get(),
                          &health_},
        std::move(*edge_ca)));
  }
  prober_ =
      std::make_unique<HealthProber>(settings.edge_hosts.front(), health_, log);
  WatchHealth(*configuration.tenants);
  return "";
}

void Edge::WatchHealth(const TenantSet& tenants) {
  prober_->Watch(HealthTargetsOf(tenants.tenants()));
}

// Port 0 is chosen by the first shard and shared by the others.
std::string Edge::OpenListeners(const std::vector<ListenAddress>& addresses,
                                bool direct_tls,
                                std::vector<std::string>& opened) {
  for (const ListenAddress& listen : addresses) {
    auto address = SocketAddress::Parse(listen.host, listen.port);
    if (!address) return address.error();
    // The shards share the port, and so would another danegate, unnoticed.
    if (auto taken = Listener::WhyTaken(*address); !taken.empty()) return taken;
    for (const auto& shard : shards_) {
      if (!address) return address.error();
      address = shard->Listen(*address, direct_tls);
    }
    if (!address) return address.error();
    opened.push_back(address->ToString());
  }
  return "";
}

void Edge::Run() {
  prober_->Start();
  std::vector<std::thread> threads;
  for (const auto& shard : shards_) {
    threads.emplace_back([&shard] { shard->Run(); });
  }
  for (std::thread& thread : threads) thread.join();
  prober_->Stop();
}

bool Edge::Drain() {
  if (draining_.exchange(true)) return false;
  for (const auto& shard : shards_) shard->Drain();
  return true;
}

}  // namespace danegate
