// Verification decides about one peer, sans-IO: it asks questions, is given
// answers, and ends in a verdict. It knows no resolver, socket or clock.
//
//   Verification v(claimed, chain, trust, now);
//   while (!v.verdict()) {
//     while (auto q = v.NextQuestion()) ask(*q);      // all at once
//     if (auto r = v.NextRequest()) fetch(*r);
//     v.OnAnswer(wait_for_any(), now);        // or OnReply(), OnDeadline()
//   }
//
// What it decides (D6): first DANE, inbound over the union of the TLSA records
// of all secure targets of the peer's domain (D-70 to D-74); where that is
// absent and the rules allow it, PKI; where that does not prove the peer, POSH.
// What comes of all is decision.h's.
//
// A chain may be empty: the questions are asked all the same, and the outcome
// is anything but proved. A peer that presents nothing must not be able to have
// the records of its domain ignored.
//
// Contract: after each input, drain NextQuestion() and NextRequest() until they
// are empty, then look at verdict(). Answers may come in any order; an answer
// that was not asked for is ignored. Bounded: DaneProof::kMaxTargets targets,
// kMaxQuestions questions, kTimeLimit. Thread: one owner. Errors: none;
// whatever goes wrong is an Outcome.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

#include "verifier/certificate.h"
#include "verifier/domain.h"
#include "verifier/https_request.h"
#include "verifier/instant.h"
#include "verifier/policy.h"
#include "verifier/posh/posh_search.h"
#include "verifier/question.h"
#include "verifier/verdict.h"

namespace danegate {

class AddressGuard;
class TrustStore;

// What a tenant asks of a proof.
struct VerificationRules {
  ProofRequirement require = ProofRequirement::kDane;
  // The roots of PKI and of TLSA usages 0 and 1; outlives the verification.
  const TrustStore* trust;
  // Which addresses POSH may be fetched from; null: no POSH. Outlives the
  // verification.
  const AddressGuard* posh_guard = nullptr;
  PoshSettings posh = {};
};

class Verification {
 public:
  // D-22, threats 0.7.
  static constexpr std::size_t kMaxQuestions = 48 + PoshSearch::kMaxQuestions;
  static constexpr std::chrono::seconds kTimeLimit{10};

  Verification(ClaimedDomain peer, CertificateChain chain,
               const VerificationRules& rules, Now now);
  ~Verification();
  Verification(Verification&&) noexcept;
  Verification& operator=(Verification&&) noexcept;

  std::optional<Question> NextQuestion();
  void OnAnswer(const Answer&, Now);
  // At most one is under way.
  std::optional<HttpsRequest> NextRequest();
  void OnReply(const HttpsReply&, Now);
  void OnDeadline(Now);

  // When OnDeadline() must be called at the latest.
  Instant deadline() const;
  // Set once, then final.
  const std::optional<Verdict>& verdict() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace danegate
