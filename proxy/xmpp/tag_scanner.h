// TagScanner tells whether a start tag that arrives in pieces can end in the
// piece just arrived: whether there is a '>' outside of quotes.
//
// It decides nothing but when the parser tries again on an unfinished tag (A4,
// A5): too early costs time, and too late cannot be, because a tag that is
// well-formed so far has quotes around its attribute values only.
#pragma once

#include <string_view>

namespace danegate {

class TagScanner {
 public:
  // Begins at the '<' of another tag.
  void Reset() { quote_ = 0; }

  // Scans the next piece. After true, Reset().
  bool EndsIn(std::string_view piece) {
    while (!piece.empty()) {
      const auto at =
          quote_ == 0 ? piece.find_first_of("'\">") : piece.find(quote_);
      if (at == std::string_view::npos) return false;
      if (piece[at] == '>' && quote_ == 0) return true;
      quote_ = quote_ == 0 ? piece[at] : '\0';
      piece.remove_prefix(at + 1);
    }
    return false;
  }

 private:
  char quote_ = 0;  // the quote that is open, or none
};

}  // namespace danegate
