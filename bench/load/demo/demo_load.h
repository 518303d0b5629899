// The loads of `danegate-load demo`, one after the other.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include "bench/load/demo/demo.h"
#include "bench/load/demo/demo_figures.h"
#include "bench/load/scenario/scenario_plan.h"
#include "verifier/result.h"

namespace danegate {

// Puts load on the danegate of the scenario, process `danegate`: streams that
// come and go, streams that stay and bring as much as it takes, and half of
// that. What went wrong in them is among the figures' mistakes; the error says
// why a load could not be made at all, or was interrupted. Blocks.
Result<DemoFigures, std::string> MeasureDemo(const DemoRequest&,
                                             const ScenarioPlan&,
                                             pid_t danegate);

}  // namespace danegate
