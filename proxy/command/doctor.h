// `danegate doctor`: what is published and served for tenants, against the
// configuration, as the peers see it that connect to us.
#pragma once

#include <string>
#include <vector>

namespace danegate {

// What the command line gave, unparsed.
struct DoctorRequest {
  std::vector<std::string> tenants;  // none: all
  std::string config_file;
  bool no_connect = false;  // look, but do not connect to the edge
  bool json = false;
};

// Returns kExitGood where every peer finds a strong proof (DANE, PKI or POSH),
// whatever else could be better; kExitBad where one is refused, or is left with
// dialback, and where a tenant's file has an error: that is told on standard
// error, and the others are examined; kExitIndeterminate if it could not be
// found out. kExitUsage, with the reason on standard error, if the question
// cannot be asked. Blocks.
int RunDoctor(const DoctorRequest&);

}  // namespace danegate
