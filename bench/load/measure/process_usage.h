// What a process has used so far.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "verifier/instant.h"
#include "verifier/result.h"

namespace danegate {

struct ProcessUsage {
  Duration cpu{0};  // of all its threads, user and system
  std::uint64_t resident_octets = 0;
};

// The error is a sentence.
Result<ProcessUsage, std::string> ReadProcessUsage(pid_t);

}  // namespace danegate
