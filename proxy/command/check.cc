#include "proxy/command/check.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "proxy/command/exit_status.h"
#include "proxy/command/terminal.h"
#include "proxy/command/text_table.h"
#include "tenants/tenant_file.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

std::size_t CountWarnings(const ConfigurationResult& result) {
  return static_cast<std::size_t>(
      std::count_if(result.errors.begin(), result.errors.end(),
                    [](const ConfigError& error) { return error.warning; }));
}

// The line, and a caret under the place.
void PrintSource(const ConfigError& error, const Ink& ink) {
  if (error.source.text.empty()) return;
  const SourceExcerpt excerpt = ToExcerpt(error.source);
  const std::string marks =
      error.warning ? ink.Warning(excerpt.marks) : ink.Bad(excerpt.marks);
  std::printf("%5zu | %s\n      | %s\n", error.line, excerpt.line.c_str(),
              marks.c_str());
}

void PrintErrors(const ConfigurationResult& result, const Ink& ink) {
  for (const auto& error : result.errors) {
    const std::string place =
        ink.Strong(ToPlace(error.file, {error.line, error.column}) + ":");
    const std::string kind =
        error.warning ? " " + ink.Warning("warning:") : std::string();
    std::printf("%s%s %s\n", place.c_str(), kind.c_str(),
                error.message.c_str());
    PrintSource(error, ink);
  }
}

void PrintSummary(const CheckRequest& request,
                  const ConfigurationResult& result, const Ink& ink) {
  const std::size_t warnings = CountWarnings(result);
  const std::size_t errors = result.errors.size() - warnings;
  const std::string word =
      result.configuration == nullptr ? ink.Bad("not good") : ink.Good("good");
  std::printf("%s: %s: %s, %s in %s; %s can be served\n",
              request.config_file.c_str(), word.c_str(),
              Counted(errors, "error").c_str(),
              Counted(warnings, "warning").c_str(),
              Counted(result.files, "file").c_str(),
              Counted(result.tenant_count, "tenant").c_str());
}

void PrintJson(const ConfigurationResult& result) {
  nlohmann::ordered_json errors = nlohmann::json::array();
  for (const auto& error : result.errors) {
    errors.push_back({{"file", error.file},
                      {"line", error.line},
                      {"column", error.column},
                      {"severity", error.warning ? "warning" : "error"},
                      {"message", error.message},
                      {"source", error.source.text}});
  }
  const nlohmann::ordered_json report = {
      {"good", result.configuration != nullptr},
      {"files", result.files},
      {"tenants", result.tenant_count},
      {"errors", errors}};
  std::puts(report.dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
                .c_str());
}

}  // namespace

int RunCheck(const CheckRequest& request) {
  const auto result = ReadConfiguration(request.config_file, ReadNow().wall);
  if (request.json) {
    PrintJson(result);
  } else {
    const Ink ink = Ink::For(stdout);
    PrintErrors(result, ink);
    PrintSummary(request, result, ink);
  }
  return result.configuration == nullptr ? kExitBad : kExitGood;
}

}  // namespace danegate
