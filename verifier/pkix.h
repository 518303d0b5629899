// Certificate paths and names, as RFC 5280 and RFC 9525 ask (spec C).
//
// Used by TLSA usages 0, 1 and 2. The purpose is serverAuth in both directions
// (D8, C-31, C-32); a common name never counts (C-13).
#pragma once

#include <openssl/base.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/certificate.h"
#include "verifier/domain.h"
#include "verifier/instant.h"
#include "verifier/result.h"

namespace danegate {

// TrustStore is a set of trusted roots. Immutable; any thread.
class TrustStore {
 public:
  TrustStore();  // trusts nobody
  ~TrustStore();
  TrustStore(TrustStore&&) noexcept;
  TrustStore& operator=(TrustStore&&) noexcept;

  // FromPem reads every certificate; an empty input is an error.
  static Result<TrustStore, std::string> FromPem(std::string_view pem);

  // Borrowed; they live as long as the store.
  std::vector<X509*> roots() const;
  // SHA-256 over the roots in their order; of an empty store, all zeros.
  const Sha256& digest() const { return digest_; }

 private:
  std::vector<bssl::UniquePtr<X509>> roots_;
  Sha256 digest_{};
};

// MatchesIdentity tells whether the leaf carries an identifier for `reference`:
// DNS-ID, SRV-ID `_xmpp-server.` or XmppAddr (C-02, C-10 to C-15).
bool MatchesIdentity(std::span<const std::uint8_t> leaf_der,
                     const Domain& reference);

// WhyPathInvalid says why the chain's leaf does not lead to a root of `trust`
// with purpose serverAuth at that time, or does not name `reference`; empty if
// all is well. A leaf that is itself in `trust` is a path of its own: it may be
// a CA, but names and validity count as ever.
//
// Bounded: the first 8 certificates, which may stand in any order behind the
// leaf, and 32 signature checks (threats 0.6). Neither an empty subject nor a
// missing revocation status is an error (C-20). REQUIRES: !chain.empty().
std::string WhyPathInvalid(const CertificateChain& chain,
                           const TrustStore& trust, const Domain& reference,
                           UnixTime at);

}  // namespace danegate
