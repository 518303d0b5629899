// ProgressBar shows on a terminal how far a long command is, on one line that
// is gone at the end. Elsewhere it writes nothing.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>

namespace danegate {

class ProgressBar {
 public:
  // Text for scripts goes to standard output, so this belongs on `stderr`.
  explicit ProgressBar(std::FILE* stream);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // At most ten times a second, however often it is called.
  void Show(std::size_t done, std::size_t of);

 private:
  std::FILE* const stream_;
  const bool is_terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace danegate
