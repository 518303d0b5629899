// Tenant is a hosted customer as the proxy sees it: filled by one thread while
// its file is read, and immutable once it is in a TenantSet that is published,
// when any thread may read it. A change is another Tenant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tenants/credential_source.h"
#include "verifier/domain.h"
#include "verifier/pkix.h"
#include "verifier/policy.h"

namespace danegate {

// Which certificate the tenant is served with, and so which TLSA matches (D9).
enum class IdentityMode { kEdgeKey, kOwnTarget, kCa };
std::string_view ToString(IdentityMode);

// What tells a backend who the peer of a stream is (D2).
enum class HandOffBy {
  kCertificate,  // one of the edge CA, by SASL EXTERNAL
  kProxy,        // a PROXY header that is sealed with a secret; no TLS
};
std::string_view ToString(HandOffBy);

enum class BackendTls { kStartTls, kDirect };
std::string_view ToString(BackendTls);

enum class ProxyProtocol { kOff, kV2 };
std::string_view ToString(ProxyProtocol);

// How it is found out, beside by its use, that a backend works.
enum class HealthCheck {
  kOff,
  kTcp,   // it takes a connection
  kXmpp,  // it answers a stream header with its features
};
std::string_view ToString(HealthCheck);

// One XMPP server of a tenant.
struct Backend {
  std::string host;  // an IP address, without brackets
  std::uint16_t port = 5269;
  HandOffBy hand_off = HandOffBy::kCertificate;
  std::string secret;  // set exactly for kProxy; for no log
  // Of kCertificate; what kProxy has is its own.
  BackendTls tls = BackendTls::kStartTls;
  ProxyProtocol proxy_protocol = ProxyProtocol::kOff;
  // As in SRV: the lowest priority that works; among equals by chance, each in
  // proportion to its weight.
  std::uint16_t priority = 0;
  std::uint16_t weight = 1;
  HealthCheck health_check = HealthCheck::kOff;
  // Where set, the backend's certificate must chain to it and name the stream's
  // `to`; where not, the backend is not authenticated.
  std::shared_ptr<const TrustStore> trust;

  // "10.0.3.7:5269", "[2001:db8::7]:5269".
  std::string ToString() const;
};

struct TenantLimits {
  std::size_t stanza_bytes = 262144;  // at least 10,000
  std::size_t streams = 500;          // inbound, of this tenant, per shard
  std::size_t streams_per_peer = 20;  // from one peer domain, per shard
  // Octets that one stream may bring per second; 0: as many as it likes.
  std::size_t bytes_per_second = 0;
  // TLS handshakes for this tenant's names, per shard; 0: unlimited.
  std::size_t handshakes_per_second = 0;
};

struct Tenant {
  std::string name;
  std::vector<Domain> domains;
  // The domains one label below these are the tenant's too: acme.example for
  // "*.acme.example". A name that another tenant lists is that one's.
  std::vector<Domain> wildcards;
  IdentityMode identity = IdentityMode::kEdgeKey;
  // The SRV target name of its own that peers may put into SNI (D-54); set
  // exactly for kOwnTarget. Not a hosted domain.
  std::optional<Domain> target;
  // Null for an edge-key tenant without a certificate: the edge's are served.
  std::shared_ptr<const CredentialSource> credentials;
  std::vector<Backend> backends;              // at least one
  std::shared_ptr<const ProofPolicy> policy;  // never null
  TenantLimits limits;
  std::string contact;  // whom to write to, for people; may be empty
  std::string notes;    // the operator's own; may be empty
};

}  // namespace danegate
