// `danegate explain`: who a peer is proved to be, and everything that this
// rests on, by the code that the proxy uses.
#pragma once

#include <string>

namespace danegate {

// What the command line gave, unparsed.
struct ExplainRequest {
  std::string domain;
  std::string chain_file;   // empty: a server of the domain shows its own
  std::string config_file;  // empty: the defaults of the edge's settings
  std::string tenant;       // whose policy; empty: `strong`
  bool json = false;
};

// Writes the outcome first, then why. Returns kExitGood if it is proved,
// kExitBad if disproved, kExitAbsent, or kExitIndeterminate; kExitUsage, with
// the reason on standard error, if the question cannot be asked, as with a
// configuration that has errors. Blocks for a minute at most.
int RunExplain(const ExplainRequest&);

}  // namespace danegate
