#include "bench/load/tenants/provider.h"

#include <initializer_list>
#include <utility>

#include "bench/load/tenants/output_folder.h"
#include "bench/load/tenants/tenant_names.h"

namespace danegate {
namespace {

Domain Below(const std::string& label, const Domain& parent) {
  return *Domain::Parse(label + "." + parent.ascii());
}

std::string ToText(const ConfiguredAddress& address) {
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  return '"' + (is_ipv6 ? "[" + address.host + "]" : address.host) + ":" +
         std::to_string(address.port) + '"';
}

std::string FirstError(std::initializer_list<std::string> errors) {
  for (const std::string& error : errors) {
    if (!error.empty()) return error;
  }
  return "";
}

}  // namespace

Provider::Provider(ProviderPlan plan, UnixTime now)
    : plan_(std::move(plan)),
      now_(now),
      root_(Authority::Root("danegate-load root", now)),
      intermediate_(
          Authority::Intermediate("danegate-load intermediate", root_, now)),
      edge_ca_(Authority::EdgeCa(plan_.suffix, now)),
      edge_host_(Below("edge", plan_.suffix)),
      edge_key_(NewKey(plan_.key)) {
  if (plan_.key != KeyKind::kRsa) return;
  if (plan_.identity == IdentityMode::kEdgeKey) return;
  while (rsa_keys_.size() < kRsaKeys) rsa_keys_.push_back(NewKey(plan_.key));
}

Domain Provider::DomainOf(const std::string& tenant) const {
  return Below(tenant, plan_.suffix);
}

std::string Provider::EdgeText() const {
  return "# Written by danegate-load.\n"
         "listen:\n"
         "  starttls: [" +
         ToText(plan_.starttls) +
         "]\n"
         "  direct_tls: [" +
         ToText(plan_.direct_tls) +
         "]\n"
         "edge:\n"
         "  hosts: [" +
         edge_host_.ascii() +
         "]\n"
         "  certificate: {chain: edge.pem, key: edge.key}\n"
         "edge_ca: {certificate: edge-ca.pem, key: edge-ca.key}\n"
         "tenants: " +
         kTenantsFolder + "\n" + plan_.edge_more;
}

std::string Provider::TenantText(const std::string& name) const {
  const bool own_target = plan_.identity == IdentityMode::kOwnTarget;
  return "tenant: " + name + "\ndomains: [" + DomainOf(name).ascii() +
         "]\nidentity: " + std::string(ToString(plan_.identity)) +
         (own_target ? "\ntarget: " + Below(name, edge_host_).ascii() : "") +
         "\ncertificate: {chain: " + name + ".pem, key: " + name +
         ".key}\nbackends: [{address: " + ToText(plan_.backend) +
         plan_.backend_more + "}]\n" + plan_.tenant_more;
}

std::string Provider::Write(const std::string& name,
                            const std::string& text) const {
  return WriteFile(plan_.folder + "/" + name, text, FileMode::kPublic);
}

std::string Provider::WriteSecret(const std::string& name,
                                  const std::string& text) const {
  return WriteFile(plan_.folder + "/" + name, text, FileMode::kSecret);
}

std::string Provider::WriteAuthorities() const {
  return FirstError({Write("root.pem", root_.ToPem()),
                     WriteSecret("root.key", root_.ToKeyPem()),
                     Write("intermediate.pem", intermediate_.ToPem()),
                     WriteSecret("intermediate.key", intermediate_.ToKeyPem()),
                     Write("edge-ca.pem", edge_ca_.ToPem()),
                     WriteSecret("edge-ca.key", edge_ca_.ToKeyPem())});
}

std::string Provider::WriteEdge() const {
  std::string names;
  for (std::size_t number = 1; number <= plan_.tenants; ++number) {
    names += DomainOf(TenantName(number)).ascii() + "\n";
  }
  const std::string chain =
      intermediate_.Sign(edge_host_, edge_key_.get(), now_) +
      intermediate_.ToPem();
  return FirstError({WriteAuthorities(), Write("edge.pem", chain),
                     WriteSecret("edge.key", KeyToPem(edge_key_.get())),
                     Write("danegate.yaml", EdgeText()),
                     Write(kNamesFile, names)});
}

// The certificate of the authority goes with it: the TLSA record 2 1 1 of
// identity ca can only match what is sent (D-45).
std::string Provider::WriteTenant(std::size_t number) const {
  const std::string name = TenantName(number);
  bssl::UniquePtr<EVP_PKEY> key;
  if (plan_.identity == IdentityMode::kEdgeKey) {
    key = bssl::UpRef(edge_key_);
  } else if (plan_.key == KeyKind::kRsa) {
    key = bssl::UpRef(rsa_keys_[number % rsa_keys_.size()]);
  } else {
    key = NewKey(plan_.key);
  }
  const std::string chain =
      intermediate_.Sign(DomainOf(name), key.get(), now_) +
      intermediate_.ToPem();
  const std::string secret = KeyToPem(key.get());
  const std::string base = std::string(kTenantsFolder) + "/" + name;
  if (plan_.haproxy) {
    const std::string bundle =
        std::string(kHaproxyFolder) + "/" + name + ".pem";
    if (auto why = WriteSecret(bundle, chain + secret); !why.empty()) {
      return why;
    }
  }
  return FirstError({Write(base + ".pem", chain),
                     WriteSecret(base + ".key", secret),
                     Write(base + ".yaml", TenantText(name))});
}

}  // namespace danegate
