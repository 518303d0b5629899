// AnswerPosh says what the edge answers to a request for a tenant's POSH
// document: /posh/DOMAIN.json, for every hosted domain, with the fingerprints
// of the certificates that are served for it (RFC 7711; E-21). No I/O but for
// certificates that PoshChains does not have; not for a shard.
#pragma once

#include <string>
#include <string_view>

#include "proxy/ops/posh_chains.h"
#include "tenants/settings.h"
#include "tenants/tenant_set.h"
#include "verifier/instant.h"

namespace danegate {

struct PoshAnswer {
  unsigned status = 404;
  std::string body;  // JSON for 200; else a line for people
};

// `expires` is never beyond the end of a certificate (E-17); one that has ended
// is left out, and without any there is no document.
PoshAnswer AnswerPosh(std::string_view method, std::string_view path,
                      const TenantSet&, const Settings&, PoshChains&, Now now);

}  // namespace danegate
