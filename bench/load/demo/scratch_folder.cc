#include "bench/load/demo/scratch_folder.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace danegate {

Result<ScratchFolder, std::string> ScratchFolder::Make() {
  const char* const root = std::getenv("TMPDIR");
  std::string path = root != nullptr && *root != '\0' ? root : "/tmp";
  path += "/danegate-demo-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) {
    return Failure(path + ": " + std::strerror(errno));
  }
  return ScratchFolder(std::move(path));
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept
    : path_(std::exchange(other.path_, "")) {}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;  // what stays is told by nobody, and harms nobody
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace danegate
