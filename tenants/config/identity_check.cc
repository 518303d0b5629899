#include "tenants/config/identity_check.h"

#include <string>

#include "tenants/config/certificate_facts.h"
#include "tenants/config/credential_files.h"
#include "verifier/pkix.h"

namespace danegate {
namespace {

void CheckNames(const Credential& credential,
                const std::vector<LocatedDomain>& domains, FileLog* log) {
  for (const auto& [domain, at] : domains) {
    if (MatchesIdentity(credential.chain().der(0), domain)) continue;
    log->Error(at, "the tenant's certificate does not name " + domain.ascii() +
                       "; have it issued with this DNS name as well");
  }
}

void CheckEdgeKey(const Fields& tenant, const Credential& credential,
                  const Credential* edge, FileLog* log) {
  if (edge == nullptr || HaveSameKey(credential, *edge)) return;
  log->Error(tenant.At("certificate.key"),
             "identity edge-key: expected the edge's own key "
             "(edge.certificate.key), which the edge host's TLSA record names; "
             "found another; have the certificate issued for the edge's key, "
             "or choose identity own-target or ca");
}

// Each certificate must be signed by the next, and the next be a CA.
void CheckIssuers(const Fields& tenant, const CertificateChain& chain,
                  FileLog* log) {
  const Position at = tenant.At("certificate.chain");
  if (chain.size() < 2) {
    log->Error(at,
               "identity ca: expected the issuing CA's certificate behind the "
               "tenant's own, since a TLSA 2 1 1 record can only match what is "
               "sent; found one certificate; append the CA's");
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (IsCa(chain.der(i)) && IsIssuedBy(chain.der(i - 1), chain.der(i))) {
      continue;
    }
    log->Error(at,
               "identity ca: expected each certificate of the chain to be "
               "followed by the CA that signed it; number " +
                   std::to_string(i + 1) + " did not sign number " +
                   std::to_string(i));
    return;
  }
}

}  // namespace

std::shared_ptr<const Credential> ReadIdentity(
    const Fields& tenant, IdentityMode mode,
    const std::vector<LocatedDomain>& domains,
    const std::shared_ptr<const Credential>& edge, UnixTime now, FileLog* log) {
  if (!tenant.Has("certificate")) {
    if (mode == IdentityMode::kEdgeKey) return edge;
    log->Error(tenant.At("identity"),
               "identity " + std::string(ToString(mode)) +
                   ": expected a certificate of the tenant's own; found none; "
                   "add certificate: {chain: acme.pem, key: acme.key}");
    return nullptr;
  }
  auto credential = ReadCredential(
      tenant, {"certificate.chain", "certificate.key"}, now, log);
  if (credential == nullptr) return nullptr;
  CheckNames(*credential, domains, log);
  switch (mode) {
    case IdentityMode::kEdgeKey:
      CheckEdgeKey(tenant, *credential, edge.get(), log);
      break;
    case IdentityMode::kOwnTarget:
      break;
    case IdentityMode::kCa:
      CheckIssuers(tenant, credential->chain(), log);
      break;
  }
  return credential;
}

}  // namespace danegate
