#include "proxy/xmpp/hand_off_exchange.h"

#include <algorithm>

#include "proxy/xmpp/limits.h"

namespace danegate {
namespace {

constexpr std::string_view kEnd = "\r\n";
constexpr std::string_view kChallenge = "danegate-1 challenge ";
constexpr std::string_view kTaken = "danegate-1 taken ";
constexpr std::string_view kRefused = "danegate-1 refused ";
constexpr std::size_t kDigits = HexDigest().size();

// The type and the length of the field that holds the seal.
constexpr std::string_view kSealField("\xE1\0\x40", 3);
static_assert(kDigits == 0x40);

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c <= '~'; });
}

bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// "danegate hand-off 1", what it is for, NUL.
std::string Label(std::string_view what) {
  return "danegate hand-off 1" + std::string(what) + '\0';
}

}  // namespace

std::optional<HandOffExchange::Outcome> HandOffExchange::OnBytes(
    std::string_view input) {
  const std::size_t room = limits::kHandOffLineBytes - line_.size();
  line_.append(input.substr(0, room));
  const std::size_t end = line_.find(kEnd);
  if (end == std::string::npos) {
    if (line_.size() < limits::kHandOffLineBytes) return std::nullopt;
    return Wrong{"it answered the hand-off by something else than a line"};
  }
  if (input.size() > room || end + kEnd.size() < line_.size()) {
    return Wrong{"it spoke out of turn"};
  }
  line_.resize(end);
  const std::string line = std::exchange(line_, {});
  return seal_ ? OnAnswer(line) : OnChallenge(line);
}

HandOffExchange::Outcome HandOffExchange::OnChallenge(std::string_view line) {
  if (!line.starts_with(kChallenge) ||
      line.size() != kChallenge.size() + kDigits ||
      !IsHex(line.substr(kChallenge.size()))) {
    return Wrong{"it is no server with mod_danegate"};
  }
  seal_ = HmacSha256(offer_.secret,
                     Label(" header") +
                         std::string(line.substr(kChallenge.size())) +
                         offer_.header);
  return Header{offer_.header + std::string(kSealField) +
                std::string(AsText(*seal_))};
}

HandOffExchange::Outcome HandOffExchange::OnAnswer(
    std::string_view line) const {
  if (line.starts_with(kRefused))
    return OnRefusal(line.substr(kRefused.size()));
  if (!line.starts_with(kTaken)) {
    return Wrong{"it is no server with mod_danegate"};
  }
  if (IsSameDigest(ProofOf("taken", ""), line.substr(kTaken.size()))) {
    return Taken{};
  }
  return Wrong{"it does not know the secret: another program may listen there"};
}

HandOffExchange::Outcome HandOffExchange::OnRefusal(
    std::string_view proof_and_why) const {
  const std::string_view proof = proof_and_why.substr(0, kDigits);
  const std::string_view rest = proof_and_why.substr(proof.size());
  if (rest.starts_with(' ') && IsPrintable(rest) &&
      IsSameDigest(ProofOf("refused", rest.substr(1)), proof)) {
    return Refused{std::string(rest.substr(1))};
  }
  return Wrong{
      "it refuses without knowing the secret: another program may listen "
      "there"};
}

HexDigest HandOffExchange::ProofOf(std::string_view word,
                                   std::string_view why) const {
  return HmacSha256(offer_.secret, Label(" " + std::string(word)) +
                                       std::string(AsText(*seal_)) +
                                       std::string(why));
}

}  // namespace danegate
