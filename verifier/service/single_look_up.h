// SingleLookUp asks the DNS one question: the smallest search, with the shape
// of a Verification.
#pragma once

#include <optional>
#include <utility>

#include "verifier/https_request.h"
#include "verifier/instant.h"
#include "verifier/question.h"

namespace danegate {

class SingleLookUp {
 public:
  explicit SingleLookUp(Question question) : question_(std::move(question)) {}

  std::optional<Question> NextQuestion() {
    return std::exchange(question_, std::nullopt);
  }
  void OnAnswer(const Answer& answer, Now) { answer_ = answer; }
  void OnReply(const HttpsReply&, Now) {}
  void OnDeadline(Now) {}

  // The resolver answers every question in time.
  Instant deadline() const { return Instant::Never(); }
  const std::optional<Answer>& answer() const { return answer_; }

 private:
  std::optional<Question> question_;
  std::optional<Answer> answer_;
};

}  // namespace danegate
