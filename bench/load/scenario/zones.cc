#include "bench/load/scenario/zones.h"

#include "bench/load/tenants/tenant_names.h"

namespace danegate {
namespace {

// A verdict lives as long as its records: a measurement is over before.
constexpr char kHead[] =
    "$TTL 3600\n"
    "@ SOA ns. hostmaster. 1 3600 600 86400 3600\n"
    "@ NS ns.\n";

std::string HeadOf(const std::string& name) {
  return "$ORIGIN " + name + (name == "." ? "\n" : ".\n") + kHead;
}

std::string AddressRecord(const std::string& owner, const std::string& host) {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return owner + (is_ipv6 ? " AAAA " : " A ") + host + "\n";
}

// Where the tenants' peers are said to be: nobody connects to them.
constexpr char kPeersAddress[] = "127.0.0.1";

std::string PeerRecords(std::size_t number, const std::string& digest) {
  const std::string domain = PeerDomain(number).ascii();
  const std::string label = domain.substr(0, domain.find('.'));
  return "_xmpp-server._tcp." + label + " SRV 0 0 5269 " + domain + ".\n" +
         AddressRecord(label, kPeersAddress) + "_5269._tcp." + label +
         " TLSA 3 1 1 " + digest + "\n";
}

std::string EdgeRecords(const ScenarioPlan& plan, const std::string& digest) {
  std::string text = AddressRecord("edge", plan.starttls.host);
  for (const auto& listener : {plan.starttls, plan.direct_tls}) {
    text += "_" + std::to_string(listener.port) + "._tcp.edge TLSA 2 1 1 " +
            digest + "\n";
  }
  return text;
}

std::string TenantRecords(const ScenarioPlan& plan, std::size_t number) {
  const std::string name = TenantName(number);
  const std::string target = " edge." + TenantsSuffix().ascii() + ".\n";
  return "_xmpp-server._tcp." + name + " SRV 0 0 " +
         std::to_string(plan.starttls.port) + target + "_xmpps-server._tcp." +
         name + " SRV 0 0 " + std::to_string(plan.direct_tls.port) + target;
}

constexpr char kNsdHead[] =
    "  do-ip6: yes\n"
    "  database: \"\"\n"
    "  username: \"\"\n"
    "  chroot: \"\"\n"
    "  server-count: 1\n"
    "  tcp-count: 200\n"
    "  rrl-ratelimit: 0\n"
    "  verbosity: 1\n"
    "  hide-version: yes\n"
    "  minimal-responses: yes\n"
    "remote-control:\n"
    "  control-enable: no\n";

}  // namespace

Domain TenantsSuffix() { return *Domain::Parse("tenants.example"); }

std::vector<Zone> ZonesOf(const ScenarioPlan& plan,
                          const std::vector<std::string>& peers,
                          const std::string& edge) {
  Zone root = {".", 0, HeadOf(".") + AddressRecord("ns.", plan.dns.host)};
  Zone top = {"example", 0, HeadOf("example")};
  Zone below = {TenantsSuffix().ascii(), 1, HeadOf(TenantsSuffix().ascii())};
  below.text += EdgeRecords(plan, edge);
  for (std::size_t number = 1; number <= plan.tenants; ++number) {
    below.text += TenantRecords(plan, number);
  }
  Zone others = {"peers.example", 1, HeadOf("peers.example")};
  for (std::size_t number = 1; number <= peers.size(); ++number) {
    others.text += PeerRecords(number, peers[number - 1]);
  }
  return {std::move(root), std::move(top), std::move(below), std::move(others)};
}

std::string ZoneFile(const std::string& name) {
  return (name == "." ? "root" : name) + ".zone";
}

std::string NsdText(const std::vector<Zone>& zones,
                    const ConfiguredAddress& listen,
                    const std::string& folder) {
  std::string text = "# Written by danegate-load scenario.\nserver:\n" +
                     ("  ip-address: " + listen.host) + "@" +
                     std::to_string(listen.port) + "\n";
  text += "  zonesdir: \"" + folder + "\"\n  pidfile: \"" + folder +
          "/nsd.pid\"\n  xfrdfile: \"" + folder +
          "/xfrd.state\"\n  xfrdir: \"" + folder + "\"\n  zonelistfile: \"" +
          folder + "/zone.list\"\n" + kNsdHead;
  for (const Zone& zone : zones) {
    text += "zone:\n  name: \"" + zone.name + "\"\n  zonefile: \"" +
            ZoneFile(zone.name) + ".signed\"\n";
  }
  return text;
}

}  // namespace danegate
