// CredentialSource says where the certificates of a tenant, or of the edge,
// come from: files that are read when they are first needed (D12), or what is
// loaded already. Immutable; any thread.
//
// Each source has an id that no other of the process has. Files that have
// changed get a new source, so that what was kept under the old id is never
// served for the new one (B12).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tenants/config/file_stamp.h"
#include "verifier/credential.h"
#include "verifier/domain.h"
#include "verifier/result.h"

namespace danegate {

// Paths, absolute, and what was there when they were checked; 0: they were not,
// and whatever is there is taken.
struct CredentialFiles {
  std::string chain;
  std::string key;
  FileStamp chain_stamp = 0;
  FileStamp key_stamp = 0;

  friend bool operator==(const CredentialFiles&,
                         const CredentialFiles&) = default;
};

class CredentialSource {
 public:
  // REQUIRES: at least one. In the order of preference. `of`: a domain that
  // each certificate must name: the files may be others by the time that they
  // are read, and another tenant's must not be served (B12).
  explicit CredentialSource(std::vector<CredentialFiles>,
                            std::optional<Domain> of = {});
  // REQUIRES: at least one credential.
  explicit CredentialSource(std::shared_ptr<const CredentialSet>);

  std::uint64_t id() const { return id_; }  // never 0
  const std::vector<CredentialFiles>& files() const { return files_; }
  // Null where it has to be loaded.
  const std::shared_ptr<const CredentialSet>& loaded() const { return loaded_; }

  // Whether a file is not what it was when it was checked. Blocks.
  bool HasChanged() const;
  // Load reads all the files, or gives what is loaded. Files that are not what
  // they were when they were checked are an error: what has been refused since
  // must not be served (D-57, B12). The error names the file
  // and says what is wrong and what to do. Dates are not looked at: a
  // certificate that has ended is better than none, and DANE-EE does not mind.
  // Blocks; not for a shard.
  Result<std::shared_ptr<const CredentialSet>, std::string> Load() const;

 private:
  const std::uint64_t id_;
  const std::vector<CredentialFiles> files_;
  const std::optional<Domain> of_;
  const std::shared_ptr<const CredentialSet> loaded_;
};

}  // namespace danegate
