#include "verifier/verification/target_finding.h"

#include <algorithm>
#include <utility>

namespace danegate {
namespace {

using Kind = TargetFinding::Kind;

bool IsSecureData(const Answer& answer) {
  return answer.status == DnsStatus::kData &&
         answer.security == DnsSecurity::kSecure;
}

TargetFinding Plain(Kind kind, std::string owner) {
  TargetFinding finding;
  finding.kind = kind;
  finding.owner = std::move(owner);
  return finding;
}

TargetFinding Failed(const Answer& answer, std::string owner) {
  TargetFinding finding = Plain(Kind::kFailed, std::move(owner));
  finding.bogus = answer.security == DnsSecurity::kBogus;
  finding.failure = answer.question.name + " " +
                    std::string(ToString(answer.question.type)) + ": " +
                    answer.failure;
  return finding;
}

// The names under which TLSA records may stand, the first that has some counts.
struct BaseNames {
  std::vector<Domain> candidates;
  std::chrono::seconds lifetime{0};
};

// D-30: the securely expanded name, then the unexpanded one, none in between.
BaseNames Expand(const DelegatedTarget& target, const Answer& address) {
  BaseNames names;
  auto expanded = Domain::Parse(address.canonical_name);
  if (expanded && *expanded != target.host) {
    names.candidates.push_back(std::move(*expanded));
  }
  names.candidates.push_back(target.host);
  return names;
}

TargetFinding ReadTlsa(const Answer& answer, const DelegatedTarget& target,
                       const BaseNames& names, const Domain& base) {
  TargetFinding finding = Plain(Kind::kTlsa, TlsaOwner(base, target.port));
  finding.lifetime = std::min(names.lifetime, answer.lifetime);
  for (const auto& rdata : answer.rdata) {
    auto record = TlsaRecord::ParseRdata(rdata);
    // Too short to have its three numbers: unusable, which no value of ours
    // says better than a usage that nobody has defined (D-40).
    finding.records.push_back(record ? std::move(*record)
                                     : TlsaRecord{255, 255, 255, {}});
  }
  finding.names.push_back(base);
  for (const Domain& name : names.candidates) {
    if (name != base) finding.names.push_back(name);
  }
  return finding;
}

TargetFinding LookForTlsa(const DelegatedTarget& target, BaseNames names,
                          Answers& answers) {
  for (const Domain& base : names.candidates) {
    const std::string owner = TlsaOwner(base, target.port);
    const Answer* answer = answers.Find({owner, RecordType::kTlsa});
    if (answer == nullptr) return Plain(Kind::kPending, owner);
    if (answer->status == DnsStatus::kFailed) return Failed(*answer, owner);
    if (IsSecureData(*answer)) return ReadTlsa(*answer, target, names, base);
    names.lifetime = std::min(names.lifetime, answer->lifetime);
  }
  return Plain(Kind::kWithoutTlsa, TlsaOwner(target.host, target.port));
}

// D-14: the address is unsigned, but the target is an alias, and that link may
// be signed: then TLSA may stand at the target's own name.
TargetFinding BehindInsecureAlias(const DelegatedTarget& target,
                                  Answers& answers) {
  const std::string owner = TlsaOwner(target.host, target.port);
  const Answer* alias = answers.Find({target.host.ascii(), RecordType::kCname});
  if (alias == nullptr) return Plain(Kind::kPending, owner);
  if (alias->status == DnsStatus::kFailed) return Failed(*alias, owner);
  if (!IsSecureData(*alias)) return Plain(Kind::kUnsigned, owner);
  return LookForTlsa(target, {{target.host}, alias->lifetime}, answers);
}

// D-13: any signed address will do. Without one, an unsigned one tells enough:
// both types belong to one name, so to one zone. Only then does a failure
// count.
TargetFinding WithoutSecureAddress(const DelegatedTarget& target,
                                   const Answer& a, const Answer& aaaa,
                                   Answers& answers) {
  const std::string owner = TlsaOwner(target.host, target.port);
  for (const Answer* answer : {&a, &aaaa}) {
    if (answer->status != DnsStatus::kData) continue;
    if (answer->canonical_name != target.host.ascii()) {
      return BehindInsecureAlias(target, answers);
    }
    return Plain(Kind::kUnsigned, owner);
  }
  for (const Answer* answer : {&a, &aaaa}) {
    if (answer->status == DnsStatus::kFailed) return Failed(*answer, owner);
  }
  return Plain(Kind::kUnreachable, owner);
}

}  // namespace

std::string TlsaOwner(const Domain& base, std::uint16_t port) {
  return "_" + std::to_string(port) + "._tcp." + base.ascii();
}

TargetFinding Examine(const DelegatedTarget& target, Answers& answers) {
  const std::string& host = target.host.ascii();
  const Answer* a = answers.Find({host, RecordType::kA});
  const Answer* aaaa = answers.Find({host, RecordType::kAaaa});
  if (a == nullptr || aaaa == nullptr) {
    return Plain(Kind::kPending, TlsaOwner(target.host, target.port));
  }
  const Answer* secure = IsSecureData(*a)      ? a
                         : IsSecureData(*aaaa) ? aaaa
                                               : nullptr;
  if (secure == nullptr) {
    return WithoutSecureAddress(target, *a, *aaaa, answers);
  }
  BaseNames names = Expand(target, *secure);
  names.lifetime = secure->lifetime;
  return LookForTlsa(target, std::move(names), answers);
}

}  // namespace danegate
