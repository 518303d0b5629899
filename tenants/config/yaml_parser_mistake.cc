#include "tenants/config/yaml_parser_mistake.h"

#include <yaml-cpp/exceptions.h>

#include <vector>

namespace danegate {
namespace {

namespace said_by_yaml = YAML::ErrorMsg;

// What to do about what yaml-cpp says most often.
struct Advice {
  const char* said;
  std::string_view message;
};

constexpr std::string_view kAliasAdvice =
    "expected a value; found '*', which begins an alias in YAML; write the "
    "text in quotation marks, as in \"*.acme.example\"";

const Advice kAdvice[] = {
    {said_by_yaml::UNKNOWN_ANCHOR, kAliasAdvice},
    {said_by_yaml::ALIAS_NOT_FOUND, kAliasAdvice},
    {said_by_yaml::CHAR_IN_ALIAS, kAliasAdvice},
    {said_by_yaml::MAP_VALUE,
     "found a ':' where no key can be; put a text that has a ':' in it into "
     "quotation marks, and indent each key like those beside it"},
    {said_by_yaml::END_OF_SEQ,
     "expected the next item of the list, or a line that is indented like one "
     "above; found another indentation; move this line"},
    {said_by_yaml::END_OF_MAP,
     "expected the next key of the map, or a line that is indented like one "
     "above; found something else; move this line, or write \"KEY: \" before "
     "it"},
    {said_by_yaml::UNKNOWN_TOKEN,
     "no text begins with this character; write it in quotation marks"},
};

bool IsBlank(char octet) {
  return octet == ' ' || octet == '\t' || octet == '\n';
}

// OpenBrackets knows the brackets of a text that are open at a place.
class OpenBrackets {
 public:
  // The innermost; {0, 0}: none.
  static Position At(std::string_view text, Position until) {
    OpenBrackets brackets;
    for (const char octet : text) {
      if (brackets.here_.line > until.line ||
          (brackets.here_.line == until.line &&
           brackets.here_.column >= until.column)) {
        break;
      }
      brackets.Take(octet);
    }
    return brackets.open_.empty() ? Position{} : brackets.open_.back();
  }

 private:
  void Take(char octet) {
    if (octet == '\n') {
      comment_ = false;
      quote_ = 0;  // no text goes over lines
    } else if (quote_ != 0) {
      if (octet == quote_) quote_ = 0;
    } else if (!comment_) {
      TakePlain(octet);
    }
    before_ = octet;
    here_ = octet == '\n' ? Position{here_.line + 1, 1}
                          : Position{here_.line, here_.column + 1};
  }

  void TakePlain(char octet) {
    const bool begins = IsBlank(before_) || before_ == '[' || before_ == '{' ||
                        before_ == ',' || before_ == ':';
    if (octet == '#' && IsBlank(before_)) comment_ = true;
    if (begins && (octet == '"' || octet == '\'')) quote_ = octet;
    if (octet == '[' || octet == '{') open_.push_back(here_);
    if ((octet == ']' || octet == '}') && !open_.empty()) open_.pop_back();
  }

  Position here_{1, 1};
  char before_ = '\n';
  char quote_ = 0;
  bool comment_ = false;
  std::vector<Position> open_;
};

}  // namespace

YamlMistake ToYamlMistake(std::string_view text, std::string_view said,
                          Position at) {
  if (said == said_by_yaml::END_OF_SEQ_FLOW ||
      said == said_by_yaml::END_OF_MAP_FLOW) {
    const Position open = OpenBrackets::At(text, at);
    const bool list = said == said_by_yaml::END_OF_SEQ_FLOW;
    return {open.line == 0 ? at : open,
            std::string("this bracket is not closed; write a '") +
                (list ? "]" : "}") + "' at its end, and a ',' between its " +
                (list ? "items" : "keys")};
  }
  for (const Advice& advice : kAdvice) {
    if (said == advice.said) return {at, std::string(advice.message)};
  }
  return {at, "this is not YAML: " + std::string(said) +
                  "; look at the indentation, quotation marks and brackets "
                  "here and above"};
}

}  // namespace danegate
