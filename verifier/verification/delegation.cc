#include "verifier/verification/delegation.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace danegate {
namespace {

constexpr std::uint16_t kDefaultPort = 5269;
constexpr std::size_t kFixedFields = 6;

std::uint16_t Read16(std::span<const std::uint8_t> bytes) {
  return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
}

// A printable ASCII octet that needs no escape in presentation form.
bool IsPlain(std::uint8_t octet) {
  return octet > 0x20 && octet < 0x7f && octet != '.' && octet != '\\';
}

char ToLower(std::uint8_t octet) {
  const char c = static_cast<char>(octet);
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// An uncompressed name that takes up all of `wire`; "." is empty.
std::optional<std::string> ReadName(std::span<const std::uint8_t> wire) {
  std::string name;
  while (!wire.empty() && wire[0] != 0) {
    const std::size_t length = wire[0];
    if (length > 63 || length >= wire.size()) return std::nullopt;
    if (!name.empty()) name += '.';
    for (const std::uint8_t octet : wire.subspan(1, length)) {
      if (!IsPlain(octet)) return std::nullopt;
      name += ToLower(octet);
    }
    wire = wire.subspan(1 + length);
  }
  if (wire.size() != 1) return std::nullopt;
  return name;
}

// The records of one answer, and those that could not be read.
struct SrvSet {
  std::vector<SrvRecord> records;
  std::size_t unreadable = 0;

  // D-03: one record, and its target is ".".
  bool says_no_service() const {
    return unreadable == 0 && records.size() == 1 && records[0].target.empty();
  }
};

SrvSet ReadSet(const Answer& answer) {
  SrvSet set;
  for (const auto& rdata : answer.rdata) {
    auto record = SrvRecord::ParseRdata(rdata);
    if (record) {
      set.records.push_back(std::move(*record));
    } else {
      ++set.unreadable;
    }
  }
  return set;
}

// A target with the priority that it is tried at.
struct RankedTarget {
  std::uint16_t priority;
  DelegatedTarget target;
};

void AddTargets(const SrvSet& set, bool direct_tls,
                std::vector<RankedTarget>& ranked, Delegation& delegation) {
  delegation.has_others |= set.unreadable > 0;
  for (const SrvRecord& record : set.records) {
    if (record.target.empty()) continue;
    auto host = Domain::Parse(record.target);
    if (host) {
      ranked.push_back(
          {record.priority, {std::move(*host), record.port, direct_tls}});
    } else {
      delegation.has_others = true;
    }
  }
}

// H-01: one set, by priority; direct TLS first among equals (H-10).
std::vector<DelegatedTarget> InOrder(std::vector<RankedTarget> ranked) {
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const RankedTarget& a, const RankedTarget& b) {
                     return a.priority < b.priority;
                   });
  std::vector<DelegatedTarget> targets;
  for (RankedTarget& entry : ranked) {
    if (std::find(targets.begin(), targets.end(), entry.target) ==
        targets.end()) {
      targets.push_back(std::move(entry.target));
    }
  }
  return targets;
}

Delegation Failed(const Answer& answer) {
  Delegation delegation;
  delegation.status = DelegationStatus::kFailed;
  delegation.bogus = answer.security == DnsSecurity::kBogus;
  delegation.failure = answer.question.name + " SRV: " + answer.failure;
  return delegation;
}

Delegation OfStatus(DelegationStatus status) {
  Delegation delegation;
  delegation.status = status;
  return delegation;
}

// D-04, D-05: no SRV record of either kind. The denials are signed, or the
// domain's zone is not, and then its TLSA records would be worth nothing.
Delegation WithoutSrv(const Domain& domain, const Answer& starttls,
                      const Answer& direct_tls) {
  if (starttls.security != DnsSecurity::kSecure ||
      direct_tls.security != DnsSecurity::kSecure) {
    return OfStatus(DelegationStatus::kInsecure);
  }
  Delegation delegation = OfStatus(DelegationStatus::kSecure);
  delegation.targets.push_back({domain, kDefaultPort, false});
  delegation.lifetime = std::min(starttls.lifetime, direct_tls.lifetime);
  return delegation;
}

void List(const Answer& answer, bool direct_tls,
          std::vector<ListedTarget>& list) {
  for (SrvRecord& record : ReadSet(answer).records) {
    auto host = Domain::Parse(record.target);
    if (!host) continue;  // "." too
    list.push_back({record.priority,
                    record.weight,
                    {std::move(*host), record.port, direct_tls},
                    answer.security == DnsSecurity::kSecure});
  }
}

}  // namespace

Result<SrvRecord, std::string> SrvRecord::ParseRdata(
    std::span<const std::uint8_t> rdata) {
  if (rdata.size() <= kFixedFields) {
    return Failure("expected priority, weight, port and target, got " +
                   std::to_string(rdata.size()) + " octets");
  }
  auto target = ReadName(rdata.subspan(kFixedFields));
  if (!target) return Failure(std::string("the target is not a host name"));
  return SrvRecord{Read16(rdata), Read16(rdata.subspan(2)),
                   Read16(rdata.subspan(4)), std::move(*target)};
}

std::string SrvRecord::ToText() const {
  return std::to_string(priority) + " " + std::to_string(weight) + " " +
         std::to_string(port) + " " + target + ".";
}

Question SrvQuestion(const Domain& domain, bool direct_tls) {
  return {(direct_tls ? "_xmpps-server._tcp." : "_xmpp-server._tcp.") +
              domain.ascii(),
          RecordType::kSrv};
}

Delegation ReadDelegation(const Domain& domain, const Answer& starttls,
                          const Answer& direct_tls) {
  for (const Answer* answer : {&starttls, &direct_tls}) {
    if (answer->status == DnsStatus::kFailed) return Failed(*answer);  // K-16
  }
  const bool has_starttls = starttls.status == DnsStatus::kData;
  const bool has_direct_tls = direct_tls.status == DnsStatus::kData;
  if (!has_starttls && !has_direct_tls) {
    return WithoutSrv(domain, starttls, direct_tls);
  }
  Delegation delegation = OfStatus(DelegationStatus::kInsecure);
  std::vector<RankedTarget> ranked;
  bool no_service = true;
  for (const bool direct : {true, false}) {
    const Answer& answer = direct ? direct_tls : starttls;
    if (answer.status != DnsStatus::kData) continue;
    const SrvSet set = ReadSet(answer);
    no_service &= set.says_no_service();
    if (answer.security == DnsSecurity::kSecure) {  // D-10
      delegation.status = DelegationStatus::kSecure;
      AddTargets(set, direct, ranked, delegation);
    } else {
      delegation.has_others = true;
    }
  }
  if (no_service) return OfStatus(DelegationStatus::kNoService);
  delegation.targets = InOrder(std::move(ranked));
  delegation.lifetime = std::min(starttls.lifetime, direct_tls.lifetime);
  if (delegation.targets.empty()) {
    delegation.status = DelegationStatus::kInsecure;
  }
  return delegation;
}

std::vector<ListedTarget> ListTargets(const Domain& domain,
                                      const Answer& starttls,
                                      const Answer& direct_tls) {
  std::vector<ListedTarget> list;
  if (starttls.status != DnsStatus::kData &&
      direct_tls.status != DnsStatus::kData) {
    list.push_back({0,
                    0,
                    {domain, kDefaultPort, false},
                    starttls.security == DnsSecurity::kSecure});
    return list;
  }
  List(direct_tls, true, list);
  List(starttls, false, list);
  return list;
}

}  // namespace danegate
