// The folder that `danegate-load tenants` and `scenario` write. Files of others
// are never touched: a folder is taken if it is new, empty, or bears our mark.
#pragma once

#include <cstddef>
#include <string>

#include "verifier/result.h"

namespace danegate {

enum class FolderState { kNew, kReplaced };

// How many tenants are going to have files in each part.
struct FolderParts {
  std::size_t tenants = 0;
  std::size_t haproxy = 0;
};

// Makes the folder and its parts, and takes away the tenants beyond these that
// an earlier call has left there. Files that are going to be written again stay
// until then: ext4 takes minutes to make as many anew that were just removed.
// The error is a sentence.
Result<FolderState, std::string> PrepareFolder(const std::string& folder,
                                               const FolderParts&);

enum class FileMode { kPublic = 0644, kSecret = 0600 };

// Writes the whole file; one that is there is overwritten in place and keeps
// its mode. The result is an error, or empty.
std::string WriteFile(const std::string& path, const std::string& text,
                      FileMode);

}  // namespace danegate
