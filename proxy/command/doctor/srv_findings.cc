#include "proxy/command/doctor/srv_findings.h"

#include <optional>
#include <string>

namespace danegate {
namespace {

const char* Way(bool direct) { return direct ? "direct TLS" : "STARTTLS"; }

// The two questions of one domain, answered.
class SrvCheck {
 public:
  SrvCheck(const DomainFacts& facts, const Expectation& expected)
      : facts_(facts), expected_(expected) {}

  std::vector<Finding> Run() {
    for (const Answer* answer : {&facts_.starttls, &facts_.direct_tls}) {
      if (answer->status != DnsStatus::kFailed) continue;
      // D-11, K-16: nobody connects, so that nothing else matters.
      findings_.push_back(DnsFinding(
          "peers cannot find out where " + facts_.domain.ascii() + " lives",
          answer->security == DnsSecurity::kBogus, answer->failure));
      return std::move(findings_);
    }
    if (!HasRecords(false) && !HasRecords(true)) {
      Add(Severity::kError, Mistake::kSrvMissing,
          facts_.domain.ascii() +
              " has no SRV records, so that peers look for "
              "a server at its own address",
          LinesOf({false, true}), "publish");
      return std::move(findings_);
    }
    CheckKind(false);
    CheckKind(true);
    CheckSigned();
    if (facts_.too_many) {
      Add(Severity::kWarning, Mistake::kSrvMany,
          facts_.domain.ascii() + " has more SRV records than were looked at",
          {}, "publish fewer; most peers try but a few");
    }
    return std::move(findings_);
  }

 private:
  const Answer& AnswerOf(bool direct) const {
    return direct ? facts_.direct_tls : facts_.starttls;
  }
  bool HasRecords(bool direct) const {
    return AnswerOf(direct).status == DnsStatus::kData;
  }

  void CheckKind(bool direct) {
    const auto port = expected_.settings.PublicPort(direct);
    if (!HasRecords(direct)) {
      if (port) TellMissing(direct);
      return;
    }
    const auto& rdata = AnswerOf(direct).rdata;
    for (const auto& one : rdata) {
      const auto record = SrvRecord::ParseRdata(one);
      if (!record) {
        Add(Severity::kError, Mistake::kSrvNoName,
            NameOf(direct) + " cannot be read: " + record.error(),
            LinesOf({direct}));
      } else if (record->target.empty()) {
        if (rdata.size() == 1 && port) TellNoService(direct);
      } else {
        CheckRecord(*record, direct);
      }
    }
  }

  // Without _xmpps-server every peer comes by STARTTLS; without _xmpp-server
  // those that know nothing else do not come at all.
  void TellMissing(bool direct) {
    Add(direct ? Severity::kWarning : Severity::kError,
        direct ? Mistake::kSrvDirectMissing : Mistake::kSrvStartTlsMissing,
        NameOf(direct) + " is missing, although the edge listens for " +
            Way(direct),
        LinesOf({direct}), "publish");
  }

  void TellNoService(bool direct) {
    Add(direct ? Severity::kWarning : Severity::kError, Mistake::kSrvNoService,
        NameOf(direct) +
            " says that there is no such service (\".\"), "
            "although the edge listens for " +
            Way(direct),
        LinesOf({direct}));
  }

  void CheckRecord(const SrvRecord& record, bool direct) {
    const std::string what = NameOf(direct) + " points to " + record.target;
    const auto host = Domain::Parse(record.target);
    if (!host) {
      return Add(Severity::kError, Mistake::kSrvNoName,
                 what + ", which is no host name", LinesOf({direct}));
    }
    if (!expected_.IsTarget(*host)) {
      return Add(HasRightRecord(direct) ? Severity::kWarning : Severity::kError,
                 Mistake::kSrvWrongHost,
                 what + ", which is not a name that " + expected_.tenant.name +
                     " is served under",
                 LinesOf({direct}));
    }
    const auto port = expected_.settings.PublicPort(direct);
    if (port == record.port) return;
    Add(Severity::kError, Mistake::kSrvWrongPort,
        what + " port " + std::to_string(record.port) +
            (port ? ", but the edge's port for " + std::string(Way(direct)) +
                        " is " + std::to_string(*port)
                  : ", but nobody listens there for " +
                        std::string(Way(direct))),
        LinesOf({direct}));
  }

  bool HasRightRecord(bool direct) const {
    for (const EndpointFacts& endpoint : facts_.endpoints) {
      if (endpoint.target.direct_tls == direct &&
          expected_.IsTarget(endpoint.target.host) &&
          LeadsToUs(endpoint.target, expected_)) {
        return true;
      }
    }
    return false;
  }

  // How bad that is, is said where the endpoints are judged.
  void CheckSigned() {
    for (const bool direct : {false, true}) {
      if (!HasRecords(direct) ||
          AnswerOf(direct).security == DnsSecurity::kSecure) {
        continue;
      }
      return Add(Severity::kWarning, Mistake::kZoneUnsigned,
                 "the SRV records of " + facts_.domain.ascii() +
                     " are not signed, so that no peer may use DANE (RFC 7673)",
                 {},
                 "sign the zone with DNSSEC, and have its DS record put into "
                 "the zone above");
    }
  }

  std::string NameOf(bool direct) const {
    return "the record " + SrvQuestion(facts_.domain, direct).name;
  }

  std::vector<std::string> LinesOf(std::initializer_list<bool> kinds) const {
    std::vector<std::string> lines;
    for (const bool direct : kinds) {
      for (auto& line :
           expected_.LinesAt(SrvQuestion(facts_.domain, direct).name)) {
        lines.push_back(std::move(line));
      }
    }
    return lines;
  }

  void Add(Severity severity, Mistake mistake, std::string what,
           std::vector<std::string> records, std::string remedy = {}) {
    if (remedy.empty()) {
      remedy = records.empty() ? "withdraw it" : "publish instead";
    }
    findings_.push_back({severity, mistake, std::move(what), std::move(remedy),
                         std::move(records)});
  }

  const DomainFacts& facts_;
  const Expectation& expected_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> CheckSrv(const DomainFacts& facts,
                              const Expectation& expected) {
  return SrvCheck(facts, expected).Run();
}

bool LeadsToUs(const DelegatedTarget& target, const Expectation& expected) {
  return expected.IsServedHere(target.host) &&
         expected.settings.PublicPort(target.direct_tls) == target.port;
}

// What libunbound says of a signature that has ended.
Finding DnsFinding(const std::string& what, bool bogus,
                   const std::string& failure) {
  if (!bogus) {
    return {Severity::kUnknown, Mistake::kDnsFailed, what + ": " + failure,
            "ask again later; if it stays so, look at the name servers"};
  }
  const bool expired = failure.find("signature expired") != std::string::npos;
  return {Severity::kError,
          expired ? Mistake::kSignatureExpired : Mistake::kDnsBogus,
          what + ": " + failure,
          expired ? "sign the zone anew, and see to it that this happens in "
                    "time from now on"
                  : "peers that validate do not connect: mend the zone's "
                    "signatures, or the DS record above it"};
}

}  // namespace danegate
