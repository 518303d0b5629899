// What the DNS says about one target of a secure delegation: is it protected by
// TLSA records, and by which? (RFC 7673 section 3; spec D.2, D.3.) Pure.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "verifier/domain.h"
#include "verifier/tlsa.h"
#include "verifier/verification/answers.h"
#include "verifier/verification/delegation.h"

namespace danegate {

struct TargetFinding {
  enum class Kind {
    kPending,      // answers are missing; they are wanted now
    kUnreachable,  // it has no address: nobody connects to it
    kUnsigned,     // its address is provably unsigned (D-13)
    kWithoutTlsa,  // its address is signed, but no TLSA record is (D-16)
    kFailed,       // something could not be found out (D-73)
    kTlsa,         // it has TLSA records, signed
  };
  Kind kind = Kind::kPending;
  // Where its TLSA records are, or would be: "_5269._tcp.mx.peer.example".
  std::string owner;
  // For kTlsa: the records, and the names that go with them, the TLSA base
  // domain first (D-43).
  std::vector<TlsaRecord> records;
  std::vector<Domain> names;
  // For kTlsa: of everything that it rests on (D-61).
  std::chrono::seconds lifetime{0};
  // For kFailed.
  bool bogus = false;
  std::string failure;
};

TargetFinding Examine(const DelegatedTarget&, Answers&);

// "_5269._tcp.mx.peer.example" (D-15).
std::string TlsaOwner(const Domain& base, std::uint16_t port);

}  // namespace danegate
