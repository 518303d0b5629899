#include "verifier/resolver/trust_anchor.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace danegate {

namespace {

// A line such as ". 172800 IN DNSKEY 257 3 8 AwEA…" or ". IN DS 20326 8 2 …".
bool IsRootAnchor(const std::string& line) {
  std::istringstream words(line);
  std::string word;
  if (!(words >> word) || word != ".") return false;
  while (words >> word && word.front() != ';') {
    if (word == "DS" || word == "DNSKEY") return true;
  }
  return false;
}

}  // namespace

std::string CheckTrustAnchorFile(const std::string& file) {
  std::ifstream lines(file);
  std::string line;
  while (std::getline(lines, line)) {
    if (IsRootAnchor(line)) return "";
  }
  if (!lines.eof()) {
    return "cannot read " + file + ": " + std::strerror(errno) +
           "; give a readable file with the root's DS or DNSKEY records";
  }
  return "expected a DS or DNSKEY record of the root in " + file +
         ", such as '. IN DS 20326 8 2 E06D…', got none; use "
         "/usr/share/dns/root.ds of the package dns-root-data";
}

}  // namespace danegate
