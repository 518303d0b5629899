// Provider is a hosting provider of N tenants, written down as files that
// `danegate run` takes. Every tenant has one domain and a certificate of its
// own.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "bench/load/tenants/authority.h"
#include "tenants/config/address.h"
#include "tenants/tenant.h"
#include "verifier/domain.h"
#include "verifier/instant.h"

namespace danegate {

struct ProviderPlan {
  std::string folder;
  std::size_t tenants;
  IdentityMode identity;
  KeyKind key;
  Domain suffix;  // the tenants are below it, and so is the edge host
  ConfiguredAddress backend;
  ConfiguredAddress starttls;  // where the edge listens
  ConfiguredAddress direct_tls;
  bool haproxy;  // write bundles for HAProxy, too
  // Further lines of YAML: of danegate.yaml, of each tenant's file; and further
  // settings of its backend, each with a comma before it.
  std::string edge_more;
  std::string tenant_more;
  std::string backend_more;
};

class Provider {
 public:
  // Makes the authorities and the keys that are shared.
  Provider(ProviderPlan, UnixTime now);

  // The edge's own files and names.txt. The result is an error, or empty; so it
  // is below.
  std::string WriteEdge() const;
  // The files of one tenant; `number` counts from 1. Any thread.
  std::string WriteTenant(std::size_t number) const;

 private:
  // A key of 2048 bits takes a tenth of a second to make: tenants share a few.
  static constexpr std::size_t kRsaKeys = 16;

  Domain DomainOf(const std::string& tenant) const;
  std::string EdgeText() const;
  std::string TenantText(const std::string& name) const;
  std::string WriteAuthorities() const;
  std::string Write(const std::string& name, const std::string& text) const;
  std::string WriteSecret(const std::string& name,
                          const std::string& text) const;

  const ProviderPlan plan_;
  const UnixTime now_;
  const Authority root_;
  const Authority intermediate_;
  const Authority edge_ca_;
  const Domain edge_host_;
  const bssl::UniquePtr<EVP_PKEY> edge_key_;
  std::vector<bssl::UniquePtr<EVP_PKEY>> rsa_keys_;
};

}  // namespace danegate
