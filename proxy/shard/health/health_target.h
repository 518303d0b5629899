// HealthTarget is one thing to check: a backend in the way that a tenant wants
// it, whoever else has it too. A plain value.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tenants/tenant.h"
#include "verifier/domain.h"

namespace danegate {

struct HealthTarget {
  // Nothing where the tenant wants no check of it.
  static std::optional<HealthTarget> Of(const Tenant&, const Backend&);

  // What is checked once has one key.
  std::string Key() const;
  // "10.0.3.7:5269"
  std::string address() const;

  std::string host;
  std::uint16_t port = 0;
  BackendTls tls = BackendTls::kStartTls;
  ProxyProtocol proxy_protocol = ProxyProtocol::kOff;
  HealthCheck check = HealthCheck::kTcp;
  std::string secret;  // of a hand-off by PROXY header; else empty
  // kXmpp: whom the stream is for, the tenant's first domain. Not one for all
  // tenants: a server may know one of them and not another.
  std::optional<Domain> to;
};

// All that the tenants want, each once.
std::vector<HealthTarget> HealthTargetsOf(
    std::span<const std::shared_ptr<const Tenant>> tenants);

}  // namespace danegate
