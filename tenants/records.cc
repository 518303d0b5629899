#include "tenants/records.h"

#include <algorithm>

#include "verifier/posh_document.h"
#include "verifier/verification/target_finding.h"
#include "verifier/x509/certificate_summary.h"

namespace danegate {
namespace {

bool IsAtOrBelow(const Domain& name, const Domain& above) {
  return name == above || name.ascii().ends_with("." + above.ascii());
}

// Zone cuts are not known here. The shortest of the tenant's domains above a
// name is in the customer's hands, and so most likely its zone.
Domain ZoneOf(const Domain& name, const Tenant& tenant) {
  const Domain* zone = &name;
  for (const auto* names : {&tenant.domains, &tenant.wildcards}) {
    for (const Domain& domain : *names) {
      if (IsAtOrBelow(name, domain) &&
          domain.ascii().size() < zone->ascii().size()) {
        zone = &domain;
      }
    }
  }
  return *zone;
}

// A target of the tenant's own may be a name of either.
ZoneOwner WhoseIs(const Domain& name, const Tenant& tenant) {
  for (const auto* names : {&tenant.domains, &tenant.wildcards}) {
    for (const Domain& domain : *names) {
      if (IsAtOrBelow(name, domain)) return ZoneOwner::kCustomer;
    }
  }
  return ZoneOwner::kProvider;
}

// The records of one tenant, as they are collected.
class Publication {
 public:
  Publication(const Tenant& tenant, const Settings& settings,
              const PublishedChains& chains)
      : tenant_(tenant), settings_(settings), chains_(chains) {}

  TenantRecords Collect() {
    for (const Domain& domain : tenant_.domains) AddSrv(domain);
    for (const Domain& target : TargetsOf(tenant_, settings_)) {
      AddTlsa(target);
      records_.hosts.push_back({WhoseIs(target, tenant_), target});
    }
    std::stable_sort(records_.records.begin(), records_.records.end(),
                     [](const PublishedRecord& a, const PublishedRecord& b) {
                       return a.whose < b.whose;
                     });
    for (const Domain& domain : tenant_.domains) AddDocument(domain);
    for (const Domain& domain : tenant_.wildcards) NoteWildcard(domain);
    return std::move(records_);
  }

 private:
  void AddSrv(const Domain& domain) {
    for (const bool direct : {false, true}) {
      const auto port = settings_.PublicPort(direct);
      if (!port) continue;
      for (const Domain& target : TargetsOf(tenant_, settings_)) {
        records_.records.push_back(
            {ZoneOwner::kCustomer, ZoneOf(domain, tenant_),
             (direct ? "_xmpps-server._tcp." : "_xmpp-server._tcp.") +
                 domain.ascii(),
             "SRV", "0 0 " + std::to_string(*port) + " " + target.ascii() + ".",
             direct ? "direct TLS" : "STARTTLS"});
      }
    }
  }

  void AddTlsa(const Domain& target) {
    for (const bool direct : {false, true}) {
      const auto port = settings_.PublicPort(direct);
      if (!port) continue;
      const std::string owner = TlsaOwner(target, *port);
      AddTlsaOf(target, owner, tenant_.identity, chains_.tenant);
      // K-1: whoever puts the edge host into SNI is shown the edge's own.
      if (tenant_.identity == IdentityMode::kCa) {
        AddTlsaOf(target, owner, IdentityMode::kEdgeKey, chains_.edge);
      }
    }
  }

  void AddTlsaOf(const Domain& target, const std::string& owner,
                 IdentityMode mode, const std::vector<CertificateChain>& of) {
    for (const CertificateChain& chain : of) {
      const std::string data = TlsaFor(mode, chain);
      const bool known =
          std::any_of(records_.records.begin(), records_.records.end(),
                      [&](const PublishedRecord& record) {
                        return record.owner == owner && record.data == data;
                      });
      if (data.empty() || known) continue;
      records_.records.push_back({WhoseIs(target, tenant_),
                                  ZoneOf(target, tenant_), owner, "TLSA", data,
                                  TlsaPurpose(mode)});
    }
  }

  std::string TlsaPurpose(IdentityMode mode) const {
    switch (mode) {
      case IdentityMode::kEdgeKey:
        return "the edge's key, for all its tenants";
      case IdentityMode::kOwnTarget:
        return "the key of " + tenant_.name;
      case IdentityMode::kCa:
        return "the CA of " + tenant_.name + "'s certificate";
    }
    return {};
  }

  void AddDocument(const Domain& domain) {
    const auto url = settings_.PoshUrl(domain);
    records_.documents.push_back(
        {domain,
         "https://" + domain.ascii() + "/.well-known/posh/xmpp-server.json",
         url ? WritePoshReference(*url, PoshDocument::kMaxLifetime)
             : WritePoshFingerprints(chains_.tenant,
                                     PoshDocument::kMaxLifetime)});
  }

  void NoteWildcard(const Domain& domain) {
    records_.notes.push_back(
        "*." + domain.ascii() + ": no one record serves all names below " +
        domain.ascii() +
        ", since a wildcard of the DNS stands for the first label only and "
        "_xmpp-server._tcp.*." +
        domain.ascii() +
        " is none; each name that is used needs SRV records of its own, as "
        "above");
  }

  const Tenant& tenant_;
  const Settings& settings_;
  const PublishedChains& chains_;
  TenantRecords records_;
};

}  // namespace

std::string_view ToString(ZoneOwner whose) {
  switch (whose) {
    case ZoneOwner::kCustomer:
      return "customer";
    case ZoneOwner::kProvider:
      return "provider";
  }
  return "unknown";
}

std::string PublishedRecord::ToLine(std::chrono::seconds ttl) const {
  return owner + ". " + std::to_string(ttl.count()) + " IN " + type + " " +
         data;
}

TenantRecords RecordsOf(const Tenant& tenant, const Settings& settings,
                        const PublishedChains& chains) {
  return Publication(tenant, settings, chains).Collect();
}

std::vector<Domain> TargetsOf(const Tenant& tenant, const Settings& settings) {
  if (tenant.target.has_value()) return {*tenant.target};
  return settings.edge_hosts;
}

std::string TlsaFor(IdentityMode mode, const CertificateChain& chain) {
  const std::size_t index = mode == IdentityMode::kCa ? 1 : 0;
  if (chain.size() <= index) return {};
  const auto digest = CertificateSummary::Of(chain.der(index)).key_digest;
  if (digest.empty()) return {};
  return (mode == IdentityMode::kCa ? "2 1 1 " : "3 1 1 ") + digest;
}

}  // namespace danegate
