// ExpectedLeaves knows which certificates tenants have by their files, and had
// since it began to watch: a server that has not read the newest one yet shows
// one of those before, and no other.
//
// A file is read again when it has changed since the last look. Versions that
// come and go between two looks are not known.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "verifier/certificate.h"
#include "verifier/domain.h"

namespace danegate {

class ExpectedLeaves {
 public:
  // `folder` as danegate-load tenants writes it. Reads the files of `names`;
  // those that have none have no certificate. Blocks, as Knows() does.
  ExpectedLeaves(std::string folder, const std::vector<Domain>& names);

  // Whether the leaf is, octet for octet, one of the tenant's. REQUIRES:
  // `wanted` is one of the names, !chain.empty().
  bool Knows(const CertificateChain& chain, const Domain& wanted);

 private:
  // What tells one version of a file from another.
  struct Stamp {
    std::uint64_t file = 0;
    std::int64_t changed = 0;  // in nanoseconds
    std::int64_t octets = 0;

    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  struct Tenant {
    Stamp read;
    std::vector<Sha256> leaves;  // the newest last
  };

  static Stamp StampOf(const std::string& path);
  void Look(const Domain&, Tenant*) const;

  std::string folder_;
  std::unordered_map<Domain, Tenant> tenants_;
};

}  // namespace danegate
