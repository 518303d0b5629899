#include "proxy/command/progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <string>

namespace danegate {
namespace {

constexpr std::size_t kWidth = 40;
constexpr std::chrono::milliseconds kPeriod{100};
constexpr char kClear[] = "\r\x1b[K";

}  // namespace

ProgressBar::ProgressBar(std::FILE* stream)
    : stream_(stream), is_terminal_(::isatty(::fileno(stream)) == 1) {}

ProgressBar::~ProgressBar() {
  if (!shown_) return;
  std::fputs(kClear, stream_);
  std::fflush(stream_);
}

void ProgressBar::Show(std::size_t done, std::size_t of) {
  if (!is_terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_ && done < of) return;
  next_ = now + kPeriod;
  const std::size_t filled = kWidth * done / std::max<std::size_t>(of, 1);
  const std::string bar =
      std::string(filled, '#') + std::string(kWidth - filled, '.');
  std::fprintf(stream_, "%s[%s] %zu of %zu domains", kClear, bar.c_str(), done,
               of);
  std::fflush(stream_);
  shown_ = true;
}

}  // namespace danegate
