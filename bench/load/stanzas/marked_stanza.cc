#include "bench/load/stanzas/marked_stanza.h"

#include <charconv>

#include "verifier/check.h"

namespace danegate {
namespace {

constexpr std::string_view kBegin = "<message from='load@";
constexpr std::string_view kBeforeMark = "' type='headline' id='";
constexpr std::string_view kBehindMark = "'>";
constexpr std::size_t kAroundContent = kBehindMark.size() + kStanzaTail.size();
// Two names of 253 octets, and what is around them.
constexpr std::size_t kMostHead = 700;
// "4294967295-4294967295-18446744073709551615-9223372036854775807".
constexpr std::size_t kMostMark = 62;

template <typename Number>
bool Take(std::string_view& text, char end, Number* number) {
  const auto [at, error] =
      std::from_chars(text.data(), text.data() + text.size(), *number);
  const auto taken = static_cast<std::size_t>(at - text.data());
  if (error != std::errc() || taken == text.size() || *at != end) return false;
  text.remove_prefix(taken + 1);
  return true;
}

ReadMark Foreign() { return {ReadMark::Kind::kForeign, {}}; }

// `text`: from the mark to the end of its attribute.
ReadMark ParseMark(std::string_view text, std::size_t before) {
  StanzaMark mark;
  Duration::rep due = 0;
  if (!Take(text, '-', &mark.size) || !Take(text, '-', &mark.stream) ||
      !Take(text, '-', &mark.number) || !Take(text, '\'', &due)) {
    return Foreign();
  }
  if (mark.size < before + kAroundContent + kLeastContent ||
      mark.size > kLargestStanza || due < 0) {
    return Foreign();
  }
  mark.due = Instant{Duration(due)};
  return {ReadMark::Kind::kMark, mark};
}

}  // namespace

StanzaWriter::StanzaWriter(const Domain& peer, const Domain& tenant,
                           StanzaKind kind)
    : head_(std::string(kBegin) + peer.ascii() + "' to='load@" +
            tenant.ascii() + std::string(kBeforeMark)),
      kind_(kind) {}

std::size_t StanzaWriter::least_size() const {
  return head_.size() + kMostMark + kAroundContent + kLeastContent;
}

void StanzaWriter::Append(std::string& out, const StanzaMark& mark) const {
  DANEGATE_CHECK(mark.size >= least_size());
  const std::size_t begin = out.size();
  out += head_;
  out += std::to_string(mark.size);
  out += '-';
  out += std::to_string(mark.stream);
  out += '-';
  out += std::to_string(mark.number);
  out += '-';
  out += std::to_string(mark.due.since_start.count());
  out += kBehindMark;
  AppendContent(out, kind_,
                mark.size - kStanzaTail.size() - (out.size() - begin));
  out += kStanzaTail;
}

ReadMark ReadStanzaMark(std::string_view begun) {
  const auto prefix = begun.substr(0, kBegin.size());
  if (prefix != kBegin.substr(0, prefix.size())) return Foreign();
  const auto more = begun.size() > kMostHead ? ReadMark::Kind::kForeign
                                             : ReadMark::Kind::kMore;
  const auto at = begun.find(kBeforeMark);
  if (at == begun.npos) return {more, {}};
  const std::size_t mark = at + kBeforeMark.size();
  const auto end = begun.find('\'', mark);
  if (end == begun.npos) return {more, {}};
  return ParseMark(begun.substr(mark, end + 1 - mark), end);
}

}  // namespace danegate
