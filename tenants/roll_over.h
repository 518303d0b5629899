// PlanRollOver says what to do, and when, to change the key of a tenant so that
// no peer ever sees a certificate that the records it knows do not fit: what is
// new is published beside the old for two TTLs, only then served, and the old
// withdrawn one TTL later (D-57, E-21). Values; pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "tenants/records.h"
#include "tenants/tenant.h"
#include "verifier/certificate.h"
#include "verifier/instant.h"

namespace danegate {

struct RollOverStep {
  UnixTime at;  // not before
  std::string what;
  std::vector<PublishedRecord> publish;
  std::vector<PublishedRecord> withdraw;
  // For each domain's web server; empty where nothing changes there.
  std::string document;
};

// One proof's steps. Where a tenant uses both, the certificate changes at the
// later of the two times.
struct RollOver {
  std::string proof;  // "DANE", "POSH"
  std::vector<RollOverStep> steps;
};

struct RollOverRequest {
  // The chain that will be served; nothing: placeholders stand for its records.
  std::optional<CertificateChain> next;
  UnixTime start;
  std::chrono::seconds ttl;
};

// With several certificates, one for each kind of key, the next one takes the
// place of that of its kind, or stands beside all of them. `published` is what
// RecordsOf() says of the tenant, `served` its chains now.
std::vector<RollOver> PlanRollOver(const Tenant&,
                                   const TenantRecords& published,
                                   const std::vector<CertificateChain>& served,
                                   const RollOverRequest&);

}  // namespace danegate
