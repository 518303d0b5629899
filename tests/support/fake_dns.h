// FakeDns answers a Verification from a table, in fake time: the whole protocol
// of asking without a network.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "verifier/question.h"
#include "verifier/verification.h"

namespace danegate {

class FakeDns {
 public:
  using Rdata = std::vector<std::uint8_t>;

  // Signed, with a lifetime of 300 s; change what a test is about.
  Answer& Data(const std::string& name, RecordType, std::vector<Rdata>);
  Answer& Srv(const std::string& domain, std::uint16_t priority,
              std::uint16_t port, const std::string& target,
              bool direct_tls = false);
  Answer& Address(const std::string& host);
  // Adds to the records that are there.
  Answer& Tlsa(const std::string& owner, const std::string& text);
  Answer& Fail(const std::string& name, RecordType, const std::string& why,
               DnsSecurity = DnsSecurity::kInsecure);
  // An answer that is in the table already.
  Answer& At(const Question& question) { return answers_.at(question); }
  // All answers of this type that are in the table become insecure.
  void Unsign(RecordType);
  // A denial, signed, with a lifetime of 300 s.
  Answer& Deny(const std::string& name, RecordType);
  // Never answered.
  void Drop(const std::string& name, RecordType);

  // What is not in the table is denied, with this status.
  DnsSecurity denials = DnsSecurity::kSecure;

  // Answers until the verdict, or until only dropped questions are open; then
  // lets the deadline pass.
  const Verdict& Run(Verification&, Now);

  // What is answered to one question; nothing if it is dropped.
  std::optional<Answer> Answered(const Question&) const;

  // The order in which open questions are answered: last first for 0, else
  // another one for each number.
  std::uint32_t order = 0;

  // The time that passes before each answer.
  std::chrono::seconds step{0};

  std::size_t asked = 0;

 private:
  Answer Find(const Question&) const;
  Question TakeOne(std::vector<Question>& open);

  std::map<Question, Answer> answers_;
  std::map<Question, bool> dropped_;
};

}  // namespace danegate
