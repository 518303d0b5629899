// The words of proof.h, question.h, policy.h, decision.h and domain.h. Scripts,
// dashboards and runbooks hold them: a word is never changed, only added.
#include "verifier/check.h"
#include "verifier/decision.h"
#include "verifier/domain.h"
#include "verifier/policy.h"
#include "verifier/proof.h"
#include "verifier/question.h"

namespace danegate {

namespace {

// Behind a switch that names every value: only a value that was never in the
// enumeration comes here.
[[noreturn]] void NoSuchValue() {
  FailCheck("a value of the enumeration", __FILE__, __LINE__);
}

}  // namespace

std::string_view ToString(Prooftype prooftype) {
  switch (prooftype) {
    case Prooftype::kDaneEe:
      return "dane-ee";
    case Prooftype::kDaneTa:
      return "dane-ta";
    case Prooftype::kPkixEe:
      return "pkix-ee";
    case Prooftype::kPkixTa:
      return "pkix-ta";
    case Prooftype::kPki:
      return "pki";
    case Prooftype::kPosh:
      return "posh";
    case Prooftype::kDialback:
      return "dialback";
  }
  NoSuchValue();
}

std::string_view ToString(Outcome outcome) {
  switch (outcome) {
    case Outcome::kProved:
      return "proved";
    case Outcome::kDisproved:
      return "disproved";
    case Outcome::kAbsent:
      return "absent";
    case Outcome::kIndeterminate:
      return "indeterminate";
  }
  NoSuchValue();
}

std::string_view ToString(Reason reason) {
  switch (reason) {
    case Reason::kMatched:
      return "matched";
    case Reason::kNoCertificate:
      return "no-certificate";
    case Reason::kNoSecureDelegation:
      return "no-secure-delegation";
    case Reason::kNoService:
      return "no-service";
    case Reason::kNoTlsa:
      return "no-tlsa";
    case Reason::kAllUnusable:
      return "all-unusable";
    case Reason::kMixedDeployment:
      return "mixed-deployment";
    case Reason::kNoMatch:
      return "no-match";
    case Reason::kExpired:
      return "expired";
    case Reason::kWrongName:
      return "wrong-name";
    case Reason::kUntrustedPath:
      return "untrusted-path";
    case Reason::kDnsBogus:
      return "dns-bogus";
    case Reason::kDnsFailed:
      return "dns-failed";
    case Reason::kBudgetExhausted:
      return "budget-exhausted";
    case Reason::kPeerRefused:
      return "peer-refused";
    case Reason::kNotTried:
      return "not-tried";
    case Reason::kNoPosh:
      return "no-posh";
    case Reason::kPoshNoMatch:
      return "posh-no-match";
    case Reason::kPoshFailed:
      return "posh-failed";
  }
  NoSuchValue();
}

std::string_view ToString(RecordType type) {
  switch (type) {
    case RecordType::kA:
      return "A";
    case RecordType::kCname:
      return "CNAME";
    case RecordType::kAaaa:
      return "AAAA";
    case RecordType::kSrv:
      return "SRV";
    case RecordType::kTlsa:
      return "TLSA";
  }
  NoSuchValue();
}

std::string_view ToString(DnsSecurity security) {
  switch (security) {
    case DnsSecurity::kSecure:
      return "secure";
    case DnsSecurity::kInsecure:
      return "insecure";
    case DnsSecurity::kBogus:
      return "bogus";
  }
  NoSuchValue();
}

std::string_view ToString(DnsStatus status) {
  switch (status) {
    case DnsStatus::kData:
      return "data";
    case DnsStatus::kNoData:
      return "no-data";
    case DnsStatus::kNoName:
      return "no-name";
    case DnsStatus::kFailed:
      return "failed";
  }
  NoSuchValue();
}

std::string_view ToString(ProofRequirement requirement) {
  switch (requirement) {
    case ProofRequirement::kDane:
      return "dane";
    case ProofRequirement::kStrong:
      return "strong";
    case ProofRequirement::kAny:
      return "any";
  }
  NoSuchValue();
}

std::string_view ToString(Decision decision) {
  switch (decision) {
    case Decision::kGrantByDane:
      return "grant-dane";
    case Decision::kGrantByPki:
      return "grant-pki";
    case Decision::kGrantByPosh:
      return "grant-posh";
    case Decision::kGrantByDialback:
      return "grant-dialback";
    case Decision::kRefuse:
      return "refuse";
    case Decision::kDefer:
      return "defer";
    case Decision::kDialbackOnly:
      return "dialback-only";
  }
  NoSuchValue();
}

std::string_view ToString(DomainError error) {
  switch (error) {
    case DomainError::kEmpty:
      return "empty";
    case DomainError::kTooLong:
      return "too-long";
    case DomainError::kBadLabel:
      return "bad-label";
    case DomainError::kBadIdn:
      return "bad-idn";
    case DomainError::kIpLiteral:
      return "ip-literal";
    case DomainError::kNotBare:
      return "not-bare";
  }
  NoSuchValue();
}

}  // namespace danegate
