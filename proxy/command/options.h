// What the options of each subcommand are called. Behind the door to CLI11,
// with main.cc.
#pragma once

#include <CLI/App.hpp>
#include <string>

#include "proxy/command/check.h"
#include "proxy/command/ctl.h"
#include "proxy/command/doctor.h"
#include "proxy/command/explain.h"
#include "proxy/command/match.h"
#include "proxy/command/records.h"
#include "proxy/command/schema.h"

namespace danegate {

// Filled when the command line is parsed.
struct CommandLine {
  bool version = false;
  std::string run_config;
  CheckRequest check;
  MatchRequest match;
  ExplainRequest explain;
  RecordsRequest records;
  DoctorRequest doctor;
  CtlRequest ctl;
  SchemaRequest schema;
};

// Each adds its subcommand, which the parser owns; `line` outlives it.
CLI::App* AddRun(CLI::App* app, CommandLine* line);
CLI::App* AddCheck(CLI::App* app, CommandLine* line);
CLI::App* AddMatch(CLI::App* app, CommandLine* line);
CLI::App* AddExplain(CLI::App* app, CommandLine* line);
CLI::App* AddRecords(CLI::App* app, CommandLine* line);
CLI::App* AddDoctor(CLI::App* app, CommandLine* line);
CLI::App* AddCtl(CLI::App* app, CommandLine* line);
CLI::App* AddSchema(CLI::App* app, CommandLine* line);

}  // namespace danegate
