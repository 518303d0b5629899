#include "proxy/command/doctor/survey.h"

#include <algorithm>
#include <utility>

namespace danegate {
namespace {

using Kind = TargetFinding::Kind;

std::vector<ListedTarget> TargetsIn(const Domain& domain,
                                    const Answer& starttls,
                                    const Answer& direct_tls) {
  for (const Answer* answer : {&starttls, &direct_tls}) {
    if (answer->status == DnsStatus::kFailed) return {};  // D-11
  }
  return ListTargets(domain, starttls, direct_tls);
}

}  // namespace

Survey::Survey(Domain domain, std::vector<std::uint16_t> ports)
    : domain_(std::move(domain)), ports_(std::move(ports)) {}

void Survey::Advance(Answers& answers) {
  if (facts_) return;
  const Answer* starttls = answers.Find(SrvQuestion(domain_, false));
  const Answer* direct_tls = answers.Find(SrvQuestion(domain_, true));
  if (starttls == nullptr || direct_tls == nullptr) return;
  DomainFacts facts{domain_, *starttls, *direct_tls};
  bool pending = false;
  for (const auto& target : TargetsIn(domain_, *starttls, *direct_tls)) {
    if (facts.endpoints.size() == kMaxEndpoints) {
      facts.too_many = true;
      break;
    }
    auto endpoint = Look(target, answers);
    pending |= !endpoint;
    if (endpoint) facts.endpoints.push_back(*std::move(endpoint));
  }
  if (pending) return;
  std::stable_partition(
      facts.endpoints.begin(), facts.endpoints.end(),
      [](const EndpointFacts& one) { return !one.target.direct_tls; });
  facts_ = std::move(facts);
}

std::optional<EndpointFacts> Survey::Look(const ListedTarget& listed,
                                          Answers& answers) const {
  TargetFinding finding = Examine(listed.target, answers);
  if (finding.kind == Kind::kPending) return std::nullopt;
  const std::string& host = listed.target.host.ascii();
  // Examine() has asked for both.
  EndpointFacts facts{listed.target, listed.secure, std::move(finding),
                      *answers.Find({host, RecordType::kA}),
                      *answers.Find({host, RecordType::kAaaa})};
  if (!LookElsewhere(facts, answers)) return std::nullopt;
  return facts;
}

bool Survey::LookElsewhere(EndpointFacts& facts, Answers& answers) const {
  if (facts.finding.kind != Kind::kWithoutTlsa) return true;
  bool known = true;
  for (const std::uint16_t port : ports_) {
    if (port == facts.target.port) continue;
    const std::string owner = TlsaOwner(facts.target.host, port);
    const Answer* answer = answers.Find({owner, RecordType::kTlsa});
    known &= answer != nullptr;
    if (answer == nullptr || answer->status != DnsStatus::kData) continue;
    facts.tlsa_elsewhere.push_back(owner);
  }
  return known;
}

}  // namespace danegate
