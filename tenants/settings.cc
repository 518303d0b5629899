#include "tenants/settings.h"

namespace danegate {
namespace {

using enum SettingKind;

constexpr SettingRow kEdge[] = {
    {"listen", kMap, true, "", "where peers connect"},
    {"listen.starttls", kTexts, false, "[]", "addresses that speak STARTTLS", 0,
     32},
    {"listen.direct_tls", kTexts, false, "[]",
     "addresses that speak direct TLS", 0, 32},
    {"shards", kCount, false, "0",
     "threads that serve streams; 0: one per core", 0, 256},
    {"edge", kMap, true, "", "the edge's own names and certificate"},
    {"edge.hosts", kTexts, true, "[edge.hosting.example]",
     "the SRV target names that this edge answers for", 1, 64},
    {"edge.certificate", kMap, true, "",
     "the certificate that is served for the edge's hosts"},
    {"edge.certificate.chain", kText, true, "edge.pem",
     "a PEM file, the edge's own certificate first"},
    {"edge.certificate.key", kText, true, "edge.key",
     "a PEM file with the private key, mode 0600"},
    {"edge_ca", kMap, true, "",
     "the CA that signs the certificates of the hand-off"},
    {"edge_ca.certificate", kText, true, "edge-ca.pem", "a PEM file"},
    {"edge_ca.key", kText, true, "edge-ca.key",
     "a PEM file with the private key, mode 0600"},
    {"tenants", kText, true, "tenants.d", "the folder of tenant files"},
    {"resolver", kMap, false, "", "how DNS is asked"},
    {"resolver.trust_anchor", kTexts, false, "/usr/share/dns/root.key",
     "files with the root's keys as DS or DNSKEY records", 1, 16},
    {"resolver.forward", kTexts, false, "[]",
     "servers to ask everything, ADDRESS@PORT; none: full recursion", 0, 16},
    {"resolver.root_hints", kText, false, "",
     "a root hints file; empty: the built-in one"},
    {"resolver.threads", kCount, false, "1", "threads that validate", 1, 64},
    {"resolver.options", kOptions, false, "{}",
     "further options of unbound.conf, each with its value"},
    {"trust_store", kText, false, "/etc/ssl/certs/ca-certificates.crt",
     "a PEM file of the roots of PKI, and of TLSA usages 0 and 1"},
    {"posh", kMap, false, "", "POSH documents, fetched and served"},
    {"posh.trust_store", kText, false, "/etc/ssl/certs/ca-certificates.crt",
     "a PEM file of the web's roots"},
    {"posh.port", kCount, false, "443", "the port of every domain's web server",
     1, 65535},
    {"posh.serve", kTexts, false, "[]",
     "addresses that serve the tenants' documents by HTTPS", 0, 8},
    {"posh.serve_certificate", kMap, false, "",
     "the certificate of that web server"},
    {"posh.serve_certificate.chain", kText, false, "",
     "a PEM file, the web server's own first; empty: edge.certificate"},
    {"posh.serve_certificate.key", kText, false, "",
     "a PEM file with the private key, mode 0600"},
    {"posh.serve_expires", kCount, false, "86400",
     "seconds that peers may keep a document that is served", 60, 86400},
    {"outbound", kMap, false, "",
     "where the edge may be led by the names of a domain that a peer claims"},
    {"outbound.allow", kTexts, false, "[]",
     "networks that may be reached although they are not public", 0, 64},
    {"outbound.refuse", kTexts, false, "[]",
     "networks that may not be reached although they are public", 0, 64},
    {"outbound.ports", kTexts, false, "[]",
     "ports of XMPP servers beside 5269, 5270 and 443", 0, 64},
    {"dialback", kMap, false, "", "the keys of the tenants' own dialback"},
    {"dialback.secret", kText, false, "",
     "a file with the secret of the keys, mode 0600; empty: the edge makes and "
     "answers none"},
    {"dialback.previous_secret", kText, false, "",
     "the secret before, while it is rolled over"},
    {"publish", kMap, false, "",
     "how peers see the edge, for danegate records"},
    {"publish.starttls_port", kCount, false, "0",
     "the port of _xmpp-server; 0: that of the first listener", 0, 65535},
    {"publish.direct_tls_port", kCount, false, "0",
     "the port of _xmpps-server; 0: that of the first listener", 0, 65535},
    {"publish.posh_host", kText, false, "",
     "the host of posh.serve in URLs; empty: the first of edge.hosts"},
    {"publish.posh_port", kCount, false, "0",
     "the port of posh.serve in URLs; 0: that of its first listener", 0, 65535},
    {"publish.ttl", kCount, false, "3600", "the TTL of the records, in seconds",
     1, 604800},
    {"log", kMap, false, "", "one JSON line per event"},
    {"log.file", kText, false, "", "a file; empty: standard output"},
    {"log.level", kWord, false, "info", "the least that is logged", 0, 0,
     "debug info warning error"},
    {"control", kText, false, "",
     "a UNIX socket for danegate ctl; empty: none"},
    {"drain_time", kCount, false, "10",
     "seconds that SIGTERM waits for streams to end", 0, 3600},
    {"limits", kMap, false, "", "bounds of the whole edge"},
    {"limits.connections", kCount, false, "8000",
     "peers' connections per shard", 1, 1000000},
    {"limits.credentials", kOctets, false, "64MiB",
     "memory for certificates and keys of tenants that were served lately",
     65536, 1ULL << 40},
};

constexpr SettingRow kTenant[] = {
    {"tenant", kText, true, "acme", "the tenant's name in logs and commands"},
    {"domains", kTexts, true, "[acme.example, conference.acme.example]",
     "the domains that peers write to; \"*.acme.example\": those one label "
     "below",
     1, 10000},
    {"identity", kWord, false, "edge-key", "which key and which TLSA peers see",
     0, 0, "edge-key own-target ca"},
    {"target", kText, false, "",
     "with identity own-target: the tenant's own SRV target name"},
    {"certificate", kMap, false, "", "the certificate for the domains"},
    {"certificates", kMaps, false, "[]",
     "further ones with other kinds of keys, for peers that cannot verify the "
     "first",
     0, 3},
    {"certificates[].chain", kText, true, "acme-rsa.pem",
     "a PEM file, the tenant's own certificate first"},
    {"certificates[].key", kText, true, "acme-rsa.key",
     "a PEM file with the private key, mode 0600"},
    {"certificate.chain", kText, true, "acme.pem",
     "a PEM file, the tenant's own certificate first"},
    {"certificate.key", kText, true, "acme.key",
     "a PEM file with the private key, mode 0600"},
    {"backends", kMaps, true, "[{address: 10.0.3.7:5269}]",
     "the tenant's XMPP servers, tried by priority and weight", 1, 16},
    {"backends[].address", kText, true, "10.0.3.7:5269",
     "an IP address and a port"},
    {"backends[].hand_off", kWord, false, "certificate",
     "what tells the backend who a peer is: a certificate of the edge CA, or a "
     "PROXY header in front of a stream in cleartext",
     0, 0, "certificate proxy"},
    {"backends[].secret", kText, false, "",
     "with hand_off proxy: a file with the secret that the backend has too, "
     "mode 0600"},
    {"backends[].cleartext", kWord, false, "loopback",
     "with hand_off proxy: where stanzas may go in cleartext, on this machine "
     "only, or over a network that you trust",
     0, 0, "loopback trusted-network"},
    {"backends[].tls", kWord, false, "starttls", "how TLS starts", 0, 0,
     "starttls direct"},
    {"backends[].proxy_protocol", kWord, false, "off",
     "the header that tells the peer's address", 0, 0, "off v2", "v1"},
    {"backends[].trust", kText, false, "",
     "a PEM file of the CAs that may sign the backend's certificate"},
    {"backends[].priority", kCount, false, "0",
     "as in SRV: the lowest that works is used", 0, 65535},
    {"backends[].weight", kCount, false, "1",
     "the share of streams among those of one priority", 1, 65535},
    {"backends[].health_check", kWord, false, "off",
     "how it is found out that the backend works, beside by its use", 0, 0,
     "off tcp xmpp"},
    {"proof", kMap, false, "", "what a peer must show"},
    {"proof.require", kWord, false, "dane", "the least proof that is taken", 0,
     0, "dane strong any"},
    {"proof.posh", kWord, false, "on", "whether POSH counts", 0, 0, "on off"},
    {"proof.trust", kText, false, "",
     "a PEM file of the roots of PKI; empty: the edge's trust_store"},
    {"proof.allow", kTexts, false, "[]",
     "the only peers that are let in; none: all. \"*.friend.example\": all "
     "below",
     0, 10000},
    {"proof.deny", kTexts, false, "[]",
     "peers that are refused whatever they prove", 0, 10000},
    {"limits", kMap, false, "", "bounds of this tenant"},
    {"limits.stanza_bytes", kOctets, false, "256KiB", "octets in one stanza",
     10000, 16777216},
    {"limits.streams", kCount, false, "500",
     "inbound streams of this tenant, per shard", 1, 1000000},
    {"limits.streams_per_peer", kCount, false, "20",
     "inbound streams from one peer, per shard", 1, 1000000},
    {"limits.bytes_per_second", kOctets, false, "0",
     "octets that one stream may bring per second; 0: unlimited", 0,
     1ULL << 40},
    {"limits.handshakes_per_second", kCount, false, "0",
     "TLS handshakes for the tenant's names, per shard; 0: unlimited", 0,
     1000000},
    {"contact", kText, false, "",
     "whom to write to, such as mailto:hostmaster@acme.example", 0, 1024},
    {"notes", kText, false, "", "the operator's own", 0, 1024},
};

}  // namespace

SettingTable EdgeSettings() { return kEdge; }

SettingTable TenantSettings() { return kTenant; }

std::optional<std::uint16_t> Settings::PublicPort(bool direct) const {
  const auto& listeners = direct ? direct_tls : starttls;
  if (listeners.empty()) return std::nullopt;
  const auto port = direct ? publish.direct_tls_port : publish.starttls_port;
  return port != 0 ? port : listeners.front().port;
}

std::optional<HttpsUrl> Settings::PoshUrl(const Domain& domain) const {
  if (posh_serve.empty()) return std::nullopt;
  return HttpsUrl{
      publish.posh_host.value_or(edge_hosts.front()),
      publish.posh_port != 0 ? publish.posh_port : posh_serve.front().port,
      "/posh/" + domain.ascii() + ".json"};
}

VerifierSettings Settings::ToVerifierSettings() const {
  return {.resolver = ToResolverSettings(),
          .https = {.ca_file = posh_trust_store},
          .posh_guard = {.allowed = outbound_allow, .refused = outbound_refuse},
          .posh = {.port = posh_port}};
}

ResolverSettings Settings::ToResolverSettings() const {
  return {.trust_anchor_files = trust_anchor_files,
          .forward = resolver_forward,
          .root_hints = root_hints,
          .options = resolver_options};
}

std::vector<std::string> SettingsForTheNextStart(const Settings& running,
                                                 const Settings& read) {
  std::vector<std::string> changed;
  const auto note = [&](const char* key, const auto member) {
    if (running.*member != read.*member) changed.push_back(key);
  };
  note("listen.starttls", &Settings::starttls);
  note("listen.direct_tls", &Settings::direct_tls);
  note("shards", &Settings::shards);
  note("edge.hosts", &Settings::edge_hosts);
  note("tenants", &Settings::tenants_folder);
  note("resolver.trust_anchor", &Settings::trust_anchor_files);
  note("resolver.forward", &Settings::resolver_forward);
  note("resolver.root_hints", &Settings::root_hints);
  note("resolver.options", &Settings::resolver_options);
  note("resolver.threads", &Settings::verifier_threads);
  note("trust_store", &Settings::trust_store);
  note("posh.trust_store", &Settings::posh_trust_store);
  note("posh.port", &Settings::posh_port);
  note("posh.serve", &Settings::posh_serve);
  note("posh.serve_expires", &Settings::posh_expires);
  note("outbound.allow", &Settings::outbound_allow);
  note("outbound.refuse", &Settings::outbound_refuse);
  note("outbound.ports", &Settings::outbound_ports);
  note("dialback.secret", &Settings::dialback_secret);
  note("dialback.previous_secret", &Settings::previous_dialback_secret);
  note("publish", &Settings::publish);
  note("log.file", &Settings::log_file);
  note("log.level", &Settings::log_level);
  note("control", &Settings::control);
  note("drain_time", &Settings::drain_time);
  note("limits.connections", &Settings::max_connections);
  note("limits.credentials", &Settings::credential_octets);
  return changed;
}

}  // namespace danegate
