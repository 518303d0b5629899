#include "bench/load/scenario/scenario_plan.h"

#include <filesystem>
#include <system_error>
#include <vector>

#include "bench/load/scenario/peer_files.h"
#include "bench/load/scenario/zone_signing.h"
#include "bench/load/scenario/zones.h"
#include "bench/load/tenants/authority.h"
#include "bench/load/tenants/numbered_work.h"
#include "bench/load/tenants/output_folder.h"
#include "bench/load/tenants/provider.h"
#include "tenants/config/file_text.h"

namespace danegate {
namespace {

constexpr std::size_t kMostPemOctets = 65536;

// What a load may do that one customer or one peer may not.
constexpr char kTenantMore[] =
    "limits: {streams: 1000000, streams_per_peer: 1000000}\n";

std::string EdgeMore(const ScenarioPlan& plan) {
  const bool is_ipv6 = plan.dns.host.find(':') != std::string::npos;
  return "shards: " + std::to_string(plan.shards) +
         "\n"
         "control: control\n"
         "resolver:\n"
         "  trust_anchor: " +
         kDnsFolder + "/" + kAnchorFile + "\n  forward: [\"" + plan.dns.host +
         "@" + std::to_string(plan.dns.port) +
         "\"]\n"
         "outbound: {allow: [" +
         (is_ipv6 ? "\"::1/128\"" : "127.0.0.0/8") +
         "]}\n"
         "limits: {connections: 1000000}\n";
}

ProviderPlan ToProviderPlan(const ScenarioPlan& plan) {
  return {plan.folder,
          plan.tenants,
          IdentityMode::kCa,
          KeyKind::kEcdsa,
          TenantsSuffix(),
          plan.backend,
          plan.starttls,
          plan.direct_tls,
          plan.haproxy,
          EdgeMore(plan),
          kTenantMore,
          ", tls: " + std::string(ToString(plan.backend_tls)) +
              ", trust: ../backend.pem"};
}

std::string WriteTenants(const ScenarioPlan& plan, UnixTime now) {
  const Provider provider(ToProviderPlan(plan), now);
  if (std::string why = provider.WriteEdge(); !why.empty()) return why;
  return DoNumbered(plan.tenants, "tenants", [&](std::size_t number) {
    return provider.WriteTenant(number);
  });
}

std::string WriteBackend(const ScenarioPlan& plan, UnixTime now) {
  const auto key = NewKey(KeyKind::kEcdsa);
  const std::string pem =
      SelfSign("danegate-load backend", {"*." + TenantsSuffix().ascii()},
               key.get(), now);
  std::string why =
      WriteFile(plan.folder + "/backend.pem", pem, FileMode::kPublic);
  if (!why.empty()) return why;
  return WriteFile(plan.folder + "/backend.key", KeyToPem(key.get()),
                   FileMode::kSecret);
}

std::string WriteDns(const ScenarioPlan& plan,
                     const std::vector<std::string>& peers, UnixTime now) {
  const std::string folder = plan.folder + "/" + kDnsFolder;
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  if (!error) std::filesystem::create_directories(folder, error);
  if (error) return folder + ": " + error.message();
  const auto pem = ReadWholeFile(plan.folder + "/intermediate.pem",
                                 kMostPemOctets, Secrecy::kPublic);
  if (!pem) return pem.error();
  const auto edge = KeyDigest(*pem);
  if (!edge) return edge.error();
  const std::vector<Zone> zones = ZonesOf(plan, peers, *edge);
  std::string why = WriteSignedZones(zones, folder, now);
  if (!why.empty()) return why;
  return WriteFile(folder + "/nsd.conf", NsdText(zones, plan.dns, folder),
                   FileMode::kPublic);
}

}  // namespace

std::string WriteScenario(const ScenarioPlan& plan, UnixTime now) {
  const auto state = PrepareFolder(
      plan.folder, {plan.tenants, plan.haproxy ? plan.tenants : 0});
  if (!state) return state.error();
  std::string why = WriteTenants(plan, now);
  if (why.empty()) why = WriteBackend(plan, now);
  if (!why.empty()) return why;
  const auto peers = WritePeers(plan, now);
  if (!peers) return peers.error();
  return WriteDns(plan, *peers, now);
}

}  // namespace danegate
