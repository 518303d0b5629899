// CtlAnswer is an answer of the running proxy, written for people. Pure.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "proxy/command/terminal.h"
#include "verifier/result.h"

namespace danegate {

class CtlAnswer {
 public:
  // The error is the proxy's own, or says that it is no answer of a proxy's.
  static Result<CtlAnswer, std::string> Parse(std::string_view json);
  ~CtlAnswer();
  CtlAnswer(CtlAnswer&&) noexcept;

  // Whether it is about a reload, and some file has an error; warnings do not
  // count.
  bool TellsOfErrors() const;
  // `command`: what was asked. Fields that another version leaves out are
  // shown empty.
  std::string ToText(const std::string& command, const Ink&) const;

 private:
  struct Fields;
  explicit CtlAnswer(std::unique_ptr<Fields>);

  std::unique_ptr<Fields> fields_;
};

}  // namespace danegate
