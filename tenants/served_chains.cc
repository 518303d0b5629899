#include "tenants/served_chains.h"

namespace danegate {

ServedChains ChainsIn(const CredentialSource& source) {
  auto loaded = source.Load();
  if (!loaded) return Failure(loaded.error());
  std::vector<CertificateChain> chains;
  for (const auto& credential : **loaded) chains.push_back(credential->chain());
  return chains;
}

ServedChains ChainsOfEdge(const Settings& settings) {
  if (settings.edge_credential == nullptr) {
    return std::vector<CertificateChain>();
  }
  return std::vector{settings.edge_credential->chain()};
}

ServedChains ChainsOf(const Tenant& tenant, const Settings& settings) {
  return tenant.credentials == nullptr ? ChainsOfEdge(settings)
                                       : ChainsIn(*tenant.credentials);
}

ServedChains ChainsFor(const TenantSet& tenants, const Settings&,
                       std::string_view sni, const Domain* to, bool direct) {
  const auto served = tenants.Select(sni, to, direct).credentials;
  return served == nullptr ? std::vector<CertificateChain>()
                           : ChainsIn(*served);
}

}  // namespace danegate
