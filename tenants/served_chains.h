// Which certificate chains are served, loaded where need be: for whoever must
// say what to publish, or hold what is published against what is served (L-08).
//
// More than one is one for each kind of key. Errors: a sentence that names the
// file. Blocks on files; not for a shard.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tenants/settings.h"
#include "tenants/tenant_set.h"
#include "verifier/certificate.h"
#include "verifier/result.h"

namespace danegate {

using ServedChains = Result<std::vector<CertificateChain>, std::string>;

// The edge's own; a tenant's, which is the edge's where it has none.
ServedChains ChainsOfEdge(const Settings&);
ServedChains ChainsOf(const Tenant&, const Settings&);
ServedChains ChainsIn(const CredentialSource&);
// What a handshake gets, as TenantSet::Select(); empty: unrecognized_name.
ServedChains ChainsFor(const TenantSet&, const Settings&, std::string_view sni,
                       const Domain* to, bool direct);

}  // namespace danegate
