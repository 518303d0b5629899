#include "tenants/config/outbound_reader.h"

#include <charconv>
#include <string_view>
#include <utility>

#include "tenants/config/credential_files.h"
#include "tenants/config/file_text.h"
#include "tenants/config/secret_file.h"

namespace danegate {
namespace {

std::vector<AddressPrefix> ReadPrefixes(const Fields& fields,
                                        std::string_view key, FileLog* log) {
  std::vector<AddressPrefix> prefixes;
  for (const auto& text : fields.Texts(key)) {
    auto prefix = AddressPrefix::Parse(text.text);
    if (prefix) {
      prefixes.push_back(*std::move(prefix));
    } else {
      log->Error(text.at, std::string(key) + ": " + prefix.error());
    }
  }
  return prefixes;
}

std::vector<std::uint16_t> ReadPorts(const Fields& fields, FileLog* log) {
  std::vector<std::uint16_t> ports{5269, 5270, 443};
  for (const auto& text : fields.Texts("outbound.ports")) {
    std::uint16_t port = 0;
    const char* const end = text.text.data() + text.text.size();
    const auto read = std::from_chars(text.text.data(), end, port);
    if (read.ec != std::errc() || read.ptr != end || port == 0) {
      log->Error(text.at,
                 "outbound.ports: expected a port, 1 to 65535; found " +
                     InQuotes(text.text));
      continue;
    }
    ports.push_back(port);
  }
  return ports;
}

}  // namespace

void ReadOutbound(const Fields& fields, Settings* settings, FileLog* log) {
  settings->posh_trust_store =
      PathBeside(log->file(), fields.Text("posh.trust_store"));
  TrustFiles().Read(fields, "posh.trust_store", log);
  settings->posh_port = static_cast<std::uint16_t>(fields.Count("posh.port"));
  settings->outbound_allow = ReadPrefixes(fields, "outbound.allow", log);
  settings->outbound_refuse = ReadPrefixes(fields, "outbound.refuse", log);
  settings->outbound_ports = ReadPorts(fields, log);
  settings->dialback_secret = ReadSecret(fields, "dialback.secret", log);
  settings->previous_dialback_secret =
      ReadSecret(fields, "dialback.previous_secret", log);
  if (settings->dialback_secret.empty() &&
      fields.Text("dialback.secret").empty() &&
      !fields.Text("dialback.previous_secret").empty()) {
    log->Error(fields.At("dialback.previous_secret"),
               "dialback.previous_secret: expected dialback.secret beside it; "
               "found none; name the new secret's file there");
  }
}

}  // namespace danegate
