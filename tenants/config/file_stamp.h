// FileStamp tells whether a file is the one it was: a mix of its device,
// number, size and times. 0: it is not there, or cannot be looked at.
#pragma once

#include <cstdint>
#include <string>

namespace danegate {

using FileStamp = std::uint64_t;

// Follows links. Blocks.
FileStamp StampOf(const std::string& path);

// A file that a tenant rests on, as it was just before it was read: what
// changes meanwhile looks changed the next time.
struct RestedOn {
  std::string path;
  FileStamp stamp;
};

}  // namespace danegate
