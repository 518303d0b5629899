// Settings of the edge: what deploy/danegate.yaml may say, with the defaults.
//
// Every setting is one row of the tables in settings.cc: key, kind, default,
// meaning. The reader, the error texts and the tests that hold
// deploy/danegate.yaml and deploy/tenant.yaml against the tables all use those
// rows.
//
// Thread: any may read them once the edge runs, for then they are immutable.
// What a file says anew is another Settings (proxy/ops/edge_renewal.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tenants/config/setting_row.h"
#include "tenants/credential_source.h"
#include "verifier/address_guard.h"
#include "verifier/credential.h"
#include "verifier/domain.h"
#include "verifier/posh/https_url.h"
#include "verifier/resolver_settings.h"
#include "verifier/service.h"

namespace danegate {

// A socket address to listen on.
struct ListenAddress {
  std::string host;  // an IP address, without brackets
  std::uint16_t port = 0;

  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

// All settings of the edge's file, and all of a tenant's.
SettingTable EdgeSettings();
SettingTable TenantSettings();

// How peers see the edge, where that is not how it sees itself.
struct PublishSettings {
  std::uint16_t starttls_port = 0;    // publish.starttls_port
  std::uint16_t direct_tls_port = 0;  // publish.direct_tls_port
  std::optional<Domain> posh_host;    // publish.posh_host
  std::uint16_t posh_port = 0;        // publish.posh_port
  std::chrono::seconds ttl{3600};     // publish.ttl

  friend bool operator==(const PublishSettings&,
                         const PublishSettings&) = default;
};

struct Settings {
  std::vector<ListenAddress> starttls;                // listen.starttls
  std::vector<ListenAddress> direct_tls;              // listen.direct_tls
  unsigned shards = 0;                                // shards; 0: one per core
  std::vector<Domain> edge_hosts;                     // edge.hosts
  std::shared_ptr<const Credential> edge_credential;  // edge.certificate
  std::shared_ptr<const Credential> edge_ca;          // edge_ca
  std::string tenants_folder;                         // tenants, absolute
  std::string tenants_place;  // where it is named, FILE:LINE:COL
  std::vector<std::string> trust_anchor_files;  // resolver.trust_anchor
  std::vector<std::string> resolver_forward;    // resolver.forward
  std::string root_hints;                       // resolver.root_hints
  // resolver.options; names with a colon, {"val-bogus-ttl:", "0"}.
  std::vector<std::pair<std::string, std::string>> resolver_options;
  unsigned verifier_threads = 1;  // resolver.threads
  // trust_store: PEM of the roots of PKI and of TLSA usages 0 and 1
  std::string trust_store;
  std::string posh_trust_store;           // posh.trust_store: PEM
  std::uint16_t posh_port = 443;          // posh.port
  std::vector<ListenAddress> posh_serve;  // posh.serve
  // posh.serve_certificate; the edge's own where there is none.
  std::shared_ptr<const Credential> posh_credential;
  CredentialFiles posh_files;                  // where it came from
  std::chrono::seconds posh_expires{86400};    // posh.serve_expires
  std::vector<AddressPrefix> outbound_allow;   // outbound.allow
  std::vector<AddressPrefix> outbound_refuse;  // outbound.refuse
  std::vector<std::uint16_t> outbound_ports;   // of XMPP servers, all
  // dialback.secret and dialback.previous_secret: what the files hold; empty:
  // there is none.
  std::string dialback_secret;
  std::string previous_dialback_secret;
  PublishSettings publish;  // publish
  std::string log_file;     // log.file; empty: standard output
  std::string log_level;    // log.level: debug, info, warning, error
  std::string control;      // control: a UNIX socket, absolute; empty: none
  std::chrono::seconds drain_time{10};  // drain_time
  std::size_t max_connections = 8000;   // limits.connections, per shard
  std::size_t credential_octets = 64
                                  << 20;  // limits.credentials, of all shards
  // The files of edge.certificate and edge_ca, absolute.
  std::vector<std::string> certificate_files;

  // The port that SRV and TLSA records name; nothing if nobody listens for that
  // kind.
  std::optional<std::uint16_t> PublicPort(bool direct) const;
  // Where posh.serve has the document of a domain; nothing if it serves none.
  std::optional<HttpsUrl> PoshUrl(const Domain&) const;
  ResolverSettings ToResolverSettings() const;  // resolver
  VerifierSettings ToVerifierSettings() const;  // resolver, posh, outbound
};

// The settings that differ and are only taken up at a start, as in the file:
// all but edge.certificate and edge_ca.
std::vector<std::string> SettingsForTheNextStart(const Settings& running,
                                                 const Settings& read);

}  // namespace danegate
