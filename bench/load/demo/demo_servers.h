// DemoServers are NSD and danegate of a scenario, as child processes: ready
// when the object is there, ended with it. One thread.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include "bench/load/process/child_process.h"
#include "bench/load/scenario/scenario_plan.h"
#include "verifier/result.h"

namespace danegate {

class DemoServers {
 public:
  // Starts `danegate`, the path of the program, with the scenario that stands
  // in plan.folder; their logs go there. Waits up to kPatience for each;
  // `goes_on` is asked meanwhile. The error is a sentence, with the log's end.
  static Result<DemoServers, std::string> Start(
      const ScenarioPlan& plan, const std::string& danegate,
      const std::function<bool()>& goes_on);

  pid_t danegate() const { return danegate_.pid(); }

  static constexpr std::chrono::seconds kPatience{20};

 private:
  DemoServers(ChildProcess nsd, ChildProcess danegate)
      : nsd_(std::move(nsd)), danegate_(std::move(danegate)) {}

  ChildProcess nsd_;
  ChildProcess danegate_;  // ended first
};

}  // namespace danegate
