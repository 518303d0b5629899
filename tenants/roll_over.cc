#include "tenants/roll_over.h"

#include <algorithm>

#include "verifier/posh_document.h"
#include "verifier/x509/certificate_summary.h"

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

// "EC", "RSA": a tenant has one certificate for each.
std::string KindOf(const CertificateChain& chain) {
  const std::string key = CertificateSummary::Of(chain.der(0)).key;
  return key.substr(0, key.find(' '));
}

// Which of the chains the next one takes the place of, and which stay beside
// it.
struct Replacement {
  std::vector<CertificateChain> old;
  std::vector<CertificateChain> others;
};

Replacement Replace(const std::vector<CertificateChain>& served,
                    const std::optional<CertificateChain>& next) {
  if (!next) return {served, {}};
  Replacement replacement;
  for (const CertificateChain& chain : served) {
    auto& where =
        KindOf(chain) == KindOf(*next) ? replacement.old : replacement.others;
    where.push_back(chain);
  }
  return replacement;
}

// The records of these chains. Beside them a `ca` tenant has the edge's, which
// stay.
std::vector<PublishedRecord> TlsaRecords(
    IdentityMode mode, const TenantRecords& published,
    const std::vector<CertificateChain>& of) {
  std::vector<PublishedRecord> records;
  for (const PublishedRecord& record : published.records) {
    if (record.type != "TLSA") continue;
    const bool wanted =
        std::any_of(of.begin(), of.end(), [&](const CertificateChain& chain) {
          return TlsaFor(mode, chain) == record.data;
        });
    if (wanted) records.push_back(record);
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

// What is served already needs no roll-over; its issuers may be new.
bool IsServed(const CertificateChain& next,
              const std::vector<CertificateChain>& old) {
  return std::any_of(old.begin(), old.end(), [&](const auto& chain) {
    return chain.LeafDigest() == next.LeafDigest();
  });
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
std::vector<RollOverStep> PoshSteps(const Replacement& replacement,
                                    const RollOverRequest& request) {
  if (request.next && IsServed(*request.next, replacement.old)) {
    return {{request.start,
             "nothing is to be done: this is the certificate that is served, "
             "and the document names it",
             {},
             {},
             ""}};
  }
  std::string both;
  std::string next;
  if (request.next) {
    std::vector<CertificateChain> chains{*request.next};  // E-21: newest first
    const auto& others = replacement.others;
    chains.insert(chains.end(), others.begin(), others.end());
    next = WritePoshFingerprints(chains, kPoshLifetime);
    const auto& old = replacement.old;
    chains.insert(chains.end(), old.begin(), old.end());
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
  const Replacement replacement = Replace(served, request.next);
  // A key of another kind is new beside all others, at each of their names.
  const bool is_added = replacement.old.empty();
  const auto places = TlsaRecords(tenant.identity, published,
                                  is_added ? served : replacement.old);
  std::vector<RollOver> plans;
  if (!places.empty()) {
    plans.push_back({"DANE", DaneSteps(tenant, places, request)});
    if (is_added && plans.back().steps.size() > 2) {
      plans.back().steps.pop_back();  // nothing is withdrawn
    }
  }
  if (!published.documents.empty()) {
    plans.push_back({"POSH", PoshSteps(replacement, request)});
  }
  return plans;
}

}  // namespace danegate
