// ScratchFolder is a temporary folder that goes with the object.
#pragma once

#include <string>

#include "verifier/result.h"

namespace danegate {

class ScratchFolder {
 public:
  // Below TMPDIR, or /tmp. The error is a sentence.
  static Result<ScratchFolder, std::string> Make();
  ScratchFolder(ScratchFolder&&) noexcept;
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();

  const std::string& path() const { return path_; }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;  // empty: moved from
};

}  // namespace danegate
