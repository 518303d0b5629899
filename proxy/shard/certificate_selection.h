// CertificateSelection finds what a shard serves in a handshake: whose name it
// is (TenantSet::Select), whether that tenant may have another handshake now,
// and the credentials, loaded when they are first needed.
//
// Thread: one owner, the shard.
#pragma once

#include <string>
#include <unordered_map>

#include "proxy/shard/credential_cache.h"
#include "proxy/tls/server_context.h"
#include "tenants/tenant_set.h"
#include "verifier/instant.h"

namespace danegate {

// HandshakeRates bounds the handshakes of each tenant that has a limit: as many
// in a second as it says, evenly spread, or at once after a quiet second.
class HandshakeRates {
 public:
  // False if the tenant has had its share.
  bool Take(const Tenant&, Instant now);

 private:
  // When the next second's share is full again.
  std::unordered_map<std::string, Instant> full_at_;
};

class CertificateSelection {
 public:
  explicit CertificateSelection(CredentialCache& cache) : cache_(cache) {}

  ServedCertificate Select(const TenantSet&, const WantedName&, Instant now);

 private:
  CredentialCache& cache_;
  HandshakeRates rates_;
};

}  // namespace danegate
