// The report for people: zone by zone, as zone-file lines.
#include <string_view>
#include <utility>

#include "proxy/command/records/records_report.h"
#include "proxy/command/text_table.h"
#include "verifier/rfc3339.h"

namespace danegate {
namespace {

void AddRecord(TextTable& table, const PublishedRecord& record,
               std::chrono::seconds ttl) {
  table.Add({Cell(record.owner + ".", Tone::kStrong),
             std::to_string(ttl.count()), "IN", record.type, record.data,
             "; " + record.purpose});
}

// Comments of a zone file, so that all of it may be pasted.
TextTable HostsOf(const TenantRecords& records, const Domain& zone) {
  TextTable table(0);
  for (const auto& host : records.hosts) {
    const std::string& name = host.host.ascii();
    const bool here =
        name == zone.ascii() || name.ends_with("." + zone.ascii());
    if (!here) continue;
    table.Add({"; " + name +
               ". needs A and AAAA records of its own, no CNAME, signed too"});
  }
  return table;
}

std::string ZoneText(const TenantRecords& records, const Domain& zone,
                     ZoneOwner whose, std::chrono::seconds ttl,
                     const Ink& ink) {
  TextTable table(0);  // what is indented has no owner name in a zone file
  for (const PublishedRecord& record : records.records) {
    if (record.zone == zone) AddRecord(table, record, ttl);
  }
  return ink.Strong("; in the " + std::string(ToString(whose)) +
                    "'s zone: " + zone.ToUnicode()) +
         "\n" + table.ToText(ink) + HostsOf(records, zone).ToText(ink);
}

std::string ZonesText(const TenantRecords& records, std::chrono::seconds ttl,
                      const Ink& ink) {
  std::string text;
  std::vector<Domain> told;
  for (const PublishedRecord& record : records.records) {
    bool is_told = false;
    for (const Domain& zone : told) is_told |= zone == record.zone;
    if (is_told) continue;
    told.push_back(record.zone);
    text += ZoneText(records, record.zone, record.whose, ttl, ink);
  }
  return text;
}

std::string Indented(std::string_view lines, const std::string& indent) {
  std::string text;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    text += indent + std::string(lines.substr(0, end)) + "\n";
    lines.remove_prefix(end == lines.npos ? lines.size() : end + 1);
  }
  return text;
}

// Most tenants have one certificate for all domains, so one document.
std::string DocumentsText(const TenantRecords& records, const Ink& ink) {
  std::string text;
  for (std::size_t i = 0; i < records.documents.size(); ++i) {
    const auto& one = records.documents[i];
    if (i == 0) {
      text += ink.Strong(
                  "on the customer's web server, for peers that find no "
                  "DANE (POSH)") +
              "\n";
    }
    text += "  " + one.url + "\n";
    const bool last = i + 1 == records.documents.size();
    if (last || records.documents[i + 1].text != one.text) {
      text += Indented(one.text, "    ");
    }
  }
  return text;
}

std::string NotesText(const TenantRecords& records, const Ink& ink) {
  std::string text;
  for (const std::string& note : records.notes) {
    text += ink.Warning("note") + " " + note + "\n";
  }
  return text;
}

std::string StepText(const RollOverStep& step, std::chrono::seconds ttl,
                     const Ink& ink) {
  std::string text =
      "  " + ink.Strong(ToRfc3339(step.at)) + "  " + step.what + "\n";
  TextTable table(4);
  for (const auto& [word, tone, records] :
       {std::tuple("publish", Tone::kGood, &step.publish),
        std::tuple("withdraw", Tone::kBad, &step.withdraw)}) {
    for (const PublishedRecord& record : *records) {
      table.Add({Cell(word, tone), record.ToLine(ttl)});
    }
  }
  return text + table.ToText(ink) + Indented(step.document, "      ");
}

std::string RollOverText(const std::vector<RollOver>& plans,
                         std::chrono::seconds ttl, const Ink& ink) {
  std::string text;
  for (const RollOver& plan : plans) {
    text += ink.Strong("to change the key, " + plan.proof +
                       (plan.proof == "DANE" ? "" : ", if it is published")) +
            "\n";
    for (const auto& step : plan.steps) text += StepText(step, ttl, ink);
  }
  return text;
}

}  // namespace

std::string ToText(const RecordsReport& report, const Ink& ink) {
  std::string text;
  for (const TenantReport& one : report.tenants) {
    if (!text.empty()) text += "\n";
    text += ink.Strong(one.tenant->name) + ", identity " +
            std::string(ToString(one.tenant->identity)) + "\n" +
            ZonesText(one.records, report.ttl, ink) +
            DocumentsText(one.records, ink) + NotesText(one.records, ink);
    if (report.tenants.size() > 1) continue;
    text += report.asks_for_roll_over
                ? RollOverText(one.roll_over, report.ttl, ink)
                : ink.Strong("to change the key later") +
                      "  --new-chain PEM says what to do, and when\n";
  }
  return text;
}

}  // namespace danegate
