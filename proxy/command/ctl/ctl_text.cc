#include "proxy/command/ctl/ctl_text.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "proxy/command/text_table.h"
#include "tenants/config/config_error.h"

namespace danegate {
namespace {

using Json = nlohmann::json;

// A field as text; empty if there is none.
std::string Text(const Json& json, const char* key) {
  const auto field = json.find(key);
  if (field == json.end()) return "";
  return field->is_string() ? field->get<std::string>() : field->dump();
}

double Number(const Json& json, const char* key) {
  const auto field = json.find(key);
  return field == json.end() || !field->is_number() ? 0 : field->get<double>();
}

std::size_t Count(const Json& json, const char* key) {
  return static_cast<std::size_t>(Number(json, key));
}

std::string Percent(const Json& json, const char* key) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", Number(json, key) * 100);
  return text;
}

std::string Decimal(const Json& json, const char* key) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", Number(json, key));
  return text;
}

// "2 d 03:04:05", "00:00:07"
std::string Uptime(const Json& json) {
  const auto seconds = static_cast<long>(Number(json, "uptime_s"));
  char text[48];
  std::snprintf(text, sizeof text, "%02ld:%02ld:%02ld", seconds / 3600 % 24,
                seconds / 60 % 60, seconds % 60);
  const long days = seconds / 86400;
  return days == 0 ? text : std::to_string(days) + " d " + text;
}

Json List(const Json& json, const char* key) {
  const auto field = json.find(key);
  return field == json.end() || !field->is_array() ? Json::array() : *field;
}

std::string Joined(const Json& json, const char* key) {
  std::string text;
  for (const Json& item : List(json, key)) {
    text += (text.empty() ? "" : ", ") +
            (item.is_string() ? item.get<std::string>() : item.dump());
  }
  return text.empty() ? "none" : text;
}

std::string VerifierText(const Json& verifier, const Ink& ink) {
  TextTable table;
  table.Add({"threads", Text(verifier, "threads")});
  table.Add({"requests", Text(verifier, "requests")});
  table.Add({"batches", Text(verifier, "batches") + ", " +
                            Decimal(verifier, "requests_per_batch") +
                            " requests each"});
  table.Add({"joined", Text(verifier, "joined") + ", " +
                           Percent(verifier, "joined_share")});
  table.Add({"cache hits", Text(verifier, "cache_hits") + ", " +
                               Percent(verifier, "cache_hit_share")});
  table.Add({"verifications", Text(verifier, "verifications")});
  table.Add({"questions", Text(verifier, "questions")});
  return table.ToText(ink);
}

std::string ProblemsText(const Json& json, const Ink& ink) {
  std::string text;
  for (const Json& problem : List(json, "problems")) {
    const bool warning = Text(problem, "severity") == "warning";
    const Position at{static_cast<std::size_t>(Number(problem, "line")),
                      static_cast<std::size_t>(Number(problem, "column"))};
    text += "  " + Printable(ToPlace(Text(problem, "file"), at)) + ": " +
            (warning ? ink.Warning("warning: ") : ink.Bad("error: ")) +
            Printable(Text(problem, "message")) + "\n";
  }
  return text;
}

// How many, before they are told.
std::string HowMany(const Json& json) {
  return std::to_string(List(json, "problems").size()) + ":";
}

std::string WaitingText(const Json& json) {
  std::string text;
  for (const Json& file : List(json, "waiting")) {
    text += "  " + Printable(file.get<std::string>()) +
            ": waits for the DNS to say whether its certificate fits\n";
  }
  return text;
}

std::string FilesText(const Json& reload, const Ink& ink) {
  TextTable table;
  const std::string problems = ProblemsText(reload, ink);
  table.Add({"files", Text(reload, "files")});
  table.Add({"reloads", Text(reload, "reloads") + ", the last in " +
                            Decimal(reload, "last_took_ms") + " ms"});
  table.Add({"tenants", Text(reload, "added") + " added, " +
                            Text(reload, "changed") + " changed, " +
                            Text(reload, "removed") + " removed"});
  if (Text(reload, "certificates_unread") != "0") {
    table.Add({"unread",
               "the certificates of " +
                   Counted(Count(reload, "certificates_unread"), "tenant")});
  }
  table.Add({"problems", problems.empty() ? Cell("none", Tone::kGood)
                                          : Cell(HowMany(reload), Tone::kBad)});
  return ink.Strong("files") + "\n" + table.ToText(ink) + problems +
         WaitingText(reload);
}

// Nothing where none is down.
std::string DownText(const Json& list, const Ink& ink) {
  if (list.empty()) return "";
  TextTable table;
  table.Add({"backend", "check", "to", "down since", "why"});
  for (const Json& down : list) {
    table.Add({Cell(Text(down, "backend"), Tone::kWarning), Text(down, "check"),
               Text(down, "to"), Text(down, "since"), Text(down, "detail")});
  }
  return ink.Strong("backends down") + "\n" + table.ToText(ink);
}

std::string StatusText(const Json& json, const Ink& ink) {
  TextTable head;
  head.Add({"version", Text(json, "version")});
  head.Add({"uptime", Uptime(json)});
  head.Add({"state", Text(json, "draining") == "true"
                         ? Cell("draining", Tone::kWarning)
                         : Cell("serving", Tone::kGood)});
  head.Add({"starttls", Joined(json, "starttls")});
  head.Add({"direct TLS", Joined(json, "direct_tls")});
  head.Add({"tenants", Text(json, "tenants") + ", with " +
                           Counted(Count(json, "domains"), "domain")});
  TextTable shards;
  shards.Add({"shard", "open", "accepted", "established", "refused",
              "backend failed", "stanzas", "remembered"});
  std::size_t number = 0;
  for (const Json& shard : List(json, "shards")) {
    shards.Add({std::to_string(number++), Text(shard, "open"),
                Text(shard, "accepted"), Text(shard, "established"),
                Text(shard, "refused"), Text(shard, "backend_failed"),
                Text(shard, "stanzas"), Text(shard, "remembered")});
  }
  return head.ToText(ink) +
         FilesText(json.value("reload", Json::object()), ink) +
         DownText(List(json, "backends_down"), ink) + ink.Strong("shards") +
         "\n" + shards.ToText(ink) + ink.Strong("verifier") + "\n" +
         VerifierText(json.value("verifier", Json::object()), ink);
}

std::string StreamsText(const Json& json, const Ink& ink) {
  TextTable table(0);
  table.Add({Cell("since", Tone::kStrong), Cell("peer", Tone::kStrong),
             Cell("to", Tone::kStrong), Cell("tenant", Tone::kStrong),
             Cell("proof", Tone::kStrong), Cell("stanzas", Tone::kStrong),
             Cell("remote", Tone::kStrong)});
  for (const Json& stream : List(json, "streams")) {
    const std::string proof = Text(stream, "proof");
    table.Add(
        {Text(stream, "since"), Text(stream, "peer"), Text(stream, "to"),
         Text(stream, "tenant"),
         proof.empty() ? Cell("-", Tone::kWarning) : Cell(proof, Tone::kGood),
         Text(stream, "stanzas"), Text(stream, "remote")});
  }
  return table.ToText(ink);
}

std::string TenantsText(const Json& json, const Ink& ink) {
  TextTable table(0);
  table.Add({Cell("tenant", Tone::kStrong), Cell("identity", Tone::kStrong),
             Cell("require", Tone::kStrong), Cell("domains", Tone::kStrong),
             Cell("backends", Tone::kStrong), Cell("contact", Tone::kStrong)});
  for (const Json& tenant : List(json, "tenants")) {
    table.Add({Text(tenant, "tenant"), Text(tenant, "identity"),
               Text(tenant, "require"), Joined(tenant, "domains"),
               Joined(tenant, "backends"), Text(tenant, "contact")});
  }
  return table.ToText(ink) + WaitingText(json);
}

std::string ServedText(const Json& json) {
  const std::string count = Text(json, "tenants");
  return count + (count == "1" ? " tenant is" : " tenants are") + " served";
}

std::string ReloadText(const Json& json, const Ink& ink) {
  std::string text = Text(json, "added") + " added, " + Text(json, "changed") +
                     " changed, " + Text(json, "removed") + " removed in " +
                     Decimal(json, "took_ms") + " ms; " + ServedText(json) +
                     "\n";
  return text + WaitingText(json) + ProblemsText(json, ink);
}

// "acme, wonder and 40 more"
std::string WhoseText(const Json& refusal) {
  std::string text = Joined(refusal, "tenants");
  const std::size_t named = List(refusal, "tenants").size();
  const std::size_t count = Count(refusal, "tenant_count");
  if (count > named) text += " and " + std::to_string(count - named) + " more";
  return text;
}

std::string VerdictsText(const Json& json, const Ink& ink) {
  TextTable table(0);
  table.Add({Cell("peer", Tone::kStrong), Cell("outcome", Tone::kStrong),
             Cell("reason", Tone::kStrong), Cell("left", Tone::kStrong),
             Cell("require", Tone::kStrong), Cell("tenants", Tone::kStrong),
             Cell("for the peer's operator", Tone::kStrong)});
  for (const Json& refusal : List(json, "refusals")) {
    table.Add({Text(refusal, "peer"),
               Cell(Text(refusal, "outcome"), Tone::kBad),
               Text(refusal, "reason"), Text(refusal, "left_s") + " s",
               Text(refusal, "require"), WhoseText(refusal),
               Text(refusal, "remedy")});
  }
  return table.ToText(ink);
}

}  // namespace

struct CtlAnswer::Fields {
  Json json;
};

CtlAnswer::CtlAnswer(std::unique_ptr<Fields> fields)
    : fields_(std::move(fields)) {}
CtlAnswer::~CtlAnswer() = default;
CtlAnswer::CtlAnswer(CtlAnswer&&) noexcept = default;

Result<CtlAnswer, std::string> CtlAnswer::Parse(std::string_view text) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("ok")) {
    return Failure(std::string("the answer is none of a danegate"));
  }
  if (json["ok"] != true) return Failure(Text(json, "error"));
  return CtlAnswer(std::make_unique<Fields>(Fields{std::move(json)}));
}

bool CtlAnswer::TellsOfErrors() const {
  const Json problems = List(fields_->json, "problems");
  return std::any_of(problems.begin(), problems.end(), [](const Json& problem) {
    return Text(problem, "severity") == "error";
  });
}

std::string CtlAnswer::ToText(const std::string& command,
                              const Ink& ink) const {
  const Json& json = fields_->json;
  if (command == "status") return StatusText(json, ink);
  if (command == "streams") return StreamsText(json, ink);
  if (command == "tenants") return TenantsText(json, ink);
  if (command == "reload") return ReloadText(json, ink);
  if (command == "verdicts") return VerdictsText(json, ink);
  if (command == "flush") {
    return Printable(Text(json, "peer")) + ": " +
           Counted(Count(json, "forgotten"), "refusal") +
           " forgotten, and every proof\n";
  }
  return "draining\n";
}

}  // namespace danegate
