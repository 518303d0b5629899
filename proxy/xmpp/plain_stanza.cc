#include "proxy/xmpp/plain_stanza.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "proxy/xmpp/namespaces.h"
#include "proxy/xmpp/plain_text.h"
#include "proxy/xmpp/utf8.h"

namespace danegate {
namespace {

// What an octet may be part of.
enum Class : std::uint8_t {
  kNameStart = 1,
  kName = 2,
  kAddress = 4,  // and namespaces
  kValue = 8,    // but for the quote that ends it
  kText = 16,
};

constexpr std::array<std::uint8_t, 256> kClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  const auto add = [&](std::string_view octets, int add) {
    for (const char c : octets) {
      auto& octet = classes[static_cast<unsigned char>(c)];
      octet = static_cast<std::uint8_t>(octet | add);
    }
  };
  for (char c = ' '; c < 0x7F; ++c) {
    const bool is_quote = c == '\'' || c == '"';
    if (c == '<' || c == '&') continue;
    add({&c, 1}, is_quote ? kValue : kValue | kAddress);
    if (c != '>') add({&c, 1}, kText);
  }
  add("\n\t", kText);
  add("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_",
      kNameStart | kName);
  add("0123456789.-", kName);
  return classes;
}();

bool Is(char octet, Class wanted) {
  return (kClasses[static_cast<unsigned char>(octet)] & wanted) != 0;
}

bool IsStanzaName(std::string_view name) {
  return name == "message" || name == "presence" || name == "iq";
}

// Names of XML's own, of which expat knows more than we.
bool IsReserved(std::string_view name) {
  return name.size() >= 3 && (name[0] | 0x20) == 'x' &&
         (name[1] | 0x20) == 'm' && (name[2] | 0x20) == 'l';
}

// Reads one stanza. What returns bool is false if the input is not plain, or
// ends.
class Scanner {
 public:
  explicit Scanner(std::string_view input)
      : begin_(input.data()), at_(begin_), end_(begin_ + input.size()) {}

  std::optional<PlainStanza> Scan() {
    if (!ReadStanza()) return std::nullopt;
    return PlainStanza{Since(begin_), open_[0], *from_, *to_};
  }

 private:
  std::string_view Since(const char* begin) const {
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }
  std::string_view Rest() const {
    return {at_, static_cast<std::size_t>(end_ - at_)};
  }
  bool Take(char wanted) {
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }
  bool Take(std::string_view wanted) {
    if (!Rest().starts_with(wanted)) return false;
    at_ += wanted.size();
    return true;
  }
  void TakeAll(Class wanted) {
    while (at_ != end_ && Is(*at_, wanted)) ++at_;
  }

  bool ReadStanza();
  bool ReadStart();
  bool ReadEnd();
  bool ReadName(std::string_view& name);
  bool ReadAttribute();
  bool ReadAttributeName(std::string_view& name);
  bool ReadValue(char quote);
  bool ReadText();
  bool ReadEntity();
  bool ReadCharacters();
  bool NoteAttribute(std::string_view name, std::string_view value);

  const char* const begin_;
  const char* at_;
  const char* const end_;
  std::size_t depth_ = 0;  // open elements
  std::size_t names_ = 0;
  std::size_t attributes_ = 0;  // of the tag at hand
  std::array<std::string_view, kPlainDepth> open_;
  std::array<std::string_view, kPlainAttributes> seen_;
  std::optional<std::string_view> from_;  // of the stanza
  std::optional<std::string_view> to_;
};

bool Scanner::ReadStanza() {
  if (!Take('<') || !ReadStart()) return false;
  if (!IsStanzaName(open_[0]) || !from_ || !to_) return false;
  while (depth_ > 0) {
    if (!ReadText() || !Take('<')) return false;
    if (!(Take('/') ? ReadEnd() : ReadStart())) return false;
  }
  return true;
}

bool Scanner::ReadStart() {
  const char* const begin = at_;
  if (depth_ == kPlainDepth) return false;
  std::string_view& name = open_[depth_];
  if (!ReadName(name) || IsReserved(name)) return false;
  attributes_ = 0;
  while (Take(' ')) {
    if (!ReadAttribute()) return false;
  }
  ++depth_;
  if (Take('/')) --depth_;
  return Take('>') && Since(begin).size() < kPlainTagBytes;
}

bool Scanner::ReadEnd() { return Take(open_[--depth_]) && Take('>'); }

bool Scanner::ReadName(std::string_view& name) {
  const char* const begin = at_;
  if (at_ == end_ || !Is(*at_, kNameStart)) return false;
  TakeAll(kName);
  name = Since(begin);
  return name.size() <= kPlainNameBytes && ++names_ <= kPlainNames;
}

bool Scanner::ReadAttribute() {
  while (Take(' ')) continue;
  std::string_view name;
  if (!ReadAttributeName(name) || !Take('=') || at_ == end_) return false;
  const char quote = *at_++;
  if (quote != '\'' && quote != '"') return false;
  const char* const begin = at_;
  if (!ReadValue(quote)) return false;
  return NoteAttribute(name, Since(begin)) && Take(quote);
}

bool Scanner::ReadAttributeName(std::string_view& name) {
  if (Take("xml:lang")) {
    name = {at_ - 8, 8};
    return ++names_ <= kPlainNames;
  }
  return ReadName(name) && (!IsReserved(name) || name == "xmlns");
}

// Up to the quote that ends it.
bool Scanner::ReadValue(char quote) {
  while (at_ != end_ && *at_ != quote) {
    if (Is(*at_, kValue)) {
      ++at_;
    } else if (!(*at_ == '&' ? ReadEntity() : ReadCharacters())) {
      return false;
    }
  }
  return true;
}

// Up to a '<', which is looked for first: to find none is quicker than to judge
// what comes before none.
bool Scanner::ReadText() {
  if (at_ != end_ && *at_ == '<') return true;
  const auto size = Rest().substr(0, kPlainTextBytes).find('<');
  if (size == std::string_view::npos) return false;
  const char* const end = at_ + size;
  while (at_ != end) {
    at_ += PlainPrefix({at_, static_cast<std::size_t>(end - at_)});
    TakeAll(kText);
    if (at_ == end) return true;
    if (!(*at_ == '&' ? ReadEntity() : ReadCharacters())) return false;
  }
  return true;
}

bool Scanner::ReadEntity() {
  return Take("&amp;") || Take("&lt;") || Take("&gt;") || Take("&quot;") ||
         Take("&apos;");
}

// Beyond ASCII. U+FFFE and U+FFFF are no characters of XML.
bool Scanner::ReadCharacters() {
  const char* const begin = at_;
  while (at_ != end_ && static_cast<unsigned char>(*at_) >= 0x80) {
    const std::size_t length = Utf8Length(Rest());
    if (length == 0) return false;
    if (Rest().starts_with("\xEF\xBF\xBE")) return false;
    if (Rest().starts_with("\xEF\xBF\xBF")) return false;
    at_ += length;
  }
  return at_ != begin;
}

bool Scanner::NoteAttribute(std::string_view name, std::string_view value) {
  const auto seen_end = seen_.begin() + attributes_;
  if (attributes_ == kPlainAttributes) return false;
  if (std::find(seen_.begin(), seen_end, name) != seen_end) return false;
  seen_[attributes_++] = name;
  const bool is_namespace = name == "xmlns";
  const bool is_from = depth_ == 0 && name == "from";
  const bool is_to = depth_ == 0 && name == "to";
  if (!is_namespace && !is_from && !is_to) return true;
  for (const char octet : value) {
    if (!Is(octet, kAddress)) return false;
  }
  if (is_from) from_ = value;
  if (is_to) to_ = value;
  if (!is_namespace) return true;
  if (depth_ == 0) return value == xmlns::kServer;
  return !value.empty() && value.find(' ') == value.npos &&
         !value.starts_with("http://www.w3.org/");
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
