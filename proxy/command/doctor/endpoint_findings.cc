#include "proxy/command/doctor/endpoint_findings.h"

#include <algorithm>
#include <string>

#include "proxy/command/doctor/srv_findings.h"
#include "verifier/rfc3339.h"
#include "verifier/x509/certificate_summary.h"
#include "verifier/x509/presented_identity.h"

namespace danegate {
namespace {

using Kind = TargetFinding::Kind;

// As danegate check: time enough for a roll-over.
constexpr std::chrono::hours kLeastValidity{14 * 24};

bool IsMatch(const JudgedForm& form) {
  return form.judgement.match &&
         form.judgement.match->kind == TlsaMatch::Kind::kMatch;
}

// Usages 0 and 2 name a CA.
bool NamesCa(const TlsaRecord& record) {
  return record.usage == 0 || record.usage == 2;
}

std::string SniText(SniForm form) {
  switch (form) {
    case SniForm::kSource:
      return "the domain in SNI";
    case SniForm::kTarget:
      return "the SRV target in SNI";
    case SniForm::kNone:
      return "no SNI";
  }
  return {};
}

// One endpoint, judged for every kind of peer.
class EndpointCheck {
 public:
  EndpointCheck(const Domain& source, const EndpointFacts& facts,
                const std::vector<JudgedForm>& forms,
                const Expectation& expected)
      : source_(source), facts_(facts), forms_(forms), expected_(expected) {}

  std::vector<Finding> Run() {
    CheckAddresses();
    CheckValidity();
    CheckName();
    if (facts_.secure) CheckRecords();
    return std::move(findings_);
  }

 private:
  const std::string& host() const { return facts_.target.host.ascii(); }
  const std::string& owner() const { return facts_.finding.owner; }

  bool AllStrong() const {
    return std::all_of(forms_.begin(), forms_.end(),
                       [](const auto& form) { return form.IsStrong(); });
  }
  // For what leaves room for another proof.
  Severity IfNotProved() const {
    return AllStrong() ? Severity::kWarning : Severity::kError;
  }

  void CheckAddresses() {
    for (const Answer* answer : {&facts_.a, &facts_.aaaa}) {
      if (answer->status != DnsStatus::kData) continue;
      if (answer->canonical_name == host()) continue;
      Add(Severity::kWarning, Mistake::kTargetAlias,
          "the SRV target " + host() + " is an alias (CNAME) of " +
              answer->canonical_name +
              ", which RFC 2782 forbids and some peers refuse",
          "give it A and AAAA records of its own");
      break;
    }
    if (facts_.finding.kind == Kind::kFailed) return;  // told below
    if (facts_.a.rdata.empty() && facts_.aaaa.rdata.empty()) {
      Add(Severity::kError, Mistake::kTargetNoAddress,
          "the SRV target " + host() + " has neither A nor AAAA records",
          "publish its addresses");
    }
  }

  // D-61: a path is as good as the shortest of its certificates.
  void CheckValidity() {
    for (const JudgedForm& form : forms_) {
      const auto leaf = CertificateSummary::Of(form.chain.der(0));
      const UnixTime ends = std::min(leaf.not_after, form.judgement.not_after);
      if (ends - expected_.now >= kLeastValidity) continue;
      Add(Severity::kWarning, Mistake::kCertificateEnds,
          (ends == leaf.not_after ? "the certificate "
                                  : "a CA above the certificate ") +
              leaf.subject + " ends at " + ToRfc3339(ends),
          "have it renewed; danegate records --new-chain says how to change "
          "what is published");
    }
  }

  // D-42: with usage 3 no name counts. Some servers that prove by DANE look for
  // the domain all the same (Prosody 0.12); by direct TLS they put it into SNI.
  void CheckName() {
    for (const JudgedForm& form : forms_) {
      if (form.form != SniForm::kSource || !form.IsStrong()) continue;
      if (form.judgement.prooftype != Prooftype::kDaneEe) continue;
      if (PresentsIdentity(form.chain.der(0), source_, IdentifierForms::kAll)) {
        continue;
      }
      return Add(Severity::kWarning, Mistake::kCertificateName,
                 "the certificate for peers with the domain in SNI does not "
                 "name " +
                     source_.ascii() +
                     ", which DANE does not ask for, but some of those that "
                     "prove by it do (Prosody 0.12)",
                 "give the tenant a certificate that names its domains, with "
                 "the edge's key (deploy/tenant-certificate)");
    }
  }

  void CheckRecords() {
    switch (facts_.finding.kind) {
      case Kind::kFailed:
        findings_.push_back(DnsFinding("peers do not connect to " + host(),
                                       facts_.finding.bogus,
                                       facts_.finding.failure));
        return;
      case Kind::kUnsigned:
        return Add(IfNotProved(), Mistake::kHostUnsigned,
                   "the addresses of " + host() +
                       " are not signed, so that no peer looks for TLSA "
                       "records there",
                   "sign its zone with DNSSEC, and have its DS record put into "
                   "the zone above");
      case Kind::kWithoutTlsa:
        return TellMissing();
      case Kind::kTlsa:
        return CheckMatches();
      case Kind::kUnreachable:
      case Kind::kPending:
        return;
    }
  }

  void TellMissing() {
    const auto& elsewhere = facts_.tlsa_elsewhere;
    Add(IfNotProved(),
        elsewhere.empty() ? Mistake::kTlsaMissing : Mistake::kTlsaWrongPort,
        "there is no TLSA record at " + owner() +
            (elsewhere.empty() ? "" : ", but there is at " + elsewhere.front()),
        "publish", MissingLines());
  }

  void CheckMatches() {
    const JudgedForm* failed = nullptr;
    bool matched = false;
    for (const JudgedForm& form : forms_) {
      if (IsMatch(form)) matched = true;
      if (!IsMatch(form) && failed == nullptr) failed = &form;
    }
    if (failed == nullptr) return;
    const TlsaMatch& match = *failed->judgement.match;
    if (match.kind == TlsaMatch::Kind::kUnusable) {
      return Add(IfNotProved(), Mistake::kTlsaUnusable, At() + match.detail,
                 "publish instead", MissingLines());
    }
    Add(Severity::kError, MistakeOf(*failed, matched),  // D-52
        At() + match.detail + " (for peers with " + SniText(failed->form) + ")",
        RemedyOf(*failed), MissingLines());
  }

  // A word for what is behind a mismatch.
  Mistake MistakeOf(const JudgedForm& failed, bool others_match) const {
    if (failed.judgement.match->reason != Reason::kNoMatch) {
      return Mistake::kChainRefused;
    }
    if (ShowsChainOfCa(failed)) {
      const auto& records = facts_.finding.records;
      return std::any_of(records.begin(), records.end(), NamesCa)
                 ? Mistake::kCaNotInChain
                 : Mistake::kTlsaCaMissing;
    }
    return others_match ? Mistake::kSniMismatch : Mistake::kTlsaMismatch;
  }

  // The tenant's own; whoever puts the edge host into SNI is shown the edge's.
  bool ShowsChainOfCa(const JudgedForm& form) const {
    return expected_.tenant.identity == IdentityMode::kCa &&
           form.form != SniForm::kTarget;
  }

  std::string RemedyOf(const JudgedForm& failed) const {
    if (failed.judgement.match->reason != Reason::kNoMatch) {
      return "serve a certificate with a valid path, the CA's certificate "
             "behind it, that names the domain or " +
             host();
    }
    if (ShowsChainOfCa(failed)) {
      return "serve the named CA's certificate behind the tenant's, or publish";
    }
    if (!expected_.IsTarget(facts_.target.host)) {
      return "point the SRV records to " + expected_.targets.front().ascii() +
             ", whose TLSA records are the tenant's own";
    }
    return "publish; at a roll-over beside the old, two TTLs before the new "
           "key "
           "is served";
  }

  std::string At() const { return "at " + owner() + ", "; }

  // What ought to be there and is not.
  std::vector<std::string> MissingLines() const {
    std::vector<std::string> lines;
    const auto name = TlsaOwner(facts_.target.host, facts_.target.port);
    for (const std::string& line : expected_.LinesAt(name)) {
      const auto& there = facts_.finding.records;
      const bool known = std::any_of(
          there.begin(), there.end(), [&](const TlsaRecord& record) {
            return line.ends_with("TLSA " + record.ToText());
          });
      if (!known) lines.push_back(line);
    }
    return lines;
  }

  void Add(Severity severity, Mistake mistake, std::string what,
           std::string remedy, std::vector<std::string> records = {}) {
    findings_.push_back({severity, mistake, std::move(what), std::move(remedy),
                         std::move(records)});
  }

  const Domain& source_;
  const EndpointFacts& facts_;
  const std::vector<JudgedForm>& forms_;
  const Expectation& expected_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<JudgedForm> JudgeForms(const Domain& source,
                                   const EndpointFacts& facts,
                                   const PublishedPosh& posh,
                                   const Expectation& expected) {
  std::vector<JudgedForm> forms;
  const JudgedEndpoint endpoint{source, facts.target.host, facts.secure,
                                facts.finding};
  for (const ServedForm& served : facts.served) {
    if (served.form == SniForm::kTarget && !facts.secure) continue;
    for (const CertificateChain& chain : served.chains) {
      JudgedForm form{
          served.form, chain,
          JudgeEndpoint(endpoint, chain, expected.roots, expected.now)};
      form.by_posh = form.judgement.outcome == Outcome::kAbsent &&
                     !form.judgement.asks_for_certificate &&  // D-50
                     posh.Proves(chain, expected.now);
      forms.push_back(std::move(form));
    }
  }
  return forms;
}

std::vector<Finding> CheckEndpoint(const Domain& source,
                                   const EndpointFacts& facts,
                                   const std::vector<JudgedForm>& forms,
                                   const Expectation& expected) {
  return EndpointCheck(source, facts, forms, expected).Run();
}

PeerView ViewOf(const DelegatedTarget& target, const JudgedForm& form) {
  PeerView view{target.host.ascii(),
                target.port,
                target.direct_tls,
                std::string(ToString(form.form)),
                std::string(ToString(form.judgement.outcome)),
                "",
                form.judgement.detail};
  if (form.by_posh) {
    view.outcome = ToString(Outcome::kProved);
    view.proof = ToString(Prooftype::kPosh);
    view.detail = "the POSH document names the certificate";
  } else if (form.judgement.outcome == Outcome::kProved) {
    view.proof = ToString(form.judgement.prooftype);
  }
  return view;
}

}  // namespace danegate
