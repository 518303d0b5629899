// Files of the configuration, read whole.
#pragma once

#include <cstddef>
#include <string>

#include "verifier/result.h"

namespace danegate {

enum class Secrecy {
  kPublic,
  kOwnerOnly,  // refused if group or others may do anything with it (E7)
};

// Reads a regular file of at most `most` octets. The error names the file and
// says what is wrong and what to do. Blocks.
Result<std::string, std::string> ReadWholeFile(const std::string& path,
                                               std::size_t most, Secrecy);

// WhyNotAppendable says why no line can be appended to the file, which need not
// be there, but its folder must; empty if one can. Nothing is made and nothing
// written.
std::string WhyNotAppendable(const std::string& path);

// WhyNoSocketPath says why no UNIX socket can be made at the path: it is too
// long, its folder is missing, or something else is there; empty if one can.
std::string WhyNoSocketPath(const std::string& path);

// `path`, seen from the folder that holds `file`; absolute.
std::string PathBeside(const std::string& file, const std::string& path);

}  // namespace danegate
