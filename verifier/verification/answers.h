// Answers is the memory of one verification: what has been asked, what has been
// said, and what is wanted next. Pure.
//
// The rules of a verification read from it as if everything were known: Find()
// gives the answer, or notes that it is wanted.
#pragma once

#include <deque>
#include <map>
#include <optional>

#include "verifier/question.h"

namespace danegate {

class Answers {
 public:
  // The answer, or null while there is none; then the question is wanted.
  const Answer* Find(const Question&);

  // The next question to ask.
  std::optional<Question> NextWanted();
  // False for an answer that nobody asked for, which is ignored.
  bool Put(const Answer&);

  // A question that has no answer yet, for an error text.
  std::optional<Question> FirstOpen() const;

 private:
  std::map<Question, std::optional<Answer>> known_;  // empty: being asked
  std::deque<Question> wanted_;
};

}  // namespace danegate
