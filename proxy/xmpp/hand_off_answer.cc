#include "proxy/xmpp/hand_off_answer.h"

#include <algorithm>

#include "proxy/xmpp/limits.h"

namespace danegate {
namespace {

constexpr std::string_view kEnd = "\r\n";
constexpr std::string_view kTaken = "danegate-1 taken ";
constexpr std::string_view kRefused = "danegate-1 refused ";

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

std::optional<HandOffAnswer::Outcome> HandOffAnswer::OnBytes(
    std::string_view input) {
  const std::size_t room = limits::kHandOffAnswerBytes - line_.size();
  line_.append(input.substr(0, room));
  const std::size_t end = line_.find(kEnd);
  if (end == std::string::npos) {
    if (line_.size() < limits::kHandOffAnswerBytes) return std::nullopt;
    return Wrong{"it answered the hand-off by something else than a line"};
  }
  if (input.size() > room || end + kEnd.size() < line_.size()) {
    return Wrong{"it spoke before our header"};
  }
  return Judge(std::string_view(line_).substr(0, end));
}

// Whoever guesses has one guess: a proof is good for one hand-off. So nothing
// is learnt from how long the comparison takes.
HandOffAnswer::Outcome HandOffAnswer::Judge(std::string_view line) const {
  if (line == expected_) return Taken{};
  if (line.starts_with(kTaken)) {
    return Wrong{
        "it does not know the secret: another program may listen there"};
  }
  if (!line.starts_with(kRefused) || !IsPrintable(line)) {
    return Wrong{"it is no server with mod_danegate"};
  }
  return Refused{std::string(line.substr(kRefused.size()))};
}

}  // namespace danegate
