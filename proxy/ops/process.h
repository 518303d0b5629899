// What the process as a whole asks of the system. Once, before any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace danegate {

// HideMemory leaves no core file, to a handler of cores neither, and no memory
// for other processes of the same user to read: the keys of all tenants will be
// in it (E10). To be called before the first of them is read. What is wrong, if
// the system does not allow it.
[[nodiscard]] std::optional<std::string> HideMemory();

// PrepareProcess raises the limit of open files to what is allowed, and ignores
// SIGPIPE.
void PrepareProcess();

// How many files the process may have open at a time.
std::size_t MaxOpenFiles();

}  // namespace danegate
