#include "bench/load/tenants/output_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

#include "bench/load/tenants/tenant_names.h"

namespace danegate {
namespace {

namespace fs = std::filesystem;

constexpr char kMark[] = "written-by-danegate-load";
constexpr char kMarkText[] =
    "danegate-load has written this folder, and replaces what is in it when "
    "it\n"
    "is called with this folder again.\n";

std::string WhyFailed(const std::string& path, const std::string& why) {
  return path + ": " + why;
}

bool WriteAll(int file, const std::string& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t count =
        ::write(file, text.data() + written, text.size() - written);
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) written += static_cast<std::size_t>(count);
  }
  return true;
}

// The files of tenants whose number is above `last`.
std::string RemoveTenantsAfter(std::size_t last, const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> old;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const auto tenant = TenantOfFile(entry->path().filename().native());
    if (tenant && *tenant > last) old.push_back(entry->path());
  }
  for (const fs::path& path : old) {
    if (!error) fs::remove(path, error);
  }
  return error ? WhyFailed(folder.string(), error.message()) : "";
}

std::string MakeFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  return error ? WhyFailed(folder.string(), error.message()) : "";
}

// A part without tenants is not made, but emptied where it is.
std::string PreparePart(const fs::path& folder, std::size_t tenants) {
  std::error_code error;
  if (tenants == 0 && !fs::exists(folder, error)) return "";
  std::string why = MakeFolder(folder);
  return why.empty() ? RemoveTenantsAfter(tenants, folder) : why;
}

}  // namespace

Result<FolderState, std::string> PrepareFolder(const std::string& folder,
                                               const FolderParts& parts) {
  const fs::path path(folder);
  std::string why = MakeFolder(path);
  std::error_code error;
  const bool is_ours = fs::exists(path / kMark, error);
  if (why.empty() && !is_ours && !fs::is_empty(path, error)) {
    why = error ? WhyFailed(folder, error.message())
                : WhyFailed(folder,
                            "expected a new or an empty folder, or one that "
                            "danegate-load has written; found other files; "
                            "give another folder with --out");
  }
  if (why.empty()) why = WriteFile(path / kMark, kMarkText, FileMode::kPublic);
  if (why.empty()) why = PreparePart(path / kTenantsFolder, parts.tenants);
  if (why.empty()) why = PreparePart(path / kHaproxyFolder, parts.haproxy);
  if (!why.empty()) return Failure(std::move(why));
  return is_ours ? FolderState::kReplaced : FolderState::kNew;
}

std::string WriteFile(const std::string& path, const std::string& text,
                      FileMode mode) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC,
                          static_cast<mode_t>(mode));
  if (file < 0) return WhyFailed(path, std::strerror(errno));
  const bool written = WriteAll(file, text) &&
                       ::ftruncate(file, static_cast<off_t>(text.size())) == 0;
  const int error = errno;
  ::close(file);
  return written ? "" : WhyFailed(path, std::strerror(error));
}

}  // namespace danegate
