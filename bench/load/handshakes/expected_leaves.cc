#include "bench/load/handshakes/expected_leaves.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "bench/load/tenants/tenant_names.h"
#include "tenants/config/file_text.h"
#include "verifier/check.h"

namespace danegate {
namespace {

constexpr std::size_t kMostPemOctets = 1 << 20;

bool Contains(const std::vector<Sha256>& leaves, const Sha256& leaf) {
  return std::find(leaves.begin(), leaves.end(), leaf) != leaves.end();
}

}  // namespace

ExpectedLeaves::ExpectedLeaves(std::string folder,
                               const std::vector<Domain>& names)
    : folder_(std::move(folder)) {
  for (const Domain& name : names) Look(name, &tenants_[name]);
}

ExpectedLeaves::Stamp ExpectedLeaves::StampOf(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return {status.st_ino,
          std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 +
              status.st_mtim.tv_nsec,
          status.st_size};
}

// A file that cannot be read now, because it is just being written, is looked
// at again the next time.
void ExpectedLeaves::Look(const Domain& name, Tenant* tenant) const {
  const std::string path = ChainFileOf(folder_, name);
  const Stamp stamp = StampOf(path);
  if (stamp == tenant->read) return;
  const auto pem = ReadWholeFile(path, kMostPemOctets, Secrecy::kPublic);
  if (!pem) return;
  const auto chain = CertificateChain::ParsePem(*pem);
  if (!chain) return;
  tenant->read = stamp;
  const Sha256 leaf = chain->LeafDigest();
  if (!Contains(tenant->leaves, leaf)) tenant->leaves.push_back(leaf);
}

bool ExpectedLeaves::Knows(const CertificateChain& chain,
                           const Domain& wanted) {
  const auto found = tenants_.find(wanted);
  DANEGATE_CHECK(found != tenants_.end());
  Look(wanted, &found->second);
  return Contains(found->second.leaves, chain.LeafDigest());
}

}  // namespace danegate
