// SRV records: which servers a domain delegates to, and whether the delegation
// can be trusted (spec D.1, D.2, H). Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "verifier/domain.h"
#include "verifier/question.h"
#include "verifier/result.h"

namespace danegate {

struct SrvRecord {
  std::uint16_t priority;
  std::uint16_t weight;
  std::uint16_t port;
  // In lower-case ASCII without the trailing dot; empty for "." (D-03).
  std::string target;

  // From uncompressed RDATA; the error says what is wrong.
  static Result<SrvRecord, std::string> ParseRdata(
      std::span<const std::uint8_t> rdata);
  // "10 0 5269 mx.peer.example."
  std::string ToText() const;
};

// A server that a domain delegates to. `host` is canonical, the port is from
// the SRV record, so that TLSA stands at `_port._tcp.host` (D-15).
struct DelegatedTarget {
  Domain host;
  std::uint16_t port;
  bool direct_tls;  // from _xmpps-server (H-02)

  friend bool operator==(const DelegatedTarget&,
                         const DelegatedTarget&) = default;
};

enum class DelegationStatus {
  kSecure,     // every answer signed: the targets' names may be trusted
  kInsecure,   // provably unsigned (D-12)
  kNoService,  // the domain says that it has none (D-03)
  kFailed,     // something could not be found out: not an absence (D-11, K-16)
};

struct Delegation {
  DelegationStatus status = DelegationStatus::kFailed;
  // For kSecure: by priority, without repetitions, at least one.
  std::vector<DelegatedTarget> targets;
  // For kSecure: there was at least one SRV record that is insecure or has no
  // usable target beside the ones above, so that not every endpoint of the
  // domain is protected (D-72).
  bool has_others = false;
  // For kSecure: of both answers (D-61).
  std::chrono::seconds lifetime{0};
  // For kFailed: whether a signature was at fault, and a sentence.
  bool bogus = false;
  std::string failure;
};

// A target as an SRV record names it, whether the record is signed or not.
struct ListedTarget {
  std::uint16_t priority;
  std::uint16_t weight;
  DelegatedTarget target;
  bool secure;
};

// The two questions for a domain (D-01, H-01).
Question SrvQuestion(const Domain&, bool direct_tls);

// What the two answers mean together. Without any SRV record the domain is its
// own target at port 5269 (D-04, D-05).
Delegation ReadDelegation(const Domain&, const Answer& starttls,
                          const Answer& direct_tls);

// Every usable target of the two answers, for whoever wants to connect; without
// any SRV record the domain itself (D-04). REQUIRES: neither has failed.
std::vector<ListedTarget> ListTargets(const Domain&, const Answer& starttls,
                                      const Answer& direct_tls);

}  // namespace danegate
