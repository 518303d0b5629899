// TLSA records: parsing, and matching a certificate chain against a set of them
// (RFC 6698, RFC 7671; spec D.4). Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/certificate.h"
#include "verifier/domain.h"
#include "verifier/instant.h"
#include "verifier/proof.h"
#include "verifier/result.h"

namespace danegate {

class TrustStore;

struct TlsaRecord {
  std::uint8_t usage;     // 0 PKIX-TA, 1 PKIX-EE, 2 DANE-TA, 3 DANE-EE
  std::uint8_t selector;  // 0 certificate, 1 SubjectPublicKeyInfo
  std::uint8_t matching;  // 0 full, 1 SHA2-256, 2 SHA2-512
  std::vector<std::uint8_t> data;

  // From RDATA; the error says what is missing.
  static Result<TlsaRecord, std::string> ParseRdata(
      std::span<const std::uint8_t> rdata);
  // From presentation form, "3 1 1 HEX"; white space within HEX is allowed.
  static Result<TlsaRecord, std::string> ParseText(std::string_view text);
  // "3 1 1 4D5C…", upper-case hex.
  std::string ToText() const;

  friend bool operator==(const TlsaRecord&, const TlsaRecord&) = default;
};

// WhyUnusable says why a record cannot be used (D-40), or is empty.
std::string WhyUnusable(const TlsaRecord&);

struct TlsaMatch {
  enum class Kind {
    kMatch,
    kNoMatch,   // at least one usable record, and none matches (D-52)
    kUnusable,  // no usable record at all (D-50)
  };
  Kind kind;
  Reason reason;  // kMatched, kNoMatch, kExpired, kWrongName, ...
  Prooftype prooftype = Prooftype::kDaneEe;  // for kMatch
  TlsaRecord record{};                       // for kMatch: the one that matched
  std::string matched_name;  // for kMatch with usage 0, 1, 2 (C-06)
  // For kMatch with usage 0, 1, 2: the earliest end of validity of the
  // certificates used; UnixTime::Never() for usage 3 (D-42, D-61).
  UnixTime not_after = UnixTime::Never();
  std::string detail;  // one sentence for people
};

// MatchTlsa compares as RFC 7671 asks. `records` are those of one owner name:
// digest agility looks at all of them (D-51). `names` are the reference
// identities of usages 0, 1 and 2; `trust` the roots of usages 0 and 1.
//
// Paths are judged as by WhyPathInvalid() in pkix.h. An anchor that a record of
// usage 2 names as a certificate (selector 0) brings its validity and its
// constraints along; one named as a key (selector 1) has none (D-44).
//
// Bounded: the first 8 certificates, 32 signature checks (threats 0.6); Reason
// kBudgetExhausted if these were too few to tell. REQUIRES: !chain.empty().
TlsaMatch MatchTlsa(const CertificateChain& chain,
                    std::span<const TlsaRecord> records,
                    std::span<const Domain> names, const TrustStore& trust,
                    UnixTime at);

}  // namespace danegate
