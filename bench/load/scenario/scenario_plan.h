// ScenarioPlan is all that a whole measurement needs, as it is going to be
// written into one folder: a provider, its peers, their DNS.
#pragma once

#include <cstddef>
#include <string>

#include "tenants/config/address.h"
#include "tenants/tenant.h"
#include "verifier/domain.h"
#include "verifier/instant.h"

namespace danegate {

inline constexpr char kPeersFolder[] = "peers";
inline constexpr char kDnsFolder[] = "dns";
inline constexpr std::size_t kMostPeers = 100'000;

struct ScenarioPlan {
  std::string folder;  // absolute
  std::size_t tenants;
  std::size_t peers;
  ConfiguredAddress starttls;  // where the edge listens
  ConfiguredAddress direct_tls;
  ConfiguredAddress backend;
  BackendTls backend_tls;
  ConfiguredAddress dns;  // where NSD listens
  std::size_t shards;     // 0: one per core
  bool haproxy;           // write bundles for HAProxy, too
};

// Writes the whole folder, and removes what an earlier call has left in it but
// for the peers' keys and certificates, which stay as long as they are good.
// The result is an error, or empty. Blocks; runs ldns-keygen and ldns-signzone.
std::string WriteScenario(const ScenarioPlan&, UnixTime now);

// All tenants are below it, and so is the edge host.
Domain TenantsSuffix();
// "p000001.peers.example". `number` counts from 1.
Domain PeerDomain(std::size_t number);

}  // namespace danegate
