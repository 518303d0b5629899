// Progress is one line on standard error that changes while something is being
// done, and is gone afterwards. Where standard error is no terminal there is
// none.
#pragma once

#include <cstdint>
#include <string>

#include "verifier/instant.h"

namespace danegate {

class Progress {
 public:
  Progress();
  // Takes the line away.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Whether it is time for another line: not more than ten a second, and never
  // without a terminal.
  bool IsDue(Instant now) const;
  void Show(const std::string& line, Instant now);

 private:
  const bool visible_;
  bool shown_ = false;
  Instant next_;
};

// "[######------]  50 %".
std::string ToBar(std::uint64_t done, std::uint64_t total);

}  // namespace danegate
