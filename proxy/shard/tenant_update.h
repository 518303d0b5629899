// TenantUpdate is a new snapshot of the tenants on its way to a shard.
//
// The old one comes back with the answer, so that whoever publishes is the last
// to hold it: taking down what went with it is no work for a shard.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tenants/tenant_set.h"
#include "verifier/credential.h"
#include "verifier/mailbox.h"

namespace danegate {

struct TenantUpdateDone {
  std::uint64_t ticket;
  std::shared_ptr<const TenantSet> before;
};

// `wake` is called on the shard's thread; it must not block. Outlives the
// shards.
struct TenantUpdateInbox {
  Mailbox<TenantUpdateDone> done;
  std::function<void()> wake;
};

struct TenantUpdate {
  std::uint64_t ticket;
  std::shared_ptr<const TenantSet> tenants;
  // The names of the tenants that are added, changed or gone.
  std::shared_ptr<const std::vector<std::string>> changed;
  TenantUpdateInbox* inbox;
  // Another CA for the hand-off; null: it stays.
  std::shared_ptr<const Credential> edge_ca = nullptr;
};

}  // namespace danegate
