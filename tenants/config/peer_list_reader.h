// The lists of peers of a tenant's file: proof.allow and proof.deny.
#pragma once

#include "tenants/config/config_error.h"
#include "tenants/config/fields.h"
#include "verifier/policy.h"

namespace danegate {

// ReadPeerLists fills in `allow` and `deny`. A pattern that is there twice, in
// one list or in both, is an error; one that may be let in although a pattern
// of `deny` always comes first is a warning.
void ReadPeerLists(const Fields& tenant, ProofPolicy*, FileLog* log);

}  // namespace danegate
