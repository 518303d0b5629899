#include "tenants/roll_over.h"

#include <algorithm>

#include "verifier/posh_document.h"

namespace danegate {
namespace {

constexpr std::chrono::seconds kPoshLifetime = PoshDocument::kMaxLifetime;

std::string Placeholder(IdentityMode mode) {
  return mode == IdentityMode::kCa ? "2 1 1 SHA256-OF-THE-NEW-CAS-KEY"
                                   : "3 1 1 SHA256-OF-THE-NEW-KEY";
}

std::string SwitchText(IdentityMode mode) {
  if (mode == IdentityMode::kEdgeKey) {
    return "serve the new certificate: put it in place of edge.certificate and "
           "of that of each tenant with the edge's key, and have danegate read "
           "it";
  }
  return "serve the new certificate: put it in place of the tenant's, and have "
         "danegate read it";
}

std::string WithdrawText(IdentityMode mode) {
  return mode == IdentityMode::kCa
             ? "withdraw the old record, unless the certificate of another "
               "tenant is of that CA"
             : "withdraw the old record";
}

// The records that the tenant's own certificate answers for: beside them a `ca`
// tenant has the edge's, which stays.
std::vector<PublishedRecord> TlsaRecords(IdentityMode mode,
                                         const TenantRecords& published) {
  const char* const usage = mode == IdentityMode::kCa ? "2 " : "3 ";
  std::vector<PublishedRecord> records;
  for (const PublishedRecord& record : published.records) {
    if (record.type == "TLSA" && record.data.starts_with(usage)) {
      records.push_back(record);
    }
  }
  return records;
}

// The old records with new data, one for each owner name.
std::vector<PublishedRecord> Renewed(const std::vector<PublishedRecord>& old,
                                     const std::string& data) {
  std::vector<PublishedRecord> records;
  for (PublishedRecord record : old) {
    record.data = data;
    record.purpose = "new";
    const bool known = std::any_of(
        records.begin(), records.end(),
        [&](const auto& other) { return other.owner == record.owner; });
    if (!known) records.push_back(std::move(record));
  }
  return records;
}

std::vector<RollOverStep> DaneSteps(const Tenant& tenant,
                                    const std::vector<PublishedRecord>& old,
                                    const RollOverRequest& request) {
  const IdentityMode mode = tenant.identity;
  const std::string data =
      request.next ? TlsaFor(mode, *request.next) : Placeholder(mode);
  if (std::any_of(old.begin(), old.end(),
                  [&](const auto& record) { return record.data == data; })) {
    return {{request.start,
             SwitchText(mode) + "; the TLSA records fit it already: its " +
                 (mode == IdentityMode::kCa ? "CA" : "key") + " is the same",
             {},
             {},
             ""}};
  }
  return {{request.start,
           "publish the new record beside the old one",
           Renewed(old, data),
           {},
           ""},
          {request.start + 2 * request.ttl,
           SwitchText(mode) + "; not before: whoever knows the old records "
                              "only has forgotten them by now",
           {},
           {},
           ""},
          {request.start + 3 * request.ttl, WithdrawText(mode), {}, old, ""}};
}

// RFC 7711 knows whole certificates only (E-04), so a new one with the old key
// is a roll-over too.
std::vector<RollOverStep> PoshSteps(const std::vector<CertificateChain>& served,
                                    const RollOverRequest& request) {
  std::string both;
  std::string next;
  if (request.next) {
    std::vector<CertificateChain> chains{*request.next};  // E-21: newest first
    next = WritePoshFingerprints(chains, kPoshLifetime);
    chains.insert(chains.end(), served.begin(), served.end());
    both = WritePoshFingerprints(chains, kPoshLifetime);
  }
  return {{request.start,
           "publish a document with the fingerprints of both certificates, in "
           "place of the old one or of the reference",
           {},
           {},
           both},
          {request.start + kPoshLifetime,
           "serve the new certificate; not before: by now the old document has "
           "expired everywhere",
           {},
           {},
           ""},
          {request.start + 2 * kPoshLifetime,
           "publish a document with the new certificate's fingerprint alone, "
           "or the reference",
           {},
           {},
           next}};
}

}  // namespace

std::vector<RollOver> PlanRollOver(const Tenant& tenant,
                                   const TenantRecords& published,
                                   const std::vector<CertificateChain>& served,
                                   const RollOverRequest& request) {
  std::vector<RollOver> plans;
  const auto old = TlsaRecords(tenant.identity, published);
  if (!old.empty()) {
    plans.push_back({"DANE", DaneSteps(tenant, old, request)});
  }
  if (!published.documents.empty()) {
    plans.push_back({"POSH", PoshSteps(served, request)});
  }
  return plans;
}

}  // namespace danegate
