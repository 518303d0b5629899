// Which ways lead from a leaf to a trust anchor, as far as names and key
// identifiers tell. No signature is checked here.
//
// X509_verify_cert() follows one way and gives up at its first dead end: an
// expired twin of an intermediate, a cross-signed one, a root of the same name.
// So the ways are listed here, and it judges one at a time.
#pragma once

#include <openssl/x509.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "verifier/x509/parsed_chain.h"

namespace danegate {

struct PathCandidates {
  // Certificates that are looked at; an honest chain needs one step for each.
  static constexpr std::size_t kMaxSteps = 64;

  // Leaf first, anchor last; near anchors before far ones. A leaf that is an
  // anchor itself is a path of one. Borrowed.
  std::vector<std::vector<X509*>> paths;
  // Where the longest way ended that led to no anchor, for people.
  std::string dead_end;
  // kMaxSteps was not enough to find all.
  bool truncated = false;
};

// `chain` in any order behind its leaf; only its first `usable` certificates
// count. REQUIRES: the leaf can be read.
PathCandidates ListPaths(const ParsedChain& chain, std::size_t usable,
                         std::span<X509* const> anchors);

}  // namespace danegate
