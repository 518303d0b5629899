#include "proxy/command/ctl.h"

#include <cstdio>

#include "proxy/command/ctl/ctl_text.h"
#include "proxy/command/exit_status.h"
#include "proxy/net/local_server.h"
#include "verifier/domain.h"

namespace danegate {
namespace {

int Fail(const std::string& error, ExitStatus status) {
  std::fprintf(stderr, "danegate ctl: %s\n", error.c_str());
  return status;
}

}  // namespace

int RunCtl(const CtlRequest& request) {
  std::string line = request.command;
  if (request.command == "flush") {
    const auto domain = Domain::Parse(request.domain);
    if (!domain) {
      return Fail("flush: expected a domain; found \"" + request.domain + "\"",
                  kExitUsage);
    }
    line += " " + domain->ascii();
  }
  if (request.force) line += " force";
  const auto answer =
      AskLocalServer(request.socket, line, LocalServer::kTimeLimit);
  if (!answer) return Fail("--socket " + answer.error(), kExitBad);
  const auto read = CtlAnswer::Parse(*answer);
  if (!read) return Fail(read.error(), kExitBad);
  if (request.json) {
    std::fputs(answer->c_str(), stdout);
  } else {
    std::fputs(read->ToText(request.command, Ink::For(stdout)).c_str(), stdout);
  }
  return read->TellsOfErrors() ? kExitBad : kExitGood;
}

}  // namespace danegate
