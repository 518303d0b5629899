// SettleClaims decides which of several new readings may have the names that
// they want, when files change together: a domain that one file gives up
// another may take in the same moment, in whatever order they are read.
#pragma once

#include <string>
#include <vector>

#include "tenants/config/names.h"
#include "tenants/config/tenant_reader.h"
#include "tenants/tenant.h"

namespace danegate {

// Who has which tenant's name, and which domain, wildcard or target.
struct AllClaims {
  NameClaims tenants{"another tenant"};
  NameClaims domains;
};

// A reading that is good by itself, of a file that may have a tenant already.
struct Claimant {
  FileLog* log;
  const TenantReading* reading;
  const Tenant* before;  // null: none
};

// A tenant whose file is gone.
struct GivenUp {
  std::string file;
  const Tenant* tenant;
};

// Takes the names of the claimants that may have them and tells the others in
// their logs who is in their way; those keep the names that they had. First
// come, first served: names in use are not taken away, and among claimants the
// first in order has it.
void SettleClaims(const std::vector<Claimant>&, const std::vector<GivenUp>&,
                  AllClaims*);

// Tells claimants that have other mistakes, and so get no names, who would be
// in their way.
void TellConflicts(const std::vector<Claimant>&, AllClaims*);

// What a tenant's file has, as SettleClaims took it.
std::vector<std::string> ClaimedNames(const Tenant&);

}  // namespace danegate
