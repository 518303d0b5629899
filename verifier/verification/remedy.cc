#include "verifier/verification/remedy.h"

#include "verifier/dane/suggested_record.h"
#include "verifier/verification/delegation.h"

namespace danegate {
namespace {

std::string Publish(const std::string& owner, const CertificateChain& chain) {
  const std::string record = SuggestedTlsa(chain);
  if (record.empty()) return "";
  return "; publish " + owner + ". IN TLSA " + record;
}

std::string ForTarget(const ExaminedTarget& target,
                      const CertificateChain& chain) {
  const std::string& owner = target.finding.owner;
  switch (target.finding.kind) {
    case TargetFinding::Kind::kTlsa:
      return target.match->kind == TlsaMatch::Kind::kUnusable
                 ? "no TLSA record at " + owner + " can be used (" +
                       target.match->detail + ")" + Publish(owner, chain)
                 : "the certificate that your server presented is not the one "
                   "that " +
                       owner + " names (" + target.match->detail + ")" +
                       Publish(owner, chain);
    case TargetFinding::Kind::kUnsigned:
      return "the address that goes with " + owner +
             " is not signed; sign its zone with DNSSEC" +
             Publish(owner, chain);
    case TargetFinding::Kind::kUnreachable:
      return "no SRV target has an address; give the host of " + owner +
             " an A or AAAA record" + Publish(owner, chain);
    case TargetFinding::Kind::kWithoutTlsa:
    case TargetFinding::Kind::kFailed:
    case TargetFinding::Kind::kPending:
      break;
  }
  return "there is no TLSA record at " + owner + Publish(owner, chain);
}

}  // namespace

std::string RemedyForNoCertificate(const Domain& peer) {
  return "your server presented no certificate; let it present the one that "
         "the TLSA records of " +
         peer.ascii() + " name, as a TLS client too";
}

std::string RemedyForInsecureDelegation(const Domain& peer,
                                        const CertificateChain& chain) {
  return "the delegation of " + peer.ascii() +
         " is not secure, so DANE cannot prove it: sign the zones of " +
         SrvQuestion(peer, false).name + " and of its target with DNSSEC" +
         Publish("_PORT._tcp.TARGET", chain);
}

std::string RemedyForNoService(const Domain& peer) {
  return SrvQuestion(peer, false).name +
         " has the target \".\": the domain says that it has no server; let "
         "the SRV record point to your server";
}

std::string RemedyForFailure(const Domain& peer, const std::string& failure) {
  return "the DNS could not tell whether this is " + peer.ascii() +
         "; try again later (" + failure + ")";
}

std::string RemedyFor(const Conclusion& conclusion, const Domain& peer,
                      const CertificateChain& chain) {
  if (conclusion.outcome != Outcome::kIndeterminate) {
    return ForTarget(*conclusion.target, chain);
  }
  if (conclusion.reason != Reason::kBudgetExhausted) {
    return RemedyForFailure(peer, conclusion.target->finding.failure);
  }
  return "finding out whether this is " + peer.ascii() +
         " takes more work than is spent on one peer; let the domain have "
         "fewer SRV targets and TLSA records";
}

}  // namespace danegate
