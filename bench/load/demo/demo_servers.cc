#include "bench/load/demo/demo_servers.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>
#include <vector>

#include "bench/load/demo/zone_question.h"
#include "bench/load/process/program.h"
#include "proxy/net/local_server.h"
#include "tenants/config/file_text.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

constexpr std::chrono::milliseconds kBetweenQuestions{10};
constexpr std::size_t kMostLogOctets = std::size_t{64} << 20;
constexpr std::size_t kShownOctets = 2000;

std::string LogEnd(const std::string& log) {
  const auto text = ReadWholeFile(log, kMostLogOctets, Secrecy::kPublic);
  if (!text) return text.error();
  return text->substr(text->size() - std::min(text->size(), kShownOctets));
}

Result<ChildProcess, std::string> StartLogged(
    const std::vector<std::string>& argv, const std::string& folder,
    const std::string& log) {
  const int file =
      ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return Failure(log + ": " + std::strerror(errno));
  auto child = ChildProcess::Start(argv, folder, file);
  ::close(file);
  return child;
}

// Asks again and again until `is_ready`. The error is why that was given up.
std::string WaitUntilReady(ChildProcess& child, const std::string& log,
                           const std::function<bool()>& is_ready,
                           const std::function<bool()>& goes_on) {
  const Instant until = ReadNow().monotonic + DemoServers::kPatience;
  while (!is_ready()) {
    if (!goes_on()) return "interrupted";
    if (const auto status = child.Wait(kBetweenQuestions)) {
      return "it ended with status " + std::to_string(*status) + ":\n" +
             LogEnd(log);
    }
    if (ReadNow().monotonic > until) {
      return "it was not ready in " +
             std::to_string(DemoServers::kPatience.count()) + " s:\n" +
             LogEnd(log);
    }
  }
  return "";
}

}  // namespace

Result<DemoServers, std::string> DemoServers::Start(
    const ScenarioPlan& plan, const std::string& danegate,
    const std::function<bool()>& goes_on) {
  const auto nsd = FindProgram("nsd", "nsd");
  if (!nsd) return Failure(nsd.error());
  const std::string& folder = plan.folder;
  const std::string nsd_log = folder + "/nsd.log";
  auto dns =
      StartLogged({*nsd, "-d", "-c", folder + "/" + kDnsFolder + "/nsd.conf"},
                  folder, nsd_log);
  if (!dns) return Failure(dns.error());
  std::string why = WaitUntilReady(
      *dns, nsd_log,
      [&] {
        return IsZoneServed(plan.dns, "peers.example", kBetweenQuestions);
      },
      goes_on);
  if (!why.empty()) return Failure("nsd: " + why);
  const std::string log = folder + "/danegate.log";
  auto edge = StartLogged(
      {danegate, "run", "--config", folder + "/danegate.yaml"}, folder, log);
  if (!edge) return Failure(edge.error());
  why = WaitUntilReady(
      *edge, log,
      [&] {
        return AskLocalServer(folder + "/control", "status",
                              LocalServer::kTimeLimit)
            .ok();
      },
      goes_on);
  if (!why.empty()) return Failure("danegate: " + why);
  return DemoServers(*std::move(dns), *std::move(edge));
}

}  // namespace danegate
