#include "proxy/command/explain.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include "proxy/command/chosen_tenants.h"
#include "proxy/command/exit_status.h"
#include "proxy/command/explain/explain_report.h"
#include "proxy/ops/process.h"
#include "proxy/ops/trust_store_file.h"
#include "tenants/config/domain_mistake.h"
#include "tenants/config/file_text.h"
#include "tenants/tenant_file.h"

namespace danegate {
namespace {

constexpr std::size_t kMostOctets = 16 << 20;
// RFC 6761: nobody's, so that no server takes us for somebody.
constexpr char kNobody[] = "explain.invalid";

// What the edge would judge by.
struct Means {
  Settings settings;
  std::string tenant;
  Domain from;
  std::shared_ptr<const ProofPolicy> policy;
};

// `strong`, with the edge's own roots.
std::shared_ptr<const ProofPolicy> DefaultPolicy() {
  return std::make_shared<ProofPolicy>(
      ProofPolicy{.require = ProofRequirement::kStrong});
}

std::string Default(std::string_view key) {
  return std::string(RowOf(EdgeSettings(), key).value);
}

Means DefaultMeans() {
  Settings settings;
  settings.trust_anchor_files = {Default("resolver.trust_anchor")};
  settings.trust_store = Default("trust_store");
  settings.posh_trust_store = Default("posh.trust_store");
  return {std::move(settings), "", *Domain::Parse(kNobody), DefaultPolicy()};
}

Result<Means, std::string> MeansOf(const ExplainRequest& request) {
  if (request.config_file.empty()) {
    if (request.tenant.empty()) return DefaultMeans();
    return Failure(
        std::string("--tenant: expected --config FILE with it: it names the "
                    "tenants"));
  }
  if (request.tenant.empty()) {
    const auto settings = ReadSettings(request.config_file);
    if (!settings) return Failure(settings.error());
    return Means{*settings, "", settings->edge_hosts.front(), DefaultPolicy()};
  }
  const auto chosen =
      ReadTenants(request.config_file, {request.tenant}, "--tenant: ");
  if (!chosen) return Failure(chosen.error());
  const Tenant& tenant = *chosen->tenants.front();
  return Means{chosen->configuration.settings, request.tenant,
               tenant.domains.front(), tenant.policy};
}

Result<Domain, std::string> PeerOf(const ExplainRequest& request) {
  auto peer = Domain::Parse(request.domain);
  if (peer) return *std::move(peer);
  return Failure(DomainMistake(request.domain, peer.error()));
}

Result<CertificateChain, std::string> ChainOf(const ExplainRequest& request) {
  if (request.chain_file.empty()) return CertificateChain();
  const auto pem =
      ReadWholeFile(request.chain_file, kMostOctets, Secrecy::kPublic);
  if (!pem) return Failure("--chain: " + pem.error());
  auto chain = CertificateChain::ParsePem(*pem);
  if (chain) return *std::move(chain);
  return Failure("--chain " + request.chain_file + ": " + chain.error());
}

Result<ExplainReport, std::string> Explain(const ExplainRequest& request) {
  auto peer = PeerOf(request);
  if (!peer) return Failure(peer.error());
  auto chain = ChainOf(request);
  if (!chain) return Failure(chain.error());
  auto means = MeansOf(request);
  if (!means) return Failure(means.error());
  auto trust = ReadTrustStore(means->settings.trust_store);
  if (!trust) return Failure(trust.error());
  auto story = Investigate(
      means->settings.ToVerifierSettings(), *trust,
      Subject{*peer, means->from, *std::move(chain), means->policy});
  if (!story) return Failure(story.error());
  ExplainReport report{*std::move(peer), means->tenant,     request.chain_file,
                       means->policy,    *std::move(story), {}};
  for (std::size_t i = 0; i < report.story.chain.size(); ++i) {
    report.certificates.push_back(
        CertificateSummary::Of(report.story.chain.der(i)));
  }
  return report;
}

int ToExitStatus(Outcome outcome) {
  switch (outcome) {
    case Outcome::kProved:
      return kExitGood;
    case Outcome::kDisproved:
      return kExitBad;
    case Outcome::kAbsent:
      return kExitAbsent;
    case Outcome::kIndeterminate:
      return kExitIndeterminate;
  }
  return kExitIndeterminate;
}

}  // namespace

int RunExplain(const ExplainRequest& request) {
  if (const auto why = HideMemory()) {
    std::fprintf(stderr, "danegate explain: %s\n", why->c_str());
    return kExitUsage;
  }
  PrepareProcess();
  const auto report = Explain(request);
  if (!report) {
    std::fprintf(stderr, "danegate explain: %s\n", report.error().c_str());
    return kExitUsage;
  }
  if (request.json) {
    std::puts(ToJson(*report).c_str());
  } else {
    std::fputs(ToText(*report, Ink::For(stdout)).c_str(), stdout);
  }
  return ToExitStatus(OutcomeOf(*report));
}

}  // namespace danegate
