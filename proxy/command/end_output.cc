#include "proxy/command/end_output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "proxy/command/exit_status.h"

namespace danegate {

int EndOutput(const char* program, int status) {
  errno = 0;
  const bool flushed = std::fflush(stdout) == 0;
  const int error = errno;
  if (flushed && std::ferror(stdout) == 0) return status;
  std::fprintf(stderr,
               "%s: cannot write standard output: %s; what was written is not "
               "all of the answer\n",
               program,
               flushed ? "an earlier write failed" : std::strerror(error));
  return kExitUnwritten;
}

}  // namespace danegate
