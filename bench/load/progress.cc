#include "bench/load/progress.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace danegate {
namespace {

constexpr std::chrono::milliseconds kBetweenLines{100};
constexpr std::uint64_t kBarColumns = 30;

}  // namespace

Progress::Progress() : visible_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
}

bool Progress::IsDue(Instant now) const { return visible_ && now >= next_; }

void Progress::Show(const std::string& line, Instant now) {
  std::fprintf(stderr, "\r%s\x1b[K", line.c_str());
  std::fflush(stderr);
  shown_ = true;
  next_ = now + kBetweenLines;
}

std::string ToBar(std::uint64_t done, std::uint64_t total) {
  const double share = total == 0
                           ? 1
                           : std::min(1.0, static_cast<double>(done) /
                                               static_cast<double>(total));
  const auto full =
      static_cast<std::size_t>(share * static_cast<double>(kBarColumns));
  char percent[16];
  std::snprintf(percent, sizeof percent, "%3.0f %%", share * 100);
  return "[" + std::string(full, '#') + std::string(kBarColumns - full, '-') +
         "] " + percent;
}

}  // namespace danegate
