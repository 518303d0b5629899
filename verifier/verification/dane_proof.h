// DaneProof judges a peer by the TLSA records of its secure targets (RFC 7673;
// spec D.6, D.7): one match is enough, whatever the other targets say. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "verifier/certificate.h"
#include "verifier/dane/tlsa_matcher.h"
#include "verifier/domain.h"
#include "verifier/proof.h"
#include "verifier/verification/answers.h"
#include "verifier/verification/conclusion.h"
#include "verifier/verification/delegation.h"

namespace danegate {

struct DaneFinding {
  ProofFinding finding;
  // For kProved.
  Prooftype prooftype = Prooftype::kDaneEe;
  std::string tlsa_owner;
  std::string tlsa_record;
  std::string matched_name;
  // For kProved: how long everything holds that it rests on, from the start.
  std::chrono::seconds lifetime{0};
  // For every other outcome: what failed, and the record that would mend it.
  std::string remedy;
  // There are TLSA records, and none can be used: the domain asks for more than
  // dialback all the same (D-50).
  bool asks_for_certificate = false;
};

class DaneProof {
 public:
  // D-22: the most targets that are looked at.
  static constexpr std::size_t kMaxTargets = 8;

  // An empty chain cannot be proved, and is judged all the same. `trust` is for
  // usages 0 and 1; all are borrowed.
  DaneProof(const Domain& peer, const CertificateChain& chain,
            const TrustStore& trust, UnixTime at);

  // Goes on as far as `answers` allow, and leaves there what is wanted.
  void Advance(Answers& answers);

  // Set once, then final.
  const std::optional<DaneFinding>& finding() const { return finding_; }
  // The hosts that the domain delegates to securely, known with the finding.
  const std::vector<Domain>& secure_hosts() const { return secure_hosts_; }
  // What the records of each TLSA owner name said, as far as they were
  // compared.
  const std::vector<std::pair<std::string, std::string>>& comparisons() const {
    return comparisons_;
  }

 private:
  void AdvanceTargets(const Delegation&, Answers&);
  void Compare(ExaminedTarget&);
  void Prove(const Delegation&, const ExaminedTarget&);
  // Every target is examined and none matched.
  void ConcludeWithoutMatch(const Delegation&);
  // For every outcome but kProved.
  void Refuse(Outcome, Reason, std::string remedy);
  void NoteSecureHosts(const Delegation&);

  const Domain& peer_;
  const CertificateChain& chain_;
  const UnixTime at_;
  // One for all targets: paths and digests are found once. Nothing where the
  // peer presented no certificate.
  std::optional<TlsaMatcher> matcher_;
  std::vector<std::optional<ExaminedTarget>> targets_;
  std::vector<Domain> secure_hosts_;
  std::vector<std::pair<std::string, std::string>> comparisons_;
  std::optional<DaneFinding> finding_;
};

}  // namespace danegate
