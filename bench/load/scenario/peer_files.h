// The peers' keys and certificates: P-256, self-signed, so that nothing but
// DANE proves them.
#pragma once

#include <string>
#include <vector>

#include "bench/load/scenario/scenario_plan.h"
#include "verifier/instant.h"
#include "verifier/result.h"

namespace danegate {

// Writes PEERS/DOMAIN.pem, PEERS/DOMAIN.key and PEERS/names.txt; and beside the
// folder peers.pem, all certificates, for servers that are told whom to trust
// by a list. What is there stays where the certificate names the domain, has
// that key and is good for another week; so do peers beyond the plan's, which
// names.txt does not list. Returns what the peers' TLSA records `3 1 1` hold,
// the first peer's first. The error is a sentence.
Result<std::vector<std::string>, std::string> WritePeers(const ScenarioPlan&,
                                                         UnixTime now);

}  // namespace danegate
