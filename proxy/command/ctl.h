// `danegate ctl`: a question to the running proxy, on its control socket.
#pragma once

#include <string>

namespace danegate {

struct CtlRequest {
  std::string command;  // status, streams, verdicts, flush, drain
  std::string domain;   // of flush
  std::string socket;
  bool json = false;
};

// Writes the answer: aligned for people, or as it came. Returns kExitGood;
// kExitBad, with the reason on standard error, if no answer came or it is an
// error; kExitUsage if the domain is none.
int RunCtl(const CtlRequest&);

}  // namespace danegate
