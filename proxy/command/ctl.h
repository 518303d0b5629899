// `danegate ctl`: a question to the running proxy, on its control socket.
#pragma once

#include <string>

namespace danegate {

struct CtlRequest {
  // status, streams, tenants, verdicts, flush, reload, drain
  std::string command;
  std::string domain;       // of flush
  std::string socket;       // empty: the setting `control` of the file
  std::string config_file;  // where there is no socket: the edge's file
  bool force = false;       // of reload
  bool json = false;
};

// Writes the answer: aligned for people, or as it came. Returns kExitGood;
// kExitBad, with the reason on standard error, if no answer came or it is an
// error, and after a reload also while a file has an error; kExitUsage if the
// domain is none, or the socket cannot be found out.
int RunCtl(const CtlRequest&);

}  // namespace danegate
