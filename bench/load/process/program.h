// Programs of others: found, and run to their end.
#pragma once

#include <string>
#include <vector>

#include "verifier/instant.h"
#include "verifier/result.h"

namespace danegate {

// The path of a program, from PATH or where Debian has servers. The error says
// which package has it and how it is installed.
Result<std::string, std::string> FindProgram(const std::string& name,
                                             const std::string& package);

// Runs `argv`, whose first is a path, in `folder`. What it wrote on standard
// output and standard error, if it ended with status 0 in that time; the error
// has the command and what it said.
Result<std::string, std::string> RunProgram(
    const std::vector<std::string>& argv, const std::string& folder,
    Duration limit);

}  // namespace danegate
