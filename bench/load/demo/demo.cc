#include "bench/load/demo/demo.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "bench/load/demo/demo_figures.h"
#include "bench/load/demo/demo_load.h"
#include "bench/load/demo/demo_servers.h"
#include "bench/load/demo/free_ports.h"
#include "bench/load/demo/interrupts.h"
#include "bench/load/demo/scratch_folder.h"
#include "bench/load/fail.h"
#include "bench/load/process/program.h"
#include "bench/load/tenants/output_folder.h"
#include "proxy/command/exit_status.h"
#include "proxy/ops/process.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

constexpr char kLoopback[] = "127.0.0.1";
constexpr int kExitInterrupted = 130;  // as a shell says of SIGINT

// Beside this program, or in PATH.
Result<std::string, std::string> FindDanegate(const DemoRequest& request) {
  std::error_code error;
  std::filesystem::path path = request.danegate;
  if (path.empty()) {
    path = std::filesystem::read_symlink("/proc/self/exe", error)
               .replace_filename("danegate");
    if (::access(path.c_str(), X_OK) != 0) {
      const auto found = FindProgram("danegate", "none");
      if (found) path = *found;
    }
  }
  path = std::filesystem::absolute(path, error);
  if (!error && ::access(path.c_str(), X_OK) == 0) return path.string();
  return Failure("--danegate: expected the program; there is none at " +
                 path.string());
}

Result<ScenarioPlan, std::string> ToPlan(const DemoRequest& request,
                                         const std::string& folder) {
  const auto ports = FreePorts(4);
  if (ports.size() < 4) {
    return Failure(std::string("expected four free ports on 127.0.0.1"));
  }
  std::error_code error;
  const auto absolute = std::filesystem::absolute(folder, error);
  return ScenarioPlan{.folder = absolute.lexically_normal().string(),
                      .tenants = request.tenants,
                      .peers = request.peers,
                      .starttls = {kLoopback, ports[0]},
                      .direct_tls = {kLoopback, ports[1]},
                      .backend = {kLoopback, ports[2]},
                      .backend_tls = BackendTls::kStartTls,
                      .dns = {kLoopback, ports[3]},
                      .shards = 0,
                      .haproxy = false};
}

// What makes the figures: "danegate 0.1.0", "BoringSSL 13.0.0", …
std::vector<std::string> Versions(const std::string& danegate) {
  const std::set<std::string> wanted = {"danegate", "BoringSSL", "libuv",
                                        "jemalloc"};
  const auto said =
      RunProgram({danegate, "--version"}, "/", std::chrono::seconds{10});
  std::vector<std::string> versions;
  std::istringstream lines(said ? *said : "");
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string name, version;
    words >> name >> version;
    if (!wanted.contains(name)) continue;
    versions.push_back(name + " " + version.substr(0, version.find('-')));
  }
  return versions;
}

std::string Machine() {
  std::ifstream file("/proc/cpuinfo");
  std::string line, model = "a processor of unknown make";
  while (std::getline(file, line)) {
    if (!line.starts_with("model name")) continue;
    model = line.substr(std::min(line.find(':') + 2, line.size()));
    break;
  }
  return std::to_string(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN))) + " x " +
         model;
}

Result<DemoFigures, std::string> Measure(const DemoRequest& request,
                                         const std::string& danegate,
                                         const std::string& folder) {
  const auto plan = ToPlan(request, folder);
  if (!plan) return Failure(plan.error());
  if (auto why = WriteScenario(*plan, ReadNow().wall); !why.empty()) {
    return Failure(std::move(why));
  }
  const auto servers =
      DemoServers::Start(*plan, danegate, [] { return !Interrupts::any(); });
  if (!servers) return Failure(servers.error());
  auto figures = MeasureDemo(request, *plan, servers->danegate());
  if (!figures) return figures;
  figures->versions = Versions(danegate);
  figures->machine = Machine();
  return figures;
}

int Print(const DemoRequest& request, const DemoFigures& figures) {
  const std::string text =
      request.json ? ToJson(figures) : ToText(figures, Ink::For(stdout));
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  if (!request.svg_file.empty()) {
    const auto why =
        WriteFile(request.svg_file, ToSvg(figures), FileMode::kPublic);
    if (!why.empty()) return Fail(kExitBad, "--svg: " + why);
  }
  return figures.mistakes.empty() ? kExitGood : kExitBad;
}

}  // namespace

int RunDemo(const DemoRequest& request) {
  PrepareProcess();
  Interrupts::Note();
  const auto danegate = FindDanegate(request);
  if (!danegate) return Fail(kExitUsage, danegate.error());
  std::optional<ScratchFolder> scratch;
  if (request.folder.empty()) {
    auto made = ScratchFolder::Make();
    if (!made) return Fail(kExitBad, made.error());
    scratch.emplace(*std::move(made));
  }
  const auto figures =
      Measure(request, *danegate, scratch ? scratch->path() : request.folder);
  if (Interrupts::any()) return kExitInterrupted;
  return figures ? Print(request, *figures) : Fail(kExitBad, figures.error());
}

}  // namespace danegate
