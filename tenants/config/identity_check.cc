#include "tenants/config/identity_check.h"

#include <optional>
#include <string>
#include <utility>

#include "tenants/config/certificate_facts.h"
#include "tenants/config/credential_files.h"
#include "tenants/config/domain_pattern.h"
#include "verifier/pkix.h"

namespace danegate {
namespace {

// The settings of one certificate.
struct Place {
  const Fields& fields;
  CredentialKeys keys;
};

// A name that stands for all those one label below `domain`: no certificate
// lists it, so that only a wildcard matches. Nothing where a name below has no
// room.
std::optional<Domain> AnyBelow(const Domain& domain) {
  auto name = Domain::Parse("any-name-below." + domain.ascii());
  return name ? std::optional(*std::move(name)) : std::nullopt;
}

void CheckNames(const Credential& credential,
                const std::vector<LocatedDomain>& domains, FileLog* log) {
  const auto leaf = credential.chain().der(0);
  for (const auto& [domain, at, below] : domains) {
    const auto name = below ? AnyBelow(domain) : domain;
    if (name && MatchesIdentity(leaf, *name)) continue;
    log->Error(at, "the tenant's certificate does not name " +
                       ToText({domain, below}) + NamesInWords(leaf) +
                       "; have it issued with this DNS name as well");
  }
}

void CheckEdgeKey(const Place& place, const Credential& credential,
                  const Credential* edge, FileLog* log) {
  if (edge == nullptr || HaveSameKey(credential, *edge)) return;
  log->Error(place.fields.At(place.keys.key),
             "identity edge-key: expected the edge's own key "
             "(edge.certificate.key), which the edge host's TLSA record names; "
             "found another; have the certificate issued for the edge's key, "
             "or choose identity own-target or ca");
}

// Each certificate must be signed by the next, and the next be a CA.
void CheckIssuers(Position at, const CertificateChain& chain, FileLog* log) {
  if (chain.size() < 2) {
    log->Error(at,
               "identity ca: expected the issuing CA's certificate behind the "
               "tenant's own, since a TLSA 2 1 1 record can only match what is "
               "sent; found one certificate; append the CA's");
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (IsCa(chain.der(i)) && IsIssuedBy(chain.der(i - 1), chain.der(i))) {
      continue;
    }
    log->Error(at,
               "identity ca: expected each certificate of the chain to be "
               "followed by the CA that signed it; number " +
                   std::to_string(i + 1) + " did not sign number " +
                   std::to_string(i) + "; put the one that did there");
    return;
  }
}

void CheckCredential(const Place& place, const Credential& credential,
                     const IdentityDemands& demands, FileLog* log) {
  CheckNames(credential, demands.domains, log);
  if (!demands.mode) return;
  switch (*demands.mode) {
    case IdentityMode::kEdgeKey:
      return CheckEdgeKey(place, credential, demands.edge, log);
    case IdentityMode::kOwnTarget:
      return;
    case IdentityMode::kCa:
      return CheckIssuers(place.fields.At(place.keys.chain), credential.chain(),
                          log);
  }
}

// Two certificates of one kind of key: the second would never be served.
void CheckKinds(const Fields& tenant, const CredentialSet& loaded,
                FileLog* log) {
  for (std::size_t i = 0; i < loaded.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!HaveSameKindOfKey(*loaded[i], *loaded[j])) continue;
      log->Error(tenant.At("certificates"),
                 "expected certificates with keys of different kinds, one for "
                 "each kind of peer; numbers " +
                     std::to_string(j + 1) + " and " + std::to_string(i + 1) +
                     " are alike; remove one of them");
    }
  }
}

FileStamp StampIn(const std::vector<RestedOn>& rests, const std::string& path) {
  for (const RestedOn& rest : rests) {
    if (rest.path == path) return rest.stamp;
  }
  return 0;
}

// Reads the certificate at `place`; false if something is wrong with it.
bool ReadOne(const Place& place, const IdentityDemands& demands,
             std::vector<CredentialFiles>* files, CredentialSet* loaded,
             FileLog* log) {
  auto paths = PathsOf(place.fields, place.keys, *log);
  if (paths) {
    paths->chain_stamp = StampIn(demands.rests_on, paths->chain);
    paths->key_stamp = StampIn(demands.rests_on, paths->key);
    files->push_back(*std::move(paths));
  }
  if (demands.depth == ReadingDepth::kSettings) return !files->empty();
  auto credential = ReadCredential(place.fields, place.keys, demands.now, log);
  if (credential == nullptr) return false;
  CheckCredential(place, *credential, demands, log);
  loaded->push_back(std::move(credential));
  return true;
}

std::vector<CredentialFiles> ReadAll(const Fields& tenant,
                                     const IdentityDemands& demands,
                                     CredentialSet* loaded, FileLog* log) {
  std::vector<CredentialFiles> files;
  bool good = ReadOne({tenant, {"certificate.chain", "certificate.key"}},
                      demands, &files, loaded, log);
  for (const Fields& fields : tenant.Maps("certificates")) {
    const Place place{fields, {"certificates[].chain", "certificates[].key"}};
    good = ReadOne(place, demands, &files, loaded, log) && good;
  }
  if (!good) return {};
  CheckKinds(tenant, *loaded, log);
  return files;
}

// The first that is no wildcard.
std::optional<Domain> FirstNamed(const std::vector<LocatedDomain>& domains) {
  for (const LocatedDomain& domain : domains) {
    if (!domain.below) return domain.domain;
  }
  return std::nullopt;
}

}  // namespace

IdentityReading ReadIdentity(const Fields& tenant,
                             const IdentityDemands& demands, FileLog* log) {
  if (!tenant.Has("certificate")) {
    if (!tenant.Maps("certificates").empty()) {
      log->Error(
          tenant.At("certificates"),
          "certificates: expected them beside certificate, which comes "
          "first; found none; make the first of the list the certificate");
      return {};
    }
    if (!demands.mode || demands.mode == IdentityMode::kEdgeKey) return {};
    log->Error(tenant.At("identity"),
               "identity " + std::string(ToString(*demands.mode)) +
                   ": expected a certificate of the tenant's own; found none; "
                   "add certificate: {chain: acme.pem, key: acme.key}");
    return {};
  }
  IdentityReading reading;
  auto files = ReadAll(tenant, demands, &reading.loaded, log);
  if (!files.empty()) {
    reading.source = std::make_shared<const CredentialSource>(
        std::move(files), FirstNamed(demands.domains));
  }
  return reading;
}

}  // namespace danegate
