// `danegate match`: a certificate chain against TLSA records, by the code that
// the proxy uses.
#pragma once

#include <string>
#include <vector>

namespace danegate {

// What the command line gave, unparsed.
struct MatchRequest {
  std::string chain_file;
  std::vector<std::string> tlsa;   // "3 1 1 HEX"
  std::vector<std::string> names;  // reference identities
  std::string trust_file;          // empty: no roots
  std::string at;                  // RFC 3339; empty: now
  bool json = false;
};

// Writes "match", "no-match" or "unusable" first, then why. Returns kExitGood,
// kExitBad or kExitUnusable; kExitUsage, with the reason on standard error, if
// the question cannot be asked.
int RunMatch(const MatchRequest&);

}  // namespace danegate
