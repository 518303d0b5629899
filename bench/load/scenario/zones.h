// What the DNS of a scenario says: four zones, as text that ldns-signzone
// takes. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "bench/load/scenario/scenario_plan.h"

namespace danegate {

struct Zone {
  std::string name;   // "peers.example"; the root is "."
  std::size_t above;  // index of the zone above; the root's own
  std::string text;   // without the DS records of the zones below
};

// The root first, and each zone behind the one above it. Each server is its own
// SRV target: a peer p000001.peers.example has an address and a TLSA record
// 3 1 1 with its digest, the edge host of all tenants 2 1 1 with `edge`.
std::vector<Zone> ZonesOf(const ScenarioPlan&,
                          const std::vector<std::string>& peers,
                          const std::string& edge);

// nsd.conf for these, signed, in files NAME.zone.signed of `folder`.
std::string NsdText(const std::vector<Zone>&, const ConfiguredAddress& listen,
                    const std::string& folder);
// The file of a zone in its folder, before it is signed.
std::string ZoneFile(const std::string& name);

}  // namespace danegate
