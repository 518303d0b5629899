#include "proxy/ops/tlsa_clearance.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "tenants/records.h"
#include "verifier/tlsa.h"
#include "verifier/verification/target_finding.h"

namespace danegate {
namespace {

// An answer is used for so long at most: whoever mends a record does not wait.
constexpr std::chrono::seconds kLongestUse{10};
// And for so long at least, so that it is there when it is looked for again.
constexpr std::chrono::seconds kLeastUse{2};

// Under way at a time: the same resolver proves peers. Others wait.
constexpr std::size_t kMostAsked = 64;

using Kind = Clearance::Kind;

std::vector<TlsaRecord> RecordsOf(const Answer& answer) {
  std::vector<TlsaRecord> records;
  for (const auto& rdata : answer.rdata) {
    auto record = TlsaRecord::ParseRdata(rdata);
    if (record) records.push_back(*std::move(record));
  }
  return records;
}

}  // namespace

TlsaClearance::TlsaClearance(const Settings& settings, const TrustStore& trust,
                             VerifierService& verifier, VerifierInbox& inbox)
    : settings_(settings), trust_(trust), verifier_(verifier), inbox_(inbox) {}

Clearance TlsaClearance::Of(const Tenant& tenant, const CredentialSet& set,
                            Now now) {
  return Judge(TargetsOf(tenant, settings_), tenant.domains, set, now);
}

Clearance TlsaClearance::OfEdge(const CredentialSet& set, Now now) {
  return Judge(settings_.edge_hosts, {}, set, now);
}

Clearance TlsaClearance::Judge(const std::vector<Domain>& targets,
                               const std::vector<Domain>& names,
                               const CredentialSet& set, Now now) {
  Clearance clearance{Kind::kGranted};
  for (const Domain& target : targets) {
    std::vector<Domain> identities = {target};
    identities.insert(identities.end(), names.begin(), names.end());
    for (const auto port :
         {settings_.PublicPort(false), settings_.PublicPort(true)}) {
      if (!port) continue;
      const std::string owner = TlsaOwner(target, *port);
      const Answer* answer = Find(target, owner, now);
      if (answer == nullptr) {
        clearance.kind = Kind::kUnknown;  // the others are asked for, too
        continue;
      }
      auto why = WhyContradicted(*answer, identities, set, now.wall);
      if (!why.empty()) return {Kind::kRefused, std::move(why)};
    }
  }
  return clearance;
}

const Answer* TlsaClearance::Find(const Domain& target,
                                  const std::string& owner, Now now) {
  const auto known = known_.find(owner);
  if (known != known_.end() && now.monotonic < known->second.until) {
    return &known->second.answer;
  }
  const bool is_asked =
      std::any_of(asked_.begin(), asked_.end(),
                  [&owner](const auto& at) { return at.second == owner; });
  if (is_asked || asked_.size() >= kMostAsked) return nullptr;
  const std::uint64_t ticket = next_ticket_++;
  asked_.emplace(ticket, owner);
  std::vector<VerifierRequest> requests;
  requests.push_back(LookUpRequest{
      ticket, target, Question{owner, RecordType::kTlsa}, &inbox_});
  verifier_.Submit(std::move(requests));
  return nullptr;
}

bool TlsaClearance::OnReplies(Now now) {
  bool any = false;
  for (const VerifierReply& reply : inbox_.replies.Drain()) {
    const auto* look_up = std::get_if<LookUpReply>(&reply);
    if (look_up == nullptr) continue;
    const auto asked = asked_.find(look_up->ticket);
    if (asked == asked_.end()) continue;
    const auto use = std::clamp<std::chrono::seconds>(look_up->answer.lifetime,
                                                      kLeastUse, kLongestUse);
    known_[asked->second] = {look_up->answer, now.monotonic + use};
    asked_.erase(asked);
    any = true;
  }
  std::erase_if(known_, [now](const auto& at) {
    return now.monotonic >= at.second.until;
  });
  return any;
}

// Every certificate must fit, for a peer may be shown any of them.
std::string TlsaClearance::WhyContradicted(const Answer& answer,
                                           const std::vector<Domain>& names,
                                           const CredentialSet& set,
                                           UnixTime at) const {
  if (answer.status != DnsStatus::kData ||
      answer.security != DnsSecurity::kSecure) {
    return "";
  }
  const auto records = RecordsOf(answer);
  for (const auto& credential : set) {
    const auto match =
        MatchTlsa(credential->chain(), records, names, trust_, at);
    if (match.kind != TlsaMatch::Kind::kNoMatch) continue;
    const std::string tlsa =
        TlsaFor(IdentityMode::kEdgeKey, credential->chain());
    return "the TLSA records at " + answer.question.name +
           " name other keys than the new certificate's, so peers would refuse "
           "it (" +
           match.detail + "); publish " + answer.question.name + ". IN TLSA " +
           tlsa +
           " beside them, wait for two of their TTLs and reload, or run "
           "danegate ctl reload --force";
  }
  return "";
}

}  // namespace danegate
