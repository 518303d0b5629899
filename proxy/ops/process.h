// What the process as a whole asks of the system. Once, before any thread.
#pragma once

#include <cstddef>

namespace danegate {

// No core file and no memory for other processes of the same user to read: the
// keys of all tenants are in it (E10). Raises the limit of open files to what
// is allowed. Ignores SIGPIPE.
void PrepareProcess();

// How many files the process may have open at a time.
std::size_t MaxOpenFiles();

}  // namespace danegate
