// PoshChains remembers for a moment which certificates a source has, so that a
// flood of requests for POSH documents reads no files, and parses no keys, more
// often than once in kKept for each source. Also that they cannot be read.
//
// Bounded: what was read longest ago goes first. Thread: any; Of() blocks.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

#include "tenants/credential_source.h"
#include "tenants/served_chains.h"
#include "verifier/instant.h"

namespace danegate {

class PoshChains {
 public:
  static constexpr std::chrono::seconds kKept{5};
  static constexpr std::size_t kMost = 1024;

  ServedChains Of(const CredentialSource&, Instant now);
  std::size_t size();

 private:
  struct Read {
    ServedChains chains;
    Instant until;
  };
  void MakeRoom(Instant now);

  std::mutex mutex_;  // guards what follows
  std::map<std::uint64_t, Read> read_;
};

}  // namespace danegate
