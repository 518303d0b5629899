#include "tenants/config/backend_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "tenants/config/address.h"
#include "tenants/config/file_text.h"
#include "tenants/config/hand_off_reader.h"

namespace danegate {
namespace {

std::optional<ConfiguredAddress> ReadAddress(const Fields& fields,
                                             FileLog* log) {
  constexpr std::string_view key = "backends[].address";
  if (!fields.Has(key)) return std::nullopt;
  auto address = ParseConfiguredAddress(fields.Text(key));
  if (!address) {
    log->Error(fields.At(key), "address: " + address.error());
    return std::nullopt;
  }
  if (!IsServerAddress(address->host)) {
    log->Error(fields.At(key), "address: expected the address of a server; " +
                                   InQuotes(fields.Text(key)) +
                                   " is not one that can be connected to; give "
                                   "that of the tenant's XMPP server");
    return std::nullopt;
  }
  return *std::move(address);
}

// Also where the edge listens on all addresses and the backend is on loopback.
bool IsListener(const Backend& backend,
                const std::vector<ListenAddress>& listeners) {
  return std::any_of(listeners.begin(), listeners.end(),
                     [&backend](const ListenAddress& listener) {
                       const bool all = !IsServerAddress(listener.host);
                       return listener.port == backend.port &&
                              (listener.host == backend.host ||
                               (all && IsLoopback(backend.host)));
                     });
}

// What decides whether this backend or another is used.
void ReadChoice(const Fields& fields, Backend* backend) {
  backend->priority =
      static_cast<std::uint16_t>(fields.Count("backends[].priority"));
  backend->weight =
      static_cast<std::uint16_t>(fields.Count("backends[].weight"));
  for (const auto check : {HealthCheck::kTcp, HealthCheck::kXmpp}) {
    if (fields.Text("backends[].health_check") == ToString(check)) {
      backend->health_check = check;
    }
  }
}

Backend ReadBackend(const Fields& fields, TrustFiles* trust, FileLog* log) {
  Backend backend;
  if (auto address = ReadAddress(fields, log)) {
    backend.host = std::move(address->host);
    backend.port = address->port;
  }
  ReadHandOff(fields, &backend, log);
  ReadChoice(fields, &backend);
  if (!fields.Text("backends[].trust").empty()) {
    backend.trust = trust->Read(fields, "backends[].trust", log);
  } else if (backend.hand_off == HandOffBy::kCertificate &&
             !backend.host.empty() && !IsLoopback(backend.host)) {
    log->Warn(fields.At("backends[].address"),
              "the backend is on another machine and has no \"trust\": whoever "
              "answers there gets the streams; add trust: with the PEM file of "
              "the CA that signs its certificate");
  }
  return backend;
}

}  // namespace

std::vector<Backend> ReadBackends(const Fields& tenant,
                                  const std::vector<ListenAddress>& listeners,
                                  TrustFiles* trust, FileLog* log) {
  std::vector<Backend> backends;
  for (const auto& fields : tenant.Maps("backends")) {
    Backend backend = ReadBackend(fields, trust, log);
    const bool repeated = std::any_of(
        backends.begin(), backends.end(), [&backend](const Backend& other) {
          return !backend.host.empty() && other.host == backend.host &&
                 other.port == backend.port;
        });
    if (repeated) {
      log->Error(fields.At("backends[].address"),
                 "the backend " + backend.ToString() +
                     " is there already; keep one of the two");
    }
    if (IsListener(backend, listeners)) {
      log->Error(fields.At("backends[].address"),
                 "expected a backend; " + backend.ToString() +
                     " is where this edge itself listens; give the address "
                     "and port of the tenant's XMPP server");
    }
    backends.push_back(std::move(backend));
  }
  return backends;
}

}  // namespace danegate
