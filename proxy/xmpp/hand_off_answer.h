// HandOffAnswer reads the line by which a backend answers a hand-off without
// TLS and SASL; proxy/shard/hand_off.h is the manual. Incremental: octets come
// as the network cuts them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace danegate {

class HandOffAnswer {
 public:
  struct Taken {};
  struct Refused {
    std::string why;  // printable ASCII
  };
  // It is no answer, or not that of a backend that knows the secret.
  struct Wrong {
    std::string why;  // a part of a sentence, "it …"
  };
  using Outcome = std::variant<Taken, Refused, Wrong>;

  // `expected`: the line that says "taken", without its end.
  explicit HandOffAnswer(std::string expected)
      : expected_(std::move(expected)) {}

  // Nothing while the line is not complete. It is the last that comes before
  // our header: whatever is behind it is wrong. REQUIRES: no outcome so far.
  std::optional<Outcome> OnBytes(std::string_view);

 private:
  Outcome Judge(std::string_view line) const;

  const std::string expected_;
  std::string line_;
};

}  // namespace danegate
