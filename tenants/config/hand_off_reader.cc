#include "tenants/config/hand_off_reader.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "tenants/config/address.h"
#include "tenants/config/secret_file.h"
#include "tenants/config/setting_row.h"
#include "tenants/settings.h"

namespace danegate {
namespace {

constexpr std::string_view kHandOff = "backends[].hand_off";
constexpr std::string_view kSecret = "backends[].secret";
constexpr std::string_view kCleartext = "backends[].cleartext";
constexpr std::string_view kTls = "backends[].tls";
constexpr std::string_view kProxyProtocol = "backends[].proxy_protocol";
constexpr std::string_view kTrust = "backends[].trust";

// The backend has a secret in each line of its file, we have one.
bool IsOneLine(std::string_view secret) {
  return std::all_of(secret.begin(), secret.end(),
                     [](char c) { return c > ' ' && c <= '~'; });
}

std::string ReadOneSecret(const Fields& fields, FileLog* log) {
  if (fields.Text(kSecret).empty()) {
    log->Error(fields.At(kHandOff),
               "hand_off proxy: expected \"secret\" beside it, a file that the "
               "backend has too; found none; make one with: openssl rand -hex "
               "32, and add for example secret: acme.secret");
    return {};
  }
  std::string secret = ReadSecret(fields, kSecret, log);
  if (IsOneLine(secret)) return secret;
  log->Error(fields.At(kSecret),
             "secret: expected one line of printable ASCII characters without "
             "spaces; found something else; make one with: openssl rand -hex "
             "32");
  return {};
}

void CheckNetwork(const Fields& fields, const Backend& backend, FileLog* log) {
  if (backend.host.empty() || IsLoopback(backend.host) ||
      fields.Text(kCleartext) == "trusted-network") {
    return;
  }
  log->Error(fields.At("backends[].address"),
             "hand_off proxy sends stanzas in cleartext, and " + backend.host +
                 " is another machine: whoever is on the way reads and changes "
                 "them; write hand_off: certificate, or, if nobody but you is "
                 "on that network, add cleartext: trusted-network");
}

void ReadProxyHandOff(const Fields& fields, Backend* backend, FileLog* log) {
  backend->hand_off = HandOffBy::kProxy;
  backend->secret = ReadOneSecret(fields, log);
  CheckNetwork(fields, *backend, log);
  if (fields.Has(kTls)) {
    log->Error(fields.At(kTls),
               "tls: hand_off proxy is without TLS; remove this line, or write "
               "hand_off: certificate");
  }
  if (fields.Text(kProxyProtocol) != ToString(ProxyProtocol::kOff)) {
    log->Error(fields.At(kProxyProtocol),
               "proxy_protocol: hand_off proxy sends a PROXY v2 header of its "
               "own; remove this line");
  }
  if (!fields.Text(kTrust).empty()) {
    log->Error(fields.At(kTrust),
               "trust: hand_off proxy is without certificates, the backend "
               "proves that it knows the secret; remove this line, or write "
               "hand_off: certificate");
  }
}

void ReadCertificateHandOff(const Fields& fields, Backend* backend,
                            FileLog* log) {
  for (const std::string_view key : {kSecret, kCleartext}) {
    if (fields.Text(key) == RowOf(TenantSettings(), key).value) continue;
    log->Error(fields.At(key), std::string(LastPart(key)) +
                                   ": only hand_off proxy has this; remove "
                                   "this line, or write hand_off: proxy");
  }
  if (fields.Text(kTls) == ToString(BackendTls::kDirect)) {
    backend->tls = BackendTls::kDirect;
  }
  if (fields.Text(kProxyProtocol) == ToString(ProxyProtocol::kV2)) {
    backend->proxy_protocol = ProxyProtocol::kV2;
  }
}

}  // namespace

void ReadHandOff(const Fields& fields, Backend* backend, FileLog* log) {
  if (fields.Text(kHandOff) == ToString(HandOffBy::kProxy)) {
    ReadProxyHandOff(fields, backend, log);
  } else {
    ReadCertificateHandOff(fields, backend, log);
  }
}

}  // namespace danegate
