#include "verifier/verification/answers.h"

namespace danegate {

const Answer* Answers::Find(const Question& question) {
  const auto known = known_.find(question);
  if (known != known_.end()) {
    return known->second ? &*known->second : nullptr;
  }
  known_.emplace(question, std::nullopt);
  wanted_.push_back(question);
  return nullptr;
}

std::optional<Question> Answers::NextWanted() {
  if (wanted_.empty()) return std::nullopt;
  Question question = std::move(wanted_.front());
  wanted_.pop_front();
  return question;
}

bool Answers::Put(const Answer& answer) {
  const auto known = known_.find(answer.question);
  if (known == known_.end() || known->second) return false;
  known->second = answer;
  return true;
}

std::optional<Question> Answers::FirstOpen() const {
  for (const auto& [question, answer] : known_) {
    if (!answer) return question;
  }
  return std::nullopt;
}

}  // namespace danegate
