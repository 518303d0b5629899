// RecordsOf says what must be published so that peers can prove a tenant: SRV
// records and a POSH document for each of its domains, and TLSA records under
// the names that the SRV records point to. Values; pure.
#pragma once

#include <string>
#include <vector>

#include "tenants/settings.h"
#include "tenants/tenant.h"
#include "verifier/certificate.h"
#include "verifier/domain.h"

namespace danegate {

// Whose DNS a record stands in.
enum class ZoneOwner { kCustomer, kProvider };
std::string_view ToString(ZoneOwner);

struct PublishedRecord {
  ZoneOwner whose;
  // The closest name that surely is in the same zone: "acme.example".
  Domain zone;
  std::string owner;    // "_xmpp-server._tcp.acme.example"
  std::string type;     // "SRV", "TLSA"
  std::string data;     // "0 0 5269 edge.hosting.example."
  std::string purpose;  // a phrase for people

  // "OWNER. TTL IN TYPE DATA", as in a zone file.
  std::string ToLine(std::chrono::seconds ttl) const;
};

// A document for a domain's web server (RFC 7711).
struct PublishedDocument {
  Domain domain;
  std::string url;   // where it must be found
  std::string text;  // JSON
};

// A name that must have A and AAAA records in a signed zone.
struct PublishedHost {
  ZoneOwner whose;
  Domain host;
};

struct TenantRecords {
  std::vector<PublishedRecord> records;  // the customer's first
  std::vector<PublishedHost> hosts;
  std::vector<PublishedDocument> documents;
  std::vector<std::string> notes;  // sentences: what no record can say
};

// The chains of the tenant and of the edge, as served_chains.h loads them.
struct PublishedChains {
  std::vector<CertificateChain> tenant;
  std::vector<CertificateChain> edge;
};

// REQUIRES: no chain is empty.
TenantRecords RecordsOf(const Tenant&, const Settings&, const PublishedChains&);

// The names that the tenant's SRV records point to: its own target, or each of
// the edge's hosts.
std::vector<Domain> TargetsOf(const Tenant&, const Settings&);

// The RDATA of the TLSA record that fits a chain in that mode (D9): `3 1 1` of
// the leaf's key, or `2 1 1` of the key of the CA that issued it. Empty if the
// chain lacks the CA.
std::string TlsaFor(IdentityMode, const CertificateChain&);

}  // namespace danegate
