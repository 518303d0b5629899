#include "tenants/config/edge_file.h"

#include <utility>

#include "tenants/config/address.h"
#include "tenants/config/certificate_facts.h"
#include "tenants/config/credential_files.h"
#include "tenants/config/file_text.h"
#include "tenants/config/outbound_reader.h"
#include "tenants/config/setting_check.h"
#include "tenants/config/yaml_reader.h"
#include "verifier/credential_ca.h"
#include "verifier/pkix.h"
#include "verifier/resolver_settings.h"

namespace danegate {
namespace {

constexpr std::size_t kMostAnchorOctets = 1 << 20;

std::uint16_t Port(const Fields& fields, std::string_view key) {
  return static_cast<std::uint16_t>(fields.Count(key));
}

// "; write 192.0.2.53@53" for "192.0.2.53:53" and the like.
std::string ForwardRemedy(const std::string& text) {
  const auto address = ParseConfiguredAddress(text);
  if (!address) return {};
  return "; write " + address->host + "@" + std::to_string(address->port);
}

// Reads one edge file; `fields` are the whole of it.
class EdgeReader {
 public:
  EdgeReader(const Fields& fields, UnixTime now, FileLog* log)
      : fields_(fields), now_(now), log_(log) {}

  Settings Read(NameClaims* claims) {
    Settings settings;
    settings.starttls = Listeners("listen.starttls");
    settings.direct_tls = Listeners("listen.direct_tls");
    CheckListeners(settings);
    settings.edge_hosts = Hosts(claims);
    settings.edge_credential = EdgeCredential(settings.edge_hosts);
    settings.edge_ca = EdgeCa();
    for (const std::string_view key :
         {"edge.certificate.chain", "edge.certificate.key",
          "edge_ca.certificate", "edge_ca.key"}) {
      settings.certificate_files.push_back(
          PathBeside(log_->file(), fields_.Text(key)));
    }
    ReadResolver(&settings);
    ReadRest(&settings);
    return settings;
  }

 private:
  std::vector<ListenAddress> Listeners(std::string_view key) {
    std::vector<ListenAddress> listeners;
    for (const auto& text : fields_.Texts(key)) {
      auto address = ParseConfiguredAddress(text.text);
      if (!address) {
        log_->Error(text.at, std::string(key) + ": " + address.error());
        continue;
      }
      taken_.Take(text.text, text.at, std::string(key), log_);
      listeners.push_back({std::move(address->host), address->port});
    }
    return listeners;
  }

  void CheckListeners(const Settings& settings) {
    if (!settings.starttls.empty() || !settings.direct_tls.empty()) return;
    if (!fields_.Texts("listen.starttls").empty()) return;
    if (!fields_.Texts("listen.direct_tls").empty()) return;
    if (!fields_.Has("listen")) return;
    log_->Error(fields_.At("listen"),
                "listen: expected at least one address; found none; write for "
                "example starttls: [\"0.0.0.0:5269\"]");
  }

  std::vector<Domain> Hosts(NameClaims* claims) {
    std::vector<Domain> hosts;
    for (const auto& text : fields_.Texts("edge.hosts")) {
      auto host = ReadDomain(text, log_);
      if (!host) continue;
      if (claims->Take(host->ascii(), text.at, "the edge (edge.hosts)", log_)) {
        hosts.push_back(*std::move(host));
      }
    }
    return hosts;
  }

  std::shared_ptr<const Credential> EdgeCredential(
      const std::vector<Domain>& hosts) {
    auto credential = ReadCredential(
        fields_, {"edge.certificate.chain", "edge.certificate.key"}, now_,
        log_);
    if (credential == nullptr) return nullptr;
    for (const auto& host : hosts) {
      // DANE-EE does not look at names (D-42), so this is no error.
      if (MatchesIdentity(credential->chain().der(0), host)) continue;
      log_->Warn(fields_.At("edge.certificate.chain"),
                 "the certificate does not name " + host.ascii() +
                     NamesInWords(credential->chain().der(0)) +
                     "; only peers that match TLSA usage 3 will accept it; "
                     "have it issued with this DNS name as well");
    }
    return credential;
  }

  std::shared_ptr<const Credential> EdgeCa() {
    auto ca = ReadCredential(fields_, {"edge_ca.certificate", "edge_ca.key"},
                             now_, log_);
    if (ca == nullptr) return nullptr;
    if (auto why = WhyNoCaCertificate(*ca); !why.empty()) {
      log_->Error(fields_.At("edge_ca.certificate"), std::move(why));
    }
    if (auto why = WhyNoCaKey(*ca); !why.empty()) {
      log_->Error(fields_.At("edge_ca.key"), std::move(why));
    }
    return ca;
  }

  void ReadResolver(Settings* settings) {
    const std::size_t told = log_->errors().size();
    for (const auto& text : fields_.Texts("resolver.trust_anchor")) {
      settings->trust_anchor_files.push_back(TrustAnchor(text));
    }
    for (const auto& text : fields_.Texts("resolver.forward")) {
      if (!IsForwardAddress(text.text)) {
        log_->Error(text.at,
                    "resolver.forward: expected ADDRESS or ADDRESS@PORT, such "
                    "as 192.0.2.53@53; found " +
                        InQuotes(text.text) + ForwardRemedy(text.text));
      }
      settings->resolver_forward.push_back(text.text);
      resolver_items_.push_back(text);
    }
    settings->root_hints = OptionalFile("resolver.root_hints");
    resolver_items_.push_back(
        {settings->root_hints, fields_.At("resolver.root_hints")});
    settings->verifier_threads =
        static_cast<unsigned>(fields_.Count("resolver.threads"));
    for (auto& [name, value] : fields_.Options("resolver.options")) {
      settings->resolver_options.emplace_back(name + ":", value.text);
      resolver_items_.push_back({name + ":", value.at});
    }
    if (log_->errors().size() == told) TryResolver(*settings);
  }

  std::string TrustAnchor(const LocatedText& text) {
    std::string path = PathBeside(log_->file(), text.text);
    const auto anchor =
        ReadWholeFile(path, kMostAnchorOctets, Secrecy::kPublic);
    if (!anchor) {
      log_->Error(text.at, "resolver.trust_anchor: " + anchor.error() +
                               "; Debian's package dns-root-data has one");
    }
    resolver_items_.push_back({path, text.at});
    return path;
  }

  // What libunbound knows better: options, and what stands in the files.
  void TryResolver(const Settings& settings) {
    const auto refusal = WhyResolverRefused(settings.ToResolverSettings());
    if (!refusal) return;
    Position at = fields_.At("resolver");
    for (const LocatedText& item : resolver_items_) {
      if (!refusal->item.empty() && item.text == refusal->item) at = item.at;
    }
    log_->Error(at, refusal->why);
  }

  // The path of a file that must be readable, or empty where none is named.
  std::string OptionalFile(std::string_view key) {
    if (fields_.Text(key).empty()) return {};
    std::string path = PathBeside(log_->file(), fields_.Text(key));
    const auto text = ReadWholeFile(path, kMostAnchorOctets, Secrecy::kPublic);
    if (!text)
      log_->Error(fields_.At(key), std::string(key) + ": " + text.error());
    return path;
  }

  void ReadRest(Settings* settings) {
    ReadOutbound(fields_, settings, log_);
    ReadPublish(settings);
    ReadPosh(settings);
    settings->shards = static_cast<unsigned>(fields_.Count("shards"));
    if (fields_.Has("tenants")) {
      settings->tenants_folder =
          PathBeside(log_->file(), fields_.Text("tenants"));
      settings->tenants_place = ToPlace(log_->file(), fields_.At("tenants"));
    }
    settings->trust_store =
        PathBeside(log_->file(), fields_.Text("trust_store"));
    TrustFiles().Read(fields_, "trust_store", log_);
    if (!fields_.Text("log.file").empty()) {
      settings->log_file = PathBeside(log_->file(), fields_.Text("log.file"));
      if (auto why = WhyNotAppendable(settings->log_file); !why.empty()) {
        log_->Error(fields_.At("log.file"), "log.file: " + why);
      }
    }
    settings->log_level = fields_.Text("log.level");
    settings->control = Control();
    settings->drain_time = std::chrono::seconds(fields_.Count("drain_time"));
    settings->max_connections = fields_.Count("limits.connections");
    settings->credential_octets = fields_.Count("limits.credentials");
  }

  void ReadPublish(Settings* settings) {
    PublishSettings& publish = settings->publish;
    publish.starttls_port = Port(fields_, "publish.starttls_port");
    publish.direct_tls_port = Port(fields_, "publish.direct_tls_port");
    publish.posh_port = Port(fields_, "publish.posh_port");
    publish.ttl = std::chrono::seconds(fields_.Count("publish.ttl"));
    const std::string host = fields_.Text("publish.posh_host");
    if (host.empty()) return;
    const auto domain =
        ReadDomain({host, fields_.At("publish.posh_host")}, log_);
    if (domain) publish.posh_host = *domain;
  }

  void ReadPosh(Settings* settings) {
    settings->posh_serve = Listeners("posh.serve");
    settings->posh_expires =
        std::chrono::seconds(fields_.Count("posh.serve_expires"));
    settings->posh_credential = settings->edge_credential;
    settings->posh_files = Pair("edge.certificate");
    if (fields_.Text("posh.serve_certificate.chain").empty()) {
      if (fields_.Text("posh.serve_certificate.key").empty()) return;
      log_->Error(fields_.At("posh.serve_certificate.key"),
                  "posh.serve_certificate.key: expected a chain beside it; "
                  "found none; name it, or leave both out");
      return;
    }
    settings->posh_credential = ReadCredential(
        fields_, {"posh.serve_certificate.chain", "posh.serve_certificate.key"},
        now_, log_);
    settings->posh_files = Pair("posh.serve_certificate");
    CheckPoshHost(*settings);
  }

  CredentialFiles Pair(const std::string& key) const {
    return {PathBeside(log_->file(), fields_.Text(key + ".chain")),
            PathBeside(log_->file(), fields_.Text(key + ".key"))};
  }

  // E-10: its certificate is verified for the host of the URL.
  void CheckPoshHost(const Settings& settings) {
    if (settings.posh_credential == nullptr || settings.edge_hosts.empty()) {
      return;
    }
    const auto url = settings.PoshUrl(settings.edge_hosts.front());
    if (!url ||
        MatchesIdentity(settings.posh_credential->chain().der(0), url->host)) {
      return;
    }
    log_->Warn(fields_.At("posh.serve_certificate.chain"),
               "the certificate does not name " + url->host.ascii() +
                   ", where the documents are" +
                   NamesInWords(settings.posh_credential->chain().der(0)) +
                   "; have it issued for that name, "
                   "or set publish.posh_host");
  }

  std::string Control() {
    if (fields_.Text("control").empty()) return {};
    std::string path = PathBeside(log_->file(), fields_.Text("control"));
    if (auto why = WhyNoSocketPath(path); !why.empty()) {
      log_->Error(fields_.At("control"), "control: " + why);
    }
    return path;
  }

  const Fields& fields_;
  UnixTime now_;
  FileLog* log_;
  NameClaims taken_;
  // What a ResolverRefusal may be about.
  std::vector<LocatedText> resolver_items_;
};

}  // namespace

std::optional<Settings> ReadEdgeFile(const std::string& text, UnixTime now,
                                     NameClaims* claims, FileLog* log) {
  const auto root = ReadYaml(text, log);
  if (!root) return std::nullopt;
  CheckSettings(*root, EdgeSettings(), log);
  if (root->kind != YamlNode::Kind::kMap) return std::nullopt;
  return EdgeReader(Fields(*root, EdgeSettings()), now, log).Read(claims);
}

}  // namespace danegate
