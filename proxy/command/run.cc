#include "proxy/command/run.h"

#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <thread>

#include "proxy/command/version.h"
#include "proxy/net/loop.h"
#include "proxy/ops/access_log.h"
#include "proxy/ops/control.h"
#include "proxy/ops/edge.h"
#include "proxy/ops/posh_server.h"
#include "proxy/ops/process.h"
#include "proxy/ops/reloader.h"
#include "tenants/tenant_book.h"
#include "tenants/tenant_file.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

int Fail(const std::string& error) {
  std::fprintf(stderr, "danegate: %s\n", error.c_str());
  return 1;
}

void Tell(const std::vector<ConfigError>& errors) {
  for (const ConfigError& error : errors) {
    std::fprintf(stderr, "%s\n", error.ToString().c_str());
  }
}

// What the files say. The edge's own must be good; a tenant's that is bad takes
// no other down.
struct Files {
  Settings settings;
  std::unique_ptr<TenantBook> book;
  std::vector<ConfigError> errors;  // of the tenants, for the log

  Configuration ToConfiguration() const {
    return {settings, std::make_shared<const TenantSet>(book->tenants())};
  }
};

// Nothing after the errors have been told. Certificates of tenants are left for
// later, so that many tenants are no long start.
std::optional<Files> Read(const std::string& file) {
  EdgeFile edge = ReadEdge(file, ReadNow().wall);
  Tell(edge.errors);
  if (!edge.good) return std::nullopt;
  auto book =
      std::make_unique<TenantBook>(*edge.settings, std::move(edge.claims));
  auto errors = book->ReadAll(ReadingDepth::kSettings, ReadNow().wall,
                              std::thread::hardware_concurrency())
                    .errors;
  Tell(errors);
  return Files{*std::move(edge.settings), std::move(book), std::move(errors)};
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
    const std::string& path, Edge& edge, Reloader& reloader, AccessLog& log) {
  if (path.empty()) return std::unique_ptr<Control>();
  return Control::Open(path, {edge, reloader, ProgramVersion(), [&edge, &log] {
                                Drain(edge, log, "danegate ctl");
                              }});
}

// Nothing if the configuration wants none.
Result<std::unique_ptr<PoshServer>, std::string> OpenPosh(
    const Settings& settings, const Reloader& reloader, AccessLog& log) {
  if (settings.posh_serve.empty()) return std::unique_ptr<PoshServer>();
  return PoshServer::Open(
      settings, [&reloader] { return reloader.tenants(); },
      [&log](const std::string& trouble) { log.OnTrouble(trouble); });
}

void ServeUntilSignalled(Edge& edge, Reloader& reloader, AccessLog& log) {
  Loop loop;
  Waker done(loop, [&loop] { loop.Stop(); });
  const auto drain = [&edge, &log](const char* why) { Drain(edge, log, why); };
  Signal terminate(loop, SIGTERM, [&drain] { drain("SIGTERM"); });
  Signal interrupt(loop, SIGINT, [&drain] { drain("SIGINT"); });
  Signal hangup(loop, SIGHUP, [&log, &reloader] {
    log.Reopen();
    reloader.Reload({.ticket = 0, .inbox = nullptr, .force = false});
  });
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

// Stops what asks the edge before the edge goes, however that comes.
struct StopFirst {
  std::unique_ptr<Reloader>& reloader;
  std::unique_ptr<Control>& control;

  ~StopFirst() {
    if (control) control->Stop();
    if (reloader) reloader->Stop();
  }
};

}  // namespace

int RunProxy(const std::string& config_file) {
  if (const auto why = HideMemory()) return Fail(*why);
  auto files = Read(config_file);
  if (!files) return Fail("not started: the edge's file has errors");
  PrepareProcess();
  SetSignals(SIG_BLOCK);
  const Settings& settings = files->settings;
  auto log = AccessLog::Open(settings.log_file, settings.log_level);
  if (!log) return Fail(log.error());
  // The reloader finds those of the edge's own file, as after a change of it.
  for (const auto& error : files->errors) (*log)->OnConfigError(error);
  // These go after the edge, which answers them.
  std::unique_ptr<Reloader> reloader;
  std::unique_ptr<Control> control;
  auto edge = Edge::Open(files->ToConfiguration(), **log);
  if (!edge) return Fail(edge.error());
  const StopFirst stop_first{reloader, control};
  const std::size_t tenants = files->book->tenants().size();
  auto watching = Reloader::Start(config_file, settings, std::move(files->book),
                                  **edge, **log);
  if (!watching) return Fail(watching.error());
  reloader = *std::move(watching);
  auto opened = OpenControl(settings.control, **edge, *reloader, **log);
  if (!opened) return Fail(opened.error());
  control = *std::move(opened);
  const auto posh = OpenPosh(settings, *reloader, **log);
  if (!posh) return Fail(posh.error());
  (*log)->Ready((*edge)->starttls(), (*edge)->direct_tls(), tenants);
  ServeUntilSignalled(**edge, *reloader, **log);
  (*log)->Stopped();
  return 0;
}

}  // namespace danegate
