#include "tenants/tenant.h"

namespace danegate {

std::string_view ToString(IdentityMode mode) {
  switch (mode) {
    case IdentityMode::kEdgeKey:
      return "edge-key";
    case IdentityMode::kOwnTarget:
      return "own-target";
    case IdentityMode::kCa:
      return "ca";
  }
  return "unknown";
}

std::string_view ToString(HandOffBy way) {
  switch (way) {
    case HandOffBy::kCertificate:
      return "certificate";
    case HandOffBy::kProxy:
      return "proxy";
  }
  return "unknown";
}

std::string_view ToString(BackendTls tls) {
  switch (tls) {
    case BackendTls::kStartTls:
      return "starttls";
    case BackendTls::kDirect:
      return "direct";
  }
  return "unknown";
}

std::string_view ToString(ProxyProtocol version) {
  switch (version) {
    case ProxyProtocol::kOff:
      return "off";
    case ProxyProtocol::kV2:
      return "v2";
  }
  return "unknown";
}

std::string_view ToString(HealthCheck check) {
  switch (check) {
    case HealthCheck::kOff:
      return "off";
    case HealthCheck::kTcp:
      return "tcp";
    case HealthCheck::kXmpp:
      return "xmpp";
  }
  return "unknown";
}

std::string Backend::ToString() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace danegate
