// DANEGATE_CHECK(condition) ends the process where only a mistake of ours can
// make the condition false. It stays in release builds. Never use it on
// anything that a peer, an operator, a file or the network decides.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace danegate {

[[noreturn]] inline void FailCheck(const char* condition, const char* file,
                                   int line) {
  std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace danegate

#define DANEGATE_CHECK(condition)     \
  ((condition) ? static_cast<void>(0) \
               : ::danegate::FailCheck(#condition, __FILE__, __LINE__))
