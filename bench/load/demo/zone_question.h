// Whether a name server answers, asked as resolvers ask.
#pragma once

#include <string>

#include "tenants/config/address.h"
#include "verifier/instant.h"

namespace danegate {

// Asks by UDP for the SOA record of `zone` ("peers.example") and waits up to so
// long: whether an answer without an error came. REQUIRES: an IPv4 address.
bool IsZoneServed(const ConfiguredAddress& server, const std::string& zone,
                  Duration limit);

}  // namespace danegate
