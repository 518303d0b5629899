// Zones signed by Debian's ldns-keygen and ldns-signzone, for NSD to serve.
#pragma once

#include <string>
#include <vector>

#include "bench/load/scenario/zones.h"
#include "verifier/instant.h"

namespace danegate {

inline constexpr char kAnchorFile[] = "root.anchor";

// Writes the zones into `folder`, each signed by a key of its own (ECDSA
// P-256), good for 30 days from an hour before `now`, with the DS records of
// those below it; and root.anchor, with the root's DS and DNSKEY records. The
// result is an error, or empty. Blocks.
std::string WriteSignedZones(std::vector<Zone> zones, const std::string& folder,
                             UnixTime now);

}  // namespace danegate
