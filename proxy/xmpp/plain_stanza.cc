#include "proxy/xmpp/plain_stanza.h"

#include <array>
#include <cstdint>

#include "proxy/xmpp/block.h"
#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/utf8.h"

namespace danegate {
namespace {

// What an octet may be part of.
enum Class : std::uint8_t {
  kNameStart = 1,
  kName = 2,
  kPrintable = 4,  // and no '<' or '&'
};

constexpr std::array<std::uint8_t, 256> kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  const auto add = [&](std::string_view octets, int wanted) {
    for (const char c : octets) {
      auto& octet = classes[static_cast<unsigned char>(c)];
      octet = static_cast<std::uint8_t>(octet | wanted);
    }
  };
  for (char c = ' '; c < 0x7F; ++c) {
    if (c != '<' && c != '&') add({&c, 1}, kPrintable);
  }
  add("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_",
      kNameStart | kName);
  add("0123456789.-", kName);
  return classes;
}();

bool Is(char octet, Class wanted) {
  return (kClasses[static_cast<unsigned char>(octet)] & wanted) != 0;
}

// Behind the octets that are none of those that `stops` and `is_stop` know, of
// a block and alone.
template <typename Stops, typename IsStop>
const char* Skip(const char* at, const char* limit, Stops stops,
                 IsStop is_stop) {
  while (static_cast<std::size_t>(limit - at) >= kBlock) {
    const std::size_t size = FirstThatHolds(stops(LoadBlock(at)));
    at += size;
    if (size < kBlock) return at;
  }
  while (at != limit && !is_stop(*at)) ++at;
  return at;
}

// Behind what is printable and not `end`.
const char* SkipPrintable(const char* at, const char* limit, char end) {
  return Skip(
      at, limit,
      [end](Block block) {
        return (block - ' ' >= 0x7F - ' ') | (block == '<') | (block == '&') |
               (block == static_cast<unsigned char>(end));
      },
      [end](char c) { return !Is(c, kPrintable) || c == end; });
}

// Behind what is printable and no '>', and whatever is beyond ASCII.
const char* SkipText(const char* at, const char* limit) {
  return Skip(
      at, limit,
      [](Block block) {
        return (block < ' ') | (block == 0x7F) | (block == '<') |
               (block == '&') | (block == '>');
      },
      [](char c) {
        return static_cast<unsigned char>(c) < 0x80 &&
               (!Is(c, kPrintable) || c == '>');
      });
}

bool IsStanzaName(std::string_view name) {
  return name == "message" || name == "presence" || name == "iq";
}

// Names of XML's own, of which expat knows more than we.
bool IsReserved(std::string_view name) {
  return name.size() >= 3 && (name[0] | 0x20) == 'x' &&
         (name[1] | 0x20) == 'm' && (name[2] | 0x20) == 'l';
}

// A part of the input. Arrays of these are not filled before they are used.
struct Part {
  const char* begin;
  std::size_t size;

  std::string_view text() const { return {begin, size}; }
};

// Reads one stanza. What returns bool is false if the input is not plain, or
// ends.
class Scanner {
 public:
  explicit Scanner(std::string_view input)
      : begin_(input.data()), at_(begin_), end_(begin_ + input.size()) {}

  std::optional<PlainStanza> Scan() {
    if (!ReadStanza()) return std::nullopt;
    return PlainStanza{Since(begin_).text(), open_[0].text(), *from_, *to_};
  }

 private:
  Part Since(const char* begin) const {
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }
  std::string_view Rest() const {
    return {at_, static_cast<std::size_t>(end_ - at_)};
  }
  bool IsAt(char wanted) const { return at_ != end_ && *at_ == wanted; }
  bool Take(char wanted) {
    if (!IsAt(wanted)) return false;
    ++at_;
    return true;
  }
  bool Take(std::string_view wanted) {
    if (!Rest().starts_with(wanted)) return false;
    at_ += wanted.size();
    return true;
  }

  bool ReadStanza();
  bool ReadStart();
  bool ReadEnd();
  bool ReadName();
  bool ReadAttribute();
  bool ReadAttributeName();
  bool ReadValue(char quote);
  bool ReadText();
  bool ReadEntity();
  bool ReadCharacters();
  bool NoteAttribute(std::string_view name, std::string_view value,
                     bool is_literal);

  const char* const begin_;
  const char* at_;
  const char* const end_;
  std::size_t depth_ = 0;  // open elements
  std::size_t names_ = 0;
  std::size_t attributes_ = 0;  // of the tag at hand
  std::array<Part, kPlainDepth> open_;
  std::array<Part, kPlainAttributes> seen_;
  std::optional<std::string_view> from_;  // of the stanza
  std::optional<std::string_view> to_;
};

bool Scanner::ReadStanza() {
  if (!Take('<') || !ReadStart()) return false;
  if (!IsStanzaName(open_[0].text()) || !from_ || !to_) return false;
  while (depth_ > 0) {
    if (!ReadText() || !Take('<')) return false;
    if (!(Take('/') ? ReadEnd() : ReadStart())) return false;
  }
  return true;
}

bool Scanner::ReadStart() {
  const char* const begin = at_;
  if (depth_ == kPlainDepth || !ReadName()) return false;
  open_[depth_] = Since(begin);
  if (IsReserved(open_[depth_].text())) return false;
  attributes_ = 0;
  while (Take(' ')) {
    if (!ReadAttribute()) return false;
  }
  if (!Take('/')) ++depth_;
  return Take('>') && Since(begin).size < kPlainTagBytes;
}

bool Scanner::ReadEnd() { return Take(open_[--depth_].text()) && Take('>'); }

bool Scanner::ReadName() {
  const char* const begin = at_;
  if (at_ == end_ || !Is(*at_, kNameStart)) return false;
  while (at_ != end_ && Is(*at_, kName)) ++at_;
  return Since(begin).size <= kPlainNameBytes && ++names_ <= kPlainNames;
}

bool Scanner::ReadAttribute() {
  while (Take(' ')) continue;
  const char* begin = at_;
  if (!ReadAttributeName()) return false;
  const auto name = Since(begin).text();
  if (!Take('=') || (!IsAt('\'') && !IsAt('"'))) return false;
  const char quote = *at_++;
  begin = at_;
  at_ = SkipPrintable(at_, end_, quote);
  const bool is_literal = IsAt(quote);
  if (!is_literal && !ReadValue(quote)) return false;
  const auto value = Since(begin).text();
  ++at_;
  return NoteAttribute(name, value, is_literal);
}

bool Scanner::ReadAttributeName() {
  if (Take("xml:lang")) return ++names_ <= kPlainNames;
  const char* const begin = at_;
  if (!ReadName()) return false;
  const auto name = Since(begin).text();
  return !IsReserved(name) || name == "xmlns";
}

// Up to the quote that ends it.
bool Scanner::ReadValue(char quote) {
  while (!IsAt(quote)) {
    if (!(IsAt('&') ? ReadEntity() : ReadCharacters())) return false;
    at_ = SkipPrintable(at_, end_, quote);
  }
  return true;
}

// Up to a '<', which is looked for first: to find none is quicker than to judge
// what comes before none.
bool Scanner::ReadText() {
  if (IsAt('<')) return true;
  const auto text = Rest().substr(0, kPlainTextBytes);
  const auto size = text.find('<');
  if (size == std::string_view::npos) return false;
  const char* const end = at_ + size;
  bool is_ascii = true;
  for (;;) {
    at_ = is_ascii ? SkipPrintable(at_, end, '>') : SkipText(at_, end);
    if (at_ == end) break;
    if (Take('\n') || Take('\t') || ReadEntity()) continue;
    if (!is_ascii || static_cast<unsigned char>(*at_) < 0x80) return false;
    is_ascii = false;
  }
  return is_ascii || IsUtf8Text(text.substr(0, size));
}

bool Scanner::ReadEntity() {
  return Take("&amp;") || Take("&lt;") || Take("&gt;") || Take("&quot;") ||
         Take("&apos;");
}

// Beyond ASCII, one at least.
bool Scanner::ReadCharacters() {
  const char* const begin = at_;
  while (at_ != end_ && static_cast<unsigned char>(*at_) >= 0x80) ++at_;
  return at_ != begin && IsUtf8Text(Since(begin).text());
}

// `is_literal`: the value is ASCII without references.
bool Scanner::NoteAttribute(std::string_view name, std::string_view value,
                            bool is_literal) {
  if (attributes_ == kPlainAttributes) return false;
  for (std::size_t i = 0; i < attributes_; ++i) {
    if (seen_[i].text() == name) return false;
  }
  seen_[attributes_++] = {name.data(), name.size()};
  if (name == "xmlns") {
    if (depth_ == 0) return value == xmlns::kServer;
    return is_literal && !value.empty() && value.find(' ') == value.npos &&
           !value.starts_with("http://www.w3.org/");
  }
  if (depth_ > 0 || (name != "from" && name != "to")) return true;
  (name == "from" ? from_ : to_) = value;
  return is_literal;
}

}  // namespace

std::optional<PlainStanza> ScanPlainStanza(std::string_view input) {
  return Scanner(input).Scan();
}

std::size_t FindStanza(std::string_view input, std::size_t from) {
  for (auto at = from; (at = input.find('<', at)) != input.npos; ++at) {
    const auto name = input.substr(at + 1, sizeof("presence"));
    if (name.starts_with("message ") || name.starts_with("presence ") ||
        name.starts_with("iq ")) {
      return at;
    }
  }
  return input.size();
}

}  // namespace danegate
