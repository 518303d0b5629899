// PoshSearch finds out whether the POSH document of a domain holds a
// certificate's fingerprint (RFC 7711), sans-IO: it wants answers and one GET
// at a time, and ends in a finding.
//
//   PoshSearch search(peer, chain, settings, guard, now);
//   search.Advance(answers, now);
//   while (!search.finding()) {
//     while (auto question = answers.NextWanted()) ask(*question);
//     if (auto request = search.NextRequest()) fetch(*request);
//     // one of: an answer into `answers`; OnReply(); OnDeadline()
//     search.Advance(answers, now);
//   }
//
// Who claims a domain causes all of this, so it is bounded: kMaxRedirects, one
// reference, kMaxQuestions, kTimeLimit, and on every hop the addresses and the
// port that the guard allows (E-18, threats D6). Each hop's host is proven by
// web PKI, which is whoever fetches' business (E-10).
//
// Thread: one owner. Errors: none; whatever goes wrong is an Outcome.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "verifier/address_guard.h"
#include "verifier/certificate.h"
#include "verifier/domain.h"
#include "verifier/https_request.h"
#include "verifier/instant.h"
#include "verifier/posh/https_url.h"
#include "verifier/posh_document.h"
#include "verifier/proof.h"
#include "verifier/verification/answers.h"

namespace danegate {

struct PoshSettings {
  // Where every domain's document is looked for; another one for tests only. It
  // needs no leave of the guard.
  std::uint16_t port = HttpsUrl::kDefaultPort;
};

// What POSH says, for itself alone: what it means beside other prooftypes is
// not decided here.
struct PoshFinding {
  // kProved; kDisproved: there is a document, and the certificate is not in it
  // or not valid; kAbsent: there is none that may be used; kIndeterminate: it
  // could not be found out. As POSH is only one more way to succeed, its
  // kDisproved does not rule out others (E-12), as that of DANE does.
  Outcome outcome;
  // kMatched; kPoshNoMatch, kExpired; kNoPosh, kNoCertificate; kPoshFailed,
  // kDnsBogus, kDnsFailed.
  Reason reason;
  // What was asked last, e.g. where the fingerprints are.
  std::string url;
  // A sentence for people.
  std::string detail;
  // For kProved and kDisproved: how long the documents may be used from the
  // moment of the finding (E-15); else zero.
  std::chrono::seconds lifetime{0};
  // For kProved: the end of the certificate's validity (E-17).
  UnixTime not_after;
};

class PoshSearch {
 public:
  static constexpr std::chrono::seconds kTimeLimit{
      4};                                          // threats D6: 5 s in all
  static constexpr std::size_t kMaxRedirects = 3;  // E-09, all hops
  static constexpr std::size_t kMaxQuestions =     // A and AAAA each
      2 * (1 + 1 + kMaxRedirects);

  // Borrows the guard. Nothing is asked for an empty chain.
  PoshSearch(const Domain& peer, const CertificateChain& chain,
             const PoshSettings&, const AddressGuard&, Now);

  // Reads the answers that it waits for, or notes there that they are wanted.
  void Advance(Answers&, Now);
  // At most one is under way.
  std::optional<HttpsRequest> NextRequest();
  // The reply to the last request; ignored if none is under way.
  void OnReply(const HttpsReply&, Now);
  void OnDeadline(Now);

  // When OnDeadline() must be called at the latest.
  Instant deadline() const;
  // What it asks for at this time.
  const HttpsUrl& url() const { return url_; }
  // Set once, then final.
  const std::optional<PoshFinding>& finding() const { return finding_; }

 private:
  enum class Step { kLookingUp, kReady, kFetching };

  void Redirect(const std::string& location);
  void Read(const std::string& body, Now);
  void ReadFingerprints(const PoshDocument&, Now);
  void GoTo(HttpsUrl url);
  PoshFinding& Conclude(Outcome, Reason, std::string detail);

  CertificateChain chain_;
  PoshSettings settings_;
  const AddressGuard* guard_;
  Instant started_;

  Step step_ = Step::kLookingUp;
  HttpsUrl url_;
  std::vector<std::vector<std::uint8_t>> addresses_;  // of kReady
  std::size_t redirects_ = 0;
  bool is_referred_ = false;
  // Of all documents read (E-15).
  Instant usable_until_ = Instant::Never();
  std::optional<PoshFinding> finding_;
};

}  // namespace danegate
