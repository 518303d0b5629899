// `danegate records`: what to publish for a tenant, and how to change its key.
#pragma once

#include <string>

namespace danegate {

// What the command line gave, unparsed.
struct RecordsRequest {
  std::string tenant;
  bool all = false;  // of all tenants, instead of one
  std::string config_file;
  std::string ttl;             // seconds; empty: publish.ttl
  std::string new_chain_file;  // PEM; empty: placeholders
  std::string at;              // RFC 3339; empty: now
  bool json = false;
};

// Writes the records and the plan of a roll-over. Asks nobody. Returns
// kExitGood; kExitBad if a tenant's file has an error, which is told on
// standard error, and the others are answered for; kExitUsage, with the reason
// on standard error, if the question cannot be asked. Blocks on files.
int RunRecords(const RecordsRequest&);

}  // namespace danegate
