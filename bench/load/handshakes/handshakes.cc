#include "bench/load/handshakes/handshakes.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "bench/load/chart/svg.h"
#include "bench/load/fail.h"
#include "bench/load/figures.h"
#include "bench/load/handshakes/certificate_check.h"
#include "bench/load/handshakes/expected_leaves.h"
#include "bench/load/handshakes/handshake_run.h"
#include "bench/load/handshakes/report.h"
#include "bench/load/report_parts.h"
#include "bench/load/tenants/tenant_names.h"
#include "proxy/command/exit_status.h"
#include "proxy/ops/process.h"
#include "tenants/config/address.h"
#include "tenants/config/file_text.h"
#include "verifier/check.h"

namespace danegate {
namespace {

constexpr std::size_t kMostPemOctets = 16 << 20;
// Files that are not connections, and those of connections that have not quite
// gone yet.
constexpr std::size_t kSpareFiles = 500;

Result<SocketAddress, std::string> ToTarget(const std::string& text) {
  const auto address = ParseConfiguredAddress(text);
  if (!address) return Failure("--target: " + address.error());
  return SocketAddress::Parse(address->host, address->port);
}

Result<std::shared_ptr<const Credential>, std::string> ReadPresented(
    const HandshakesRequest& request) {
  if (request.certificate_file.empty()) {
    return std::shared_ptr<const Credential>();
  }
  const auto chain =
      ReadWholeFile(request.certificate_file, kMostPemOctets, Secrecy::kPublic);
  if (!chain) return Failure("--client-certificate: " + chain.error());
  const auto key =
      ReadWholeFile(request.key_file, kMostPemOctets, Secrecy::kPublic);
  if (!key) return Failure("--client-key: " + key.error());
  auto credential = Credential::FromPem(*chain, *key);
  if (!credential) {
    return Failure("--client-certificate, --client-key: " + credential.error());
  }
  return credential;
}

Result<std::vector<LoadPeer>, std::string> ReadWhoWeAre(
    const HandshakesRequest& request) {
  if (!request.peers_folder.empty()) {
    auto peers = ReadPeers(request.peers_folder,
                           std::numeric_limits<std::size_t>::max());
    if (!peers) return Failure("--peers: " + peers.error());
    return *std::move(peers);
  }
  auto from = Domain::Parse(request.from);
  if (!from) return Failure("--from: expected a domain");
  auto presented = ReadPresented(request);
  if (!presented) return Failure(presented.error());
  return std::vector{LoadPeer{*std::move(from), *std::move(presented)}};
}

Result<std::optional<TrustStore>, std::string> ReadTrust(
    const std::string& file) {
  if (file.empty()) return std::optional<TrustStore>();
  const auto pem = ReadWholeFile(file, kMostPemOctets, Secrecy::kPublic);
  if (!pem) return Failure("--trust: " + pem.error());
  auto trust = TrustStore::FromPem(*pem);
  if (!trust) return Failure("--trust: " + trust.error());
  return std::optional(*std::move(trust));
}

Result<CertificateCheck, std::string> ToCheck(
    const HandshakesRequest& request, const std::vector<Domain>& names) {
  auto trust = ReadTrust(request.trust_file);
  if (!trust) return Failure(trust.error());
  const std::string& folder = request.expected_folder;
  if (folder.empty()) return CertificateCheck(*std::move(trust), std::nullopt);
  std::error_code error;
  if (!std::filesystem::is_directory(folder + "/" + kTenantsFolder, error)) {
    return Failure(
        "--expect: expected a folder as danegate-load tenants "
        "writes it; there is no " +
        folder + "/" + kTenantsFolder);
  }
  return CertificateCheck(*std::move(trust), ExpectedLeaves(folder, names));
}

Result<HandshakePlan, std::string> ToPlan(const HandshakesRequest& request) {
  const auto target = ToTarget(request.target);
  if (!target) return Failure(target.error());
  auto names = ReadNames(request.names_file);
  if (!names) return Failure("--names: " + names.error());
  auto peers = ReadWhoWeAre(request);
  if (!peers) return Failure(peers.error());
  const std::size_t most = std::max<std::size_t>(
      MaxOpenFiles() - std::min(MaxOpenFiles(), kSpareFiles), 1);
  HandshakePlan plan = {
      .target = *target,
      .direct_tls = !request.starttls,
      .names = *std::move(names),
      .seed = request.seed,
      .peers = *std::move(peers),
      .rate = request.rate,
      .most_at_a_time =
          request.rate ? most : std::min(request.concurrency, most),
      .count = request.count,
      .duration = {}};
  if (request.seconds) {
    plan.duration = std::chrono::duration_cast<Duration>(
        std::chrono::duration<double>(*request.seconds));
  }
  if (!plan.count && !plan.duration) plan.count = plan.names.size();
  return plan;
}

std::optional<ProcessUsage> UsageOf(std::optional<pid_t> process) {
  if (!process) return std::nullopt;
  const auto usage = ReadProcessUsage(*process);
  return usage ? std::optional(*usage) : std::nullopt;
}

ProcessUsage OwnUsage() {
  const auto usage = ReadProcessUsage(::getpid());
  DANEGATE_CHECK(usage.ok());
  return *usage;
}

// What would make the figures mean something else than they seem to.
void Warn(const HandshakesRequest& request, const HandshakeReport& report) {
  if (request.process && !report.server) {
    std::fprintf(stderr, "danegate-load: --pid: process %d has ended\n",
                 static_cast<int>(*request.process));
  }
  if (report.plan.rate) WarnOfPace(report.tally.pace(), "handshakes");
}

void Print(const HandshakesRequest& request, const HandshakeReport& report) {
  const std::string text =
      request.json ? ToJson(report) : ToText(report, Ink::For(stdout));
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  Warn(request, report);
}

// Empty if all is well, or there is nothing to draw.
std::string Draw(const HandshakesRequest& request, const HandshakePlan& plan,
                 const HandshakeRun& run) {
  if (request.svg_file.empty()) return "";
  return WriteSvg(request.svg_file,
                  "TLS handshakes with " + plan.target.ToString() +
                      (plan.direct_tls ? ", direct TLS" : ", STARTTLS"),
                  {LatencyPanel("latency of a handshake", run.tally().times()),
                   RatePanel("completed handshakes", run.samples())});
}

int Measure(const HandshakesRequest& request, const HandshakePlan& plan,
            CertificateCheck& check) {
  const auto server_before = UsageOf(request.process);
  if (request.process && !server_before) {
    return Fail(kExitUsage, "--pid: there is no process " +
                                std::to_string(*request.process));
  }
  const ProcessUsage own_before = OwnUsage();
  HandshakeRun run(plan, check);
  run.Run();
  HandshakeReport report = {.plan = plan,
                            .tally = run.tally(),
                            .took = run.took(),
                            .interrupted = run.interrupted(),
                            .generator = {own_before, OwnUsage()},
                            .server_process = request.process.value_or(0),
                            .server = {}};
  if (const auto after = UsageOf(request.process)) {
    report.server = {*server_before, *after};
  }
  Print(request, report);
  if (const std::string why = Draw(request, plan, run); !why.empty()) {
    return Fail(kExitBad, why);
  }
  return run.tally().IsGood() ? kExitGood : kExitBad;
}

}  // namespace

int RunHandshakes(const HandshakesRequest& request) {
  PrepareProcess();
  const auto plan = ToPlan(request);
  if (!plan) return Fail(kExitUsage, plan.error());
  auto check = ToCheck(request, plan->names);
  if (!check) return Fail(kExitUsage, check.error());
  return Measure(request, *plan, *check);
}

}  // namespace danegate
