#include "tenants/config/file_stamp.h"

#include <sys/stat.h>

namespace danegate {
namespace {

// The finaliser of SplitMix64: every bit of the input moves half of the output.
std::uint64_t Mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
  return value ^ (value >> 31);
}

std::uint64_t Nanoseconds(const timespec& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace

FileStamp StampOf(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return 0;
  std::uint64_t stamp = 1;
  for (const std::uint64_t part :
       {static_cast<std::uint64_t>(status.st_dev),
        static_cast<std::uint64_t>(status.st_ino),
        static_cast<std::uint64_t>(status.st_size), Nanoseconds(status.st_mtim),
        Nanoseconds(status.st_ctim)}) {
    stamp = Mix(stamp + 0x9E3779B97F4A7C15 + part);
  }
  return stamp == 0 ? 1 : stamp;
}

}  // namespace danegate
