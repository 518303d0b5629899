// The vocabulary of proof: prooftypes, outcomes, and what they were decided on.
// The words of ToString() stand alike in logs, metrics, `explain` and docs.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/question.h"

namespace danegate {

// How a peer can be proven (F-01). The order is that of decision (D6).
enum class Prooftype {
  kDaneEe,
  kDaneTa,
  kPkixEe,
  kPkixTa,
  kPki,
  kPosh,
  kDialback
};
std::string_view ToString(Prooftype);  // "dane-ee", "dane-ta", ...

enum class Outcome {
  kProved,
  kDisproved,      // final: the domain publishes proof, and this is not it
  kAbsent,         // nothing published that could prove or disprove
  kIndeterminate,  // something could not be found out; try later (L-05)
};
std::string_view ToString(Outcome);

// Why an outcome is what it is. One word each, for logs, metrics and tests.
enum class Reason {
  kMatched,             // a TLSA record or a fingerprint matched
  kNoCertificate,       // the peer presented none
  kNoSecureDelegation,  // SRV or address is provably unsigned
  kNoService,           // SRV target "." : the domain offers no such service
  kNoTlsa,              // secure delegation, no TLSA at any target
  kAllUnusable,         // TLSA there, none that can be used (D-50)
  kMixedDeployment,     // some targets have TLSA, none matched (D-72)
  kNoMatch,             // every target has TLSA, none matched (D-52)
  kExpired,          // matched, but outside its validity (usages 0, 1, 2; E-13)
  kWrongName,        // matched, but for another name (usages 0, 1, 2)
  kUntrustedPath,    // matched, but no valid path (usages 0, 1, 2)
  kDnsBogus,         // a signature does not validate
  kDnsFailed,        // time-out, SERVFAIL: the DNS did not say
  kBudgetExhausted,  // too many targets, queries or too much time (D-22)
  kNoPosh,           // no POSH document that could be used (E-11)
  kPoshNoMatch,      // a POSH document without this certificate (E-12)
  kPoshFailed,       // POSH could not be fetched or read (E-11)
  kPeerRefused,      // the policy refuses it by name, before any proof
  kNotTried,         // the policy does not ask for it, or another decided
};
std::string_view ToString(Reason);

// One look-up or comparison, in the order it was made: the story `explain` and
// the logs tell.
struct EvidenceStep {
  Question question;
  DnsStatus status;
  DnsSecurity security;
  // The records, or what was wrong, as text: "10 0 5269 edge.example".
  std::string detail;
  // From the start of the search to the answer.
  std::chrono::microseconds since_start{0};
  // For TLSA: what comparing the records with the certificate came to; empty if
  // they were not compared.
  std::string comparison = {};
};

// One document that was fetched for POSH, or that could not be.
struct FetchStep {
  std::string url;
  std::chrono::microseconds since_start;  // to the reply
  std::string detail;  // "status 200, 312 octets", or what was wrong
};

// What one way of proof says about a peer.
struct ProofFinding {
  Outcome outcome = Outcome::kAbsent;
  Reason reason = Reason::kNotTried;
  std::string detail;  // one sentence for people; empty if it was not tried
};

// What the ways of proof that need no conversation with the peer say.
struct ProofFindings {
  ProofFinding dane;
  ProofFinding pki;
  ProofFinding posh;
};

// What a verdict rests on.
struct Evidence {
  std::vector<EvidenceStep> steps;
  std::vector<FetchStep> fetches;
  std::string tlsa_owner;   // "_5269._tcp.mx.peer.example", or empty
  std::string tlsa_record;  // "3 1 1 4D5C…", upper-case hex, or empty
  // The reference identity that matched (C-06); empty for usage 3 and POSH.
  std::string matched_name;
  std::string posh_url;  // where the fingerprints are, or empty
  ProofFindings findings;
};

}  // namespace danegate
