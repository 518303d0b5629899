#include "tenants/config/claim_round.h"

#include <memory>
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

std::shared_ptr<const NameClaims::Holder> HolderOf(const Claimant& claimant) {
  const auto& name = claimant.reading->name;
  return std::make_shared<const NameClaims::Holder>(NameClaims::Holder{
      "the tenant " + (name ? name->name : ""), claimant.log->file()});
}

void GiveBack(const Claimant& claimant, AllClaims* claims) {
  const TenantReading& reading = *claimant.reading;
  const std::string& file = claimant.log->file();
  if (reading.name) claims->tenants.Release(reading.name->name, file);
  for (const LocatedName& claim : reading.claims) {
    claims->domains.Release(claim.name, file);
  }
}

// All the names that it wants, or none.
bool TakeAll(const Claimant& claimant, AllClaims* claims) {
  const TenantReading& reading = *claimant.reading;
  const auto holder = HolderOf(claimant);
  const auto take = [&holder](NameClaims& table, const LocatedName& wanted) {
    return table.TryTake(wanted.name, wanted.at, holder);
  };
  bool good = !reading.name || take(claims->tenants, *reading.name);
  for (const LocatedName& claim : reading.claims) {
    good = good && take(claims->domains, claim);
  }
  if (!good) GiveBack(claimant, claims);
  return good;
}

// Says who is in the claimant's way, with its old names out of it.
void TellConflicts(const Claimant& claimant, AllClaims* claims) {
  Released released(claims);
  if (claimant.before) {
    released.Release(*claimant.before, claimant.log->file());
  }
  const TenantReading& reading = *claimant.reading;
  const auto holder = HolderOf(claimant);
  if (reading.name) {
    claims->tenants.Take(reading.name->name, reading.name->at, holder,
                         claimant.log);
  }
  for (const LocatedName& claim : reading.claims) {
    claims->domains.Take(claim.name, claim.at, holder, claimant.log);
  }
  GiveBack(claimant, claims);
  released.Restore();
}

// Whoever fails keeps its old names, which may be in the way of another: so all
// is taken back and tried again without it, until nobody fails. Each round has
// fewer claimants. Gives those that failed.
std::vector<Claimant> SettleTogether(std::vector<Claimant> claimants,
                                     AllClaims* claims) {
  std::vector<Claimant> failed;
  for (;;) {
    Released released(claims);
    for (const Claimant& claimant : claimants) {
      if (claimant.before == nullptr) continue;
      released.Release(*claimant.before, claimant.log->file());
    }
    std::vector<Claimant> good;
    const std::size_t before = failed.size();
    for (const Claimant& claimant : claimants) {
      (TakeAll(claimant, claims) ? good : failed).push_back(claimant);
    }
    if (failed.size() == before) return failed;
    for (const Claimant& claimant : good) GiveBack(claimant, claims);
    released.Restore();
    claimants = std::move(good);
  }
}

// What failed because of one that failed after it may succeed now.
void SettleEach(std::vector<Claimant>* failed, AllClaims* claims) {
  const auto succeeds = [claims](const Claimant& claimant) {
    Released released(claims);
    if (claimant.before) {
      released.Release(*claimant.before, claimant.log->file());
    }
    if (TakeAll(claimant, claims)) return true;
    released.Restore();
    return false;
  };
  while (std::erase_if(*failed, succeeds) > 0) {
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

void SettleClaims(const std::vector<Claimant>& claimants,
                  const std::vector<GivenUp>& given_up, AllClaims* claims) {
  Released gone(claims);
  for (const auto& [file, tenant] : given_up) gone.Release(*tenant, file);
  auto failed = SettleTogether(claimants, claims);
  SettleEach(&failed, claims);
  for (const Claimant& claimant : failed) TellConflicts(claimant, claims);
}

void TellConflicts(const std::vector<Claimant>& claimants, AllClaims* claims) {
  for (const Claimant& claimant : claimants) TellConflicts(claimant, claims);
}

}  // namespace danegate
