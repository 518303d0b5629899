// EdgeCa mints the short-lived certificates of the hand-off (D2): P-256,
// exactly one dNSName (the proven peer, A-label), EKU clientAuth and
// serverAuth, no XmppAddr, valid from 5 minutes ago for kLifetime. Backends
// trust this CA only.
//
// Minted certificates are kept and handed out again until kRenewBefore of their
// end; at most kMaxKept, the least recently used go first. Thread: one owner (a
// shard); the CA credential itself is shared and immutable.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "verifier/credential.h"
#include "verifier/domain.h"
#include "verifier/instant.h"
#include "verifier/result.h"

namespace danegate {

class EdgeCa {
 public:
  static constexpr std::chrono::seconds kLifetime{600};
  static constexpr std::chrono::seconds kBackdate{300};
  static constexpr std::chrono::seconds kRenewBefore{120};
  static constexpr std::size_t kMaxKept = 4096;

  // The error says why the certificate cannot sign others: what
  // verifier/credential_ca.h has against it, or expired.
  static Result<EdgeCa, std::string> Create(
      std::shared_ptr<const Credential> ca, UnixTime now);
  ~EdgeCa();
  EdgeCa(EdgeCa&&) noexcept;
  EdgeCa& operator=(EdgeCa&&) noexcept;

  // A certificate for a domain that has been proven, never for a claim. The
  // caller has made sure that the domain is not a hosted one (D3).
  std::shared_ptr<const Credential> Mint(const ProvenDomain&, UnixTime now);

 private:
  class State;
  explicit EdgeCa(std::unique_ptr<State>);

  std::unique_ptr<State> state_;
};

}  // namespace danegate
