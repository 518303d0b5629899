// What EdgeCa needs and is asked: a CA on P-256 and proven peers.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "proxy/tls/edge_ca.h"
#include "tests/support/domains.h"
#include "tests/tls/tls_pair.h"
#include "verifier/check.h"

namespace danegate::bench {

// For test::kTestNow.
inline EdgeCa NewEdgeCa() {
  // keyUsage keyCertSign.
  const test::Extension key_usage{"2.5.29.15", {3, 2, 2, 4}, true};
  const auto root = test::Issue(
      {.subject = "edge CA", .ca = true, .extensions = {key_usage}});
  auto ca = EdgeCa::Create(test::CredentialOf(root, test::ChainOf({&root})),
                           test::kTestNow);
  DANEGATE_CHECK(ca.ok());
  return std::move(*ca);
}

inline std::vector<ProvenDomain> ProvenPeers(std::size_t count) {
  std::vector<ProvenDomain> peers;
  for (std::size_t i = 0; i < count; ++i) {
    peers.push_back(Proven("p" + std::to_string(i) + ".peers.example"));
  }
  return peers;
}

}  // namespace danegate::bench
