#include "tenants/config/tenant_reader.h"

#include <utility>

#include "tenants/config/backend_reader.h"
#include "tenants/config/fields.h"
#include "tenants/config/file_text.h"
#include "tenants/config/identity_check.h"
#include "tenants/config/setting_check.h"
#include "tenants/config/yaml_reader.h"
#include "tenants/settings.h"

namespace danegate {
namespace {

// "the tenant acme", for messages in other files.
std::string Owner(const Fields& fields) {
  return "the tenant " + fields.Text("tenant");
}

void CheckName(const Fields& fields, NameClaims* claims, FileLog* log) {
  if (!fields.Has("tenant")) return;
  const std::string name = fields.Text("tenant");
  const Position at = fields.At("tenant");
  if (auto mistake = TenantNameMistake(name)) {
    log->Error(at, *std::move(mistake));
  } else {
    claims->Take(name, at, "another tenant", log);
  }
}

std::vector<LocatedDomain> ReadDomains(const Fields& fields, NameClaims* claims,
                                       FileLog* log) {
  std::vector<LocatedDomain> domains;
  for (const auto& text : fields.Texts("domains")) {
    auto domain = ReadDomain(text, log);
    if (!domain) continue;
    if (claims->Take(domain->ascii(), text.at, Owner(fields), log)) {
      domains.push_back({*std::move(domain), text.at});
    }
  }
  return domains;
}

IdentityMode ReadMode(const Fields& fields) {
  const std::string word = fields.Text("identity");
  if (word == ToString(IdentityMode::kOwnTarget)) {
    return IdentityMode::kOwnTarget;
  }
  return word == ToString(IdentityMode::kCa) ? IdentityMode::kCa
                                             : IdentityMode::kEdgeKey;
}

std::optional<Domain> ReadTarget(const Fields& fields, IdentityMode mode,
                                 NameClaims* claims, FileLog* log) {
  const std::string text = fields.Text("target");
  const Position at = fields.At("target");
  const bool wanted = mode == IdentityMode::kOwnTarget;
  if (wanted && text.empty()) {
    log->Error(fields.At("identity"),
               "identity own-target: expected the tenant's own SRV target "
               "name; found none; add for example target: "
               "acme.edge.hosting.example");
  }
  if (!wanted && !text.empty()) {
    log->Error(at, "target: only identity own-target has one; found identity " +
                       std::string(ToString(mode)) +
                       "; remove this line, or change the identity");
  }
  if (!wanted || text.empty()) return std::nullopt;
  auto target = ReadDomain({text, at}, log);
  if (target) claims->Take(target->ascii(), at, Owner(fields), log);
  return target;
}

TenantLimits ReadLimits(const Fields& fields) {
  TenantLimits limits;
  limits.stanza_bytes = fields.Count("limits.stanza_bytes");
  limits.streams = fields.Count("limits.streams");
  limits.streams_per_peer = fields.Count("limits.streams_per_peer");
  return limits;
}

std::shared_ptr<const ProofPolicy> ReadPolicy(const Fields& fields,
                                              TrustFiles* trust, FileLog* log) {
  auto policy = std::make_shared<ProofPolicy>();
  for (const auto word : {ProofRequirement::kStrong, ProofRequirement::kAny}) {
    if (fields.Text("proof.require") == ToString(word)) policy->require = word;
  }
  policy->posh = fields.Text("proof.posh") == "on";
  const std::string roots = fields.Text("proof.trust");
  if (!roots.empty()) {
    policy->trust = trust->Read(PathBeside(log->file(), roots),
                                fields.At("proof.trust"), log);
  }
  return policy;
}

Tenant ReadTenant(const Fields& fields, TenantSurroundings* around,
                  FileLog* log) {
  Tenant tenant;
  CheckName(fields, &around->tenants, log);
  tenant.name = fields.Text("tenant");
  const auto domains = ReadDomains(fields, &around->domains, log);
  for (const auto& [domain, at] : domains) tenant.domains.push_back(domain);
  tenant.identity = ReadMode(fields);
  tenant.target = ReadTarget(fields, tenant.identity, &around->domains, log);
  tenant.credential = ReadIdentity(fields, tenant.identity, domains,
                                   around->edge_credential, around->now, log);
  tenant.backends =
      ReadBackends(fields, around->listeners, &around->trust, log);
  tenant.policy = ReadPolicy(fields, &around->trust, log);
  tenant.limits = ReadLimits(fields);
  return tenant;
}

}  // namespace

std::shared_ptr<const Tenant> ReadTenantFile(const std::string& text,
                                             TenantSurroundings* around,
                                             FileLog* log) {
  const auto root = ReadYaml(text, log);
  if (!root) return nullptr;
  CheckSettings(*root, TenantSettings(), log);
  if (root->kind != YamlNode::Kind::kMap) return nullptr;
  const Fields fields(*root, TenantSettings());
  auto tenant = std::make_shared<const Tenant>(ReadTenant(fields, around, log));
  const bool good = log->ok() && tenant->credential != nullptr;
  return good ? tenant : nullptr;
}

}  // namespace danegate
