#include "tenants/config/tenant_reader.h"

#include <algorithm>
#include <map>
#include <utility>

#include "tenants/config/backend_reader.h"
#include "tenants/config/domain_pattern.h"
#include "tenants/config/fields.h"
#include "tenants/config/file_text.h"
#include "tenants/config/names.h"
#include "tenants/config/octets.h"
#include "tenants/config/peer_list_reader.h"
#include "tenants/config/setting_check.h"
#include "tenants/config/yaml_reader.h"
#include "tenants/settings.h"

namespace danegate {
namespace {

constexpr std::size_t kLeastInflow = 1024;

void ReadName(const Fields& fields, TenantReading* reading, FileLog* log) {
  if (!fields.Has("tenant")) return;
  const std::string name = fields.Text("tenant");
  const Position at = fields.At("tenant");
  if (auto mistake = TenantNameMistake(name)) {
    log->Error(at, *std::move(mistake));
  } else {
    reading->name = LocatedName{name, at};
  }
}

// Notes that the file wants the name; false if it is the edge's.
bool Claim(const std::string& name, Position at,
           const TenantSurroundings& around, TenantReading* reading,
           FileLog* log) {
  auto why = around.edge_names->WhyTaken(name);
  if (why.empty()) {
    reading->claims.push_back({name, at});
    return true;
  }
  log->Error(at, std::move(why));
  return false;
}

// Streams that the tenant's own servers open are from a name, not from a "*.".
void CheckNamed(const Fields& fields, const std::vector<LocatedDomain>& domains,
                FileLog* log) {
  const auto below = [](const LocatedDomain& domain) { return domain.below; };
  if (domains.empty() || !std::all_of(domains.begin(), domains.end(), below)) {
    return;
  }
  log->Error(fields.At("domains"),
             "domains: expected at least one domain without '*'; found "
             "wildcards only; add for example " +
                 domains[0].domain.ascii());
}

std::vector<LocatedDomain> ReadDomains(const Fields& fields,
                                       const TenantSurroundings& around,
                                       TenantReading* reading, FileLog* log) {
  std::vector<LocatedDomain> domains;
  for (const auto& text : fields.Texts("domains")) {
    auto name = ReadDomainPattern(text, log);
    if (!name) continue;
    if (!Claim(ToText(*name), text.at, around, reading, log)) continue;
    domains.push_back({std::move(name->domain), text.at, name->below});
  }
  CheckNamed(fields, domains, log);
  return domains;
}

// Nothing where it is a word that is none: what depends on it is not checked.
std::optional<IdentityMode> ReadMode(const Fields& fields) {
  if (fields.IsBad("identity")) return std::nullopt;
  const std::string word = fields.Text("identity");
  if (word == ToString(IdentityMode::kOwnTarget)) {
    return IdentityMode::kOwnTarget;
  }
  return word == ToString(IdentityMode::kCa) ? IdentityMode::kCa
                                             : IdentityMode::kEdgeKey;
}

std::optional<Domain> ReadTarget(const Fields& fields,
                                 std::optional<IdentityMode> mode,
                                 const TenantSurroundings& around,
                                 TenantReading* reading, FileLog* log) {
  const std::string text = fields.Text("target");
  const Position at = fields.At("target");
  const bool wanted = mode == IdentityMode::kOwnTarget;
  if (wanted && text.empty()) {
    log->Error(fields.At("identity"),
               "identity own-target: expected the tenant's own SRV target "
               "name; found none; add for example target: "
               "acme.edge.hosting.example");
  }
  if (mode && !wanted && !text.empty()) {
    log->Error(at, "target: only identity own-target has one; found identity " +
                       std::string(ToString(*mode)) +
                       "; remove this line, or change the identity");
  }
  if ((mode && !wanted) || text.empty()) return std::nullopt;
  auto target = ReadDomain({text, at}, log);
  if (target) Claim(target->ascii(), at, around, reading, log);
  return target;
}

// At less, one read of a stream is paid off over minutes, and nobody sees
// meanwhile that it has ended.
void CheckInflow(const Fields& fields, std::size_t octets, FileLog* log) {
  if (octets == 0 || octets >= kLeastInflow) return;
  log->Error(fields.At("limits.bytes_per_second"),
             "limits.bytes_per_second: expected 0 (unlimited), or at least " +
                 WriteOctets(kLeastInflow) + "; found " +
                 std::to_string(octets) + "; write for example 64KiB");
}

TenantLimits ReadLimits(const Fields& fields, FileLog* log) {
  TenantLimits limits;
  limits.stanza_bytes = fields.Count("limits.stanza_bytes");
  limits.streams = fields.Count("limits.streams");
  limits.streams_per_peer = fields.Count("limits.streams_per_peer");
  limits.bytes_per_second = fields.Count("limits.bytes_per_second");
  CheckInflow(fields, limits.bytes_per_second, log);
  limits.handshakes_per_second = fields.Count("limits.handshakes_per_second");
  return limits;
}

// The roots that a setting names, or null.
std::shared_ptr<const TrustStore> ReadRoots(const Fields& fields,
                                            std::string_view key,
                                            const TenantSurroundings& around,
                                            FileLog* log) {
  if (fields.Text(key).empty()) return nullptr;
  return around.trust->Read(fields, key, log);
}

using PlainPolicies = std::map<std::pair<ProofRequirement, bool>,
                               std::shared_ptr<const ProofPolicy>>;

PlainPolicies MakePlainPolicies() {
  PlainPolicies policies;
  for (const auto require : {ProofRequirement::kDane, ProofRequirement::kStrong,
                             ProofRequirement::kAny}) {
    for (const bool posh : {false, true}) {
      policies[{require, posh}] = std::make_shared<const ProofPolicy>(
          ProofPolicy{require, posh, nullptr, {}, {}});
    }
  }
  return policies;
}

// Tenants without roots and lists of their own, which are most, share.
std::shared_ptr<const ProofPolicy> Share(std::shared_ptr<ProofPolicy> policy) {
  static const PlainPolicies plain = MakePlainPolicies();
  const bool is_plain =
      policy->trust == nullptr && policy->deny.empty() && policy->allow.empty();
  return is_plain ? plain.at({policy->require, policy->posh})
                  : std::move(policy);
}

std::shared_ptr<const ProofPolicy> ReadPolicy(const Fields& fields,
                                              const TenantSurroundings& around,
                                              FileLog* log) {
  auto policy = std::make_shared<ProofPolicy>();
  for (const auto word : {ProofRequirement::kStrong, ProofRequirement::kAny}) {
    if (fields.Text("proof.require") == ToString(word)) policy->require = word;
  }
  policy->posh = fields.Text("proof.posh") == "on";
  policy->trust = ReadRoots(fields, "proof.trust", around, log);
  ReadPeerLists(fields, policy.get(), log);
  return Share(std::move(policy));
}

void NoteFiles(const Fields& fields, TenantReading* reading,
               const FileLog& log) {
  const auto note = [&](const std::string& path) {
    if (path.empty()) return;
    std::string beside = PathBeside(log.file(), path);
    const FileStamp stamp = StampOf(beside);
    reading->rests_on.push_back({std::move(beside), stamp});
  };
  note(fields.Text("proof.trust"));
  for (const Fields& backend : fields.Maps("backends")) {
    note(backend.Text("backends[].trust"));
    note(backend.Text("backends[].secret"));
  }
  note(fields.Text("certificate.chain"));
  note(fields.Text("certificate.key"));
  for (const Fields& certificate : fields.Maps("certificates")) {
    note(certificate.Text("certificates[].chain"));
    note(certificate.Text("certificates[].key"));
  }
}

TenantReading ReadTenant(const Fields& fields, const TenantSurroundings& around,
                         FileLog* log) {
  TenantReading reading;
  reading.tenant = std::make_shared<Tenant>();
  Tenant& tenant = *reading.tenant;
  NoteFiles(fields, &reading, *log);
  ReadName(fields, &reading, log);
  tenant.name = fields.Text("tenant");
  const auto domains = ReadDomains(fields, around, &reading, log);
  for (const auto& [domain, at, below] : domains) {
    (below ? tenant.wildcards : tenant.domains).push_back(domain);
  }
  const auto mode = ReadMode(fields);
  tenant.identity = mode.value_or(IdentityMode::kEdgeKey);
  tenant.target = ReadTarget(fields, mode, around, &reading, log);
  auto identity = ReadIdentity(fields,
                               {mode, domains, around.edge_credential.get(),
                                reading.rests_on, around.now, around.depth},
                               log);
  tenant.credentials = std::move(identity.source);
  reading.loaded = std::move(identity.loaded);
  tenant.backends = ReadBackends(fields, around.listeners, around.trust, log);
  tenant.policy = ReadPolicy(fields, around, log);
  tenant.limits = ReadLimits(fields, log);
  tenant.contact = fields.Text("contact");
  tenant.notes = fields.Text("notes");
  return reading;
}

}  // namespace

TenantReading ReadTenantFile(const std::string& text,
                             const TenantSurroundings& around, FileLog* log) {
  const auto root = ReadYaml(text, log);
  if (!root) return {};
  CheckSettings(*root, TenantSettings(), log);
  if (root->kind != YamlNode::Kind::kMap) return {};
  auto reading = ReadTenant(Fields(*root, TenantSettings()), around, log);
  if (!log->ok()) reading.tenant = nullptr;
  return reading;
}

}  // namespace danegate
