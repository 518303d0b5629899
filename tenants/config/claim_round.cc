#include "tenants/config/claim_round.h"

#include <utility>

namespace danegate {
namespace {

// Names that were given up, to be put back where that was in vain.
class Released {
 public:
  explicit Released(AllClaims* claims) : claims_(claims) {}

  void Release(const Tenant& tenant, const std::string& file) {
    Release(claims_->tenants, tenant.name, file);
    for (const std::string& name : ClaimedNames(tenant)) {
      Release(claims_->domains, name, file);
    }
  }

  void Restore() {
    for (auto& [table, name, claim] : given_up_) {
      table->Restore(name, std::move(claim));
    }
    given_up_.clear();
  }

 private:
  struct Entry {
    NameClaims* table;
    std::string name;
    NameClaims::Claim claim;
  };

  void Release(NameClaims& table, const std::string& name,
               const std::string& file) {
    if (auto claim = table.Release(name, file)) {
      given_up_.push_back({&table, name, *std::move(claim)});
    }
  }

  AllClaims* claims_;
  std::vector<Entry> given_up_;
};

// The names that one claimant gets; false if one of them is another's.
bool TakeAll(const Claimant& claimant, AllClaims* claims) {
  const TenantReading& reading = *claimant.reading;
  bool good = true;
  if (reading.name) {
    good = claims->tenants.Take(reading.name->name, reading.name->at,
                                "another tenant", claimant.log);
  }
  const std::string owner =
      "the tenant " + (reading.name ? reading.name->name : "");
  for (const LocatedName& claim : reading.claims) {
    good =
        claims->domains.Take(claim.name, claim.at, owner, claimant.log) && good;
  }
  return good;
}

void GiveBack(const Claimant& claimant, AllClaims* claims) {
  const TenantReading& reading = *claimant.reading;
  const std::string& file = claimant.log->file();
  if (reading.name) claims->tenants.Release(reading.name->name, file);
  for (const LocatedName& claim : reading.claims) {
    claims->domains.Release(claim.name, file);
  }
}

}  // namespace

std::vector<std::string> ClaimedNames(const Tenant& tenant) {
  std::vector<std::string> names;
  for (const Domain& domain : tenant.domains) names.push_back(domain.ascii());
  for (const Domain& below : tenant.wildcards) {
    names.push_back("*." + below.ascii());
  }
  if (tenant.target) names.push_back(tenant.target->ascii());
  return names;
}

// Whoever fails keeps its old names, which may be in the way of another: so all
// is taken back and tried again without it, until nobody fails. Each round has
// fewer claimants.
void SettleClaims(const std::vector<Claimant>& all,
                  const std::vector<GivenUp>& given_up, AllClaims* claims) {
  std::vector<Claimant> claimants = all;
  for (;;) {
    Released released(claims);
    for (const auto& [file, tenant] : given_up) released.Release(*tenant, file);
    for (const Claimant& claimant : claimants) {
      if (claimant.before == nullptr) continue;
      released.Release(*claimant.before, claimant.log->file());
    }
    std::vector<Claimant> good;
    for (const Claimant& claimant : claimants) {
      if (TakeAll(claimant, claims)) good.push_back(claimant);
    }
    if (good.size() == claimants.size()) return;
    for (const Claimant& claimant : claimants) GiveBack(claimant, claims);
    released.Restore();
    claimants = std::move(good);
  }
}

void TellConflicts(const std::vector<Claimant>& claimants, AllClaims* claims) {
  for (const Claimant& claimant : claimants) TakeAll(claimant, claims);
  for (const Claimant& claimant : claimants) GiveBack(claimant, claims);
}

}  // namespace danegate
