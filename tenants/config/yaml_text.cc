#include "tenants/config/yaml_text.h"

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "tenants/config/utf8_text.h"
#include "tenants/config/yaml_limits.h"

namespace danegate {
namespace {

std::string Hex(unsigned char octet) {
  char text[5];
  std::snprintf(text, sizeof text, "0x%02X", octet);
  return text;
}

std::optional<std::string> ControlMistake(unsigned char octet, bool indent) {
  if (octet == '\t' && indent) {
    return "expected spaces as indentation; found a tab; replace it with "
           "spaces";
  }
  if (octet == '\t' || octet == '\n' || octet == '\r') return std::nullopt;
  if (octet >= 0x20 && octet != 0x7F) return std::nullopt;
  return "expected text; found the control character " + Hex(octet) +
         "; remove it";
}

// FlowDepth counts the brackets that are open, comments left out. yaml-cpp
// reads all of a nest before it says the first of it, 240 octets of memory for
// each.
class FlowDepth {
 public:
  // Whether the nest is still no deeper than it may be.
  bool Take(unsigned char octet) {
    comment_ = octet != '\n' && (comment_ || (octet == '#' && gap_));
    gap_ = octet == ' ' || octet == '\n' || octet == '\t';
    if (comment_) return true;
    if (octet == '[' || octet == '{') ++depth_;
    if ((octet == ']' || octet == '}') && depth_ > 0) --depth_;
    return depth_ <= YamlLimits::kDepth;
  }

 private:
  std::size_t depth_ = 0;
  bool comment_ = false;
  bool gap_ = true;
};

// Goes over a text, one UTF-8 sequence after the other.
class TextWalk {
 public:
  explicit TextWalk(std::string_view text) : text_(text) {}

  bool done() const { return index_ == text_.size(); }
  Position at() const { return at_; }

  // Takes the next sequence; what is wrong with it, or nothing.
  // REQUIRES: !done().
  std::optional<std::string> Next() {
    const auto octet = static_cast<unsigned char>(text_[index_]);
    const std::size_t length = Utf8LengthAt(text_, index_);
    if (length == 0) {
      return "expected UTF-8; found the octet " + Hex(octet) +
             "; save the file as UTF-8";
    }
    if (auto mistake = ControlMistake(octet, indent_)) return mistake;
    if (octet != '\n' && at_.column > YamlLimits::kLine) return TooLongLine();
    if (!flow_.Take(octet)) return TooDeep();
    indent_ = octet == '\n' || (indent_ && octet == ' ');
    at_ = octet == '\n' ? Position{at_.line + 1, 1}
                        : Position{at_.line, at_.column + length};
    index_ += length;
    return std::nullopt;
  }

 private:
  static std::string TooLongLine() {
    return "expected lines of at most " + std::to_string(YamlLimits::kLine) +
           " octets; found a longer one; write a list with one item per line";
  }

  std::string_view text_;
  std::size_t index_ = 0;
  Position at_{1, 1};
  bool indent_ = true;  // only spaces on this line so far
  FlowDepth flow_;
};

}  // namespace

bool CheckYamlText(std::string_view text, FileLog* log) {
  if (text.size() > YamlLimits::kOctets) {
    log->Error({}, "expected at most " + std::to_string(YamlLimits::kOctets) +
                       " octets; found " + std::to_string(text.size()) +
                       "; split the file");
    return false;
  }
  for (TextWalk walk(text); !walk.done();) {
    if (const auto mistake = walk.Next()) {
      log->Error(walk.at(), *mistake, Extent::kPoint);
      return false;
    }
  }
  return true;
}

}  // namespace danegate
