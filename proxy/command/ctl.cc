#include "proxy/command/ctl.h"

#include <cstdio>

#include "proxy/command/ctl/ctl_text.h"
#include "proxy/command/exit_status.h"
#include "proxy/net/local_server.h"
#include "tenants/config/domain_mistake.h"
#include "tenants/tenant_file.h"
#include "verifier/clock.h"
#include "verifier/domain.h"

namespace danegate {
namespace {

int Fail(const std::string& error, ExitStatus status) {
  std::fprintf(stderr, "danegate ctl: %s\n", error.c_str());
  return status;
}

// The proxy may run although its file has mistakes by now: those are not ours.
Result<std::string, std::string> SocketOf(const CtlRequest& request) {
  if (!request.socket.empty()) return request.socket;
  if (request.config_file.empty()) {
    return Failure(
        std::string("expected --config FILE, or --socket PATH; found neither\n"
                    "Try danegate ctl --help."));
  }
  const EdgeFile edge = ReadEdge(request.config_file, ReadNow().wall);
  if (edge.settings && !edge.settings->control.empty()) {
    return edge.settings->control;
  }
  if (!edge.was_read || !edge.settings) {
    return Failure("--config " + edge.errors.front().ToString() +
                   "; --socket PATH asks without the file");
  }
  return Failure("--config " + request.config_file +
                 ": expected the setting control, which names the socket; "
                 "found none; add it, such as `control: control`, and restart "
                 "danegate");
}

}  // namespace

int RunCtl(const CtlRequest& request) {
  std::string line = request.command;
  if (request.command == "flush") {
    const auto domain = Domain::Parse(request.domain);
    if (!domain) {
      return Fail("flush: " + DomainMistake(request.domain, domain.error()),
                  kExitUsage);
    }
    line += " " + domain->ascii();
  }
  if (request.force) line += " force";
  const auto socket = SocketOf(request);
  if (!socket) return Fail(socket.error(), kExitUsage);
  const auto answer = AskLocalServer(*socket, line, LocalServer::kTimeLimit);
  if (!answer) {
    const std::string what = request.socket.empty() ? "control " : "--socket ";
    return Fail(what + answer.error(), kExitBad);
  }
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
