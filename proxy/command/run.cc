#include "proxy/command/run.h"

#include <csignal>
#include <cstdio>
#include <thread>

#include "proxy/command/version.h"
#include "proxy/net/loop.h"
#include "proxy/ops/access_log.h"
#include "proxy/ops/control.h"
#include "proxy/ops/edge.h"
#include "proxy/ops/process.h"
#include "tenants/tenant_file.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

int Fail(const std::string& error) {
  std::fprintf(stderr, "danegate: %s\n", error.c_str());
  return 1;
}

// The configuration, or nothing after its errors have been told.
std::unique_ptr<Configuration> Read(const std::string& file) {
  auto result = ReadConfiguration(file, ReadNow().wall);
  for (const ConfigError& error : result.errors) {
    std::fprintf(stderr, "%s\n", error.ToString().c_str());
  }
  return std::move(result.configuration);
}

// For this thread and those that it starts from now on: the signals are for the
// main thread while it waits for them, and for nobody else, so that one that is
// sent twice does not cut the end short.
void SetSignals(int how) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  ::pthread_sigmask(how, &signals, nullptr);
}

void Drain(Edge& edge, AccessLog& log, const char* why) {
  if (edge.Drain()) log.Draining(why);
}

// Nothing if the configuration wants none.
Result<std::unique_ptr<Control>, std::string> OpenControl(
    const Configuration& configuration, Edge& edge, AccessLog& log) {
  const std::string& path = configuration.settings.control;
  if (path.empty()) return std::unique_ptr<Control>();
  return Control::Open(path,
                       {edge, configuration.tenants, ProgramVersion(),
                        [&edge, &log] { Drain(edge, log, "danegate ctl"); }});
}

void ServeUntilSignalled(Edge& edge, AccessLog& log) {
  Loop loop;
  Waker done(loop, [&loop] { loop.Stop(); });
  const auto drain = [&edge, &log](const char* why) { Drain(edge, log, why); };
  Signal terminate(loop, SIGTERM, [&drain] { drain("SIGTERM"); });
  Signal interrupt(loop, SIGINT, [&drain] { drain("SIGINT"); });
  Signal hangup(loop, SIGHUP, [&log] { log.Reopen(); });
  std::thread serving([&edge, &done] {
    edge.Run();
    done.Wake();
  });
  SetSignals(SIG_UNBLOCK);
  loop.Run();
  serving.join();
  // libuv gives a signal back its default once its watcher is gone.
  SetSignals(SIG_BLOCK);
}

}  // namespace

int RunProxy(const std::string& config_file) {
  const auto configuration = Read(config_file);
  if (!configuration) return Fail("not started: the configuration has errors");
  PrepareProcess();
  SetSignals(SIG_BLOCK);
  const Settings& settings = configuration->settings;
  auto log = AccessLog::Open(settings.log_file, settings.log_level);
  if (!log) return Fail(log.error());
  std::unique_ptr<Control> control;  // goes after the edge, which answers it
  auto edge = Edge::Open(*configuration, **log);
  if (!edge) return Fail(edge.error());
  auto opened = OpenControl(*configuration, **edge, **log);
  if (!opened) return Fail(opened.error());
  control = *std::move(opened);
  (*log)->Ready((*edge)->starttls(), (*edge)->direct_tls(),
                configuration->tenants->size());
  ServeUntilSignalled(**edge, **log);
  if (control) control->Stop();
  (*log)->Stopped();
  return 0;
}

}  // namespace danegate
