// The report for people.
#include <algorithm>
#include <array>
#include <set>

#include "proxy/command/doctor/doctor_report.h"
#include "proxy/command/text_table.h"

namespace danegate {
namespace {

Tone ToneOf(Health health) {
  switch (health) {
    case Health::kGood:
      return Tone::kGood;
    case Health::kWarning:
    case Health::kUnknown:
      return Tone::kWarning;
    case Health::kBad:
      return Tone::kBad;
  }
  return Tone::kPlain;
}

Tone ToneOf(Severity severity) {
  return severity == Severity::kError ? Tone::kBad : Tone::kWarning;
}

std::string Counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

// "2 domains, proved by dane-ee", or "2 domains: 1 error, 2 warnings".
std::string SummaryOf(const TenantDiagnosis& diagnosis) {
  std::string text = Counted(diagnosis.tenant->domains.size(), "domain");
  if (diagnosis.findings.empty()) {
    std::set<std::string> proofs;
    for (const auto& domain : diagnosis.domains) {
      for (const PeerView& view : domain.views) proofs.insert(view.proof);
    }
    text += ", proved by";
    for (const auto& proof : proofs) {
      text += (proof == *proofs.begin() ? " " : " and ") + proof;
    }
    return text;
  }
  const char* separator = ": ";
  for (const auto& [severity, noun] :
       {std::pair(Severity::kError, "error"),
        std::pair(Severity::kUnknown, "unknown answer"),
        std::pair(Severity::kWarning, "warning")}) {
    const auto count = static_cast<std::size_t>(
        std::count_if(diagnosis.findings.begin(), diagnosis.findings.end(),
                      [severity = severity](const Finding& finding) {
                        return finding.severity == severity;
                      }));
    if (count == 0) continue;
    text += separator + Counted(count, noun);
    separator = ", ";
  }
  return text;
}

std::string SniText(const std::string& form) {
  if (form == "none") return "no SNI";
  return "SNI = " + form;
}

// What those peers conclude that are not content.
TextTable Views(const TenantDiagnosis& diagnosis) {
  TextTable table;
  for (const auto& domain : diagnosis.domains) {
    for (const PeerView& view : domain.views) {
      if (!view.proof.empty()) continue;
      table.Add({domain.domain.ToUnicode(),
                 view.direct_tls ? "direct TLS" : "STARTTLS",
                 view.host + ":" + std::to_string(view.port), SniText(view.sni),
                 Cell(view.outcome, Tone::kBad), view.detail});
    }
  }
  return table;
}

std::string FindingText(const Finding& finding, const Ink& ink) {
  std::string text = "  " +
                     Paint(ink, ToneOf(finding.severity),
                           std::string(ToString(finding.severity))) +
                     "  " + ink.Strong(ToString(finding.mistake)) + "  " +
                     Printable(finding.what) + "\n";
  if (!finding.remedy.empty()) {
    text += "    " + Printable(finding.remedy) +
            (finding.records.empty() ? "\n" : ":\n");
  }
  for (std::string_view record : finding.records) {
    while (!record.empty()) {
      const std::size_t end = std::min(record.find('\n'), record.size());
      text += "      " + ink.Good(Printable(record.substr(0, end))) + "\n";
      record.remove_prefix(std::min(end + 1, record.size()));
    }
  }
  return text;
}

std::string TenantText(const TenantDiagnosis& diagnosis, std::size_t width,
                       const Ink& ink) {
  const Health health = HealthOf(diagnosis.findings);
  const std::string& name = diagnosis.tenant->name;
  std::string text = ink.Strong(name) +
                     std::string(width - name.size() + 2, ' ') +
                     Paint(ink, ToneOf(health), std::string(ToString(health))) +
                     ": " + SummaryOf(diagnosis) + "\n";
  if (health == Health::kBad) text += Views(diagnosis).ToText(ink);
  for (const Finding& finding : diagnosis.findings) {
    text += FindingText(finding, ink);
  }
  return text;
}

std::string TotalsText(const std::vector<TenantDiagnosis>& diagnoses) {
  std::array<std::size_t, 4> counts{};
  for (const auto& one : diagnoses) {
    ++counts[static_cast<std::size_t>(HealthOf(one.findings))];
  }
  std::string text = Counted(diagnoses.size(), "tenant");
  const char* separator = ": ";
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    text += separator + std::to_string(counts[i]) + " " +
            std::string(ToString(static_cast<Health>(i)));
    separator = ", ";
  }
  return text + "\n";
}

}  // namespace

std::string ToText(const std::vector<TenantDiagnosis>& diagnoses,
                   const Ink& ink) {
  std::size_t width = 0;
  for (const auto& one : diagnoses) {
    width = std::max(width, one.tenant->name.size());
  }
  std::string text;
  for (const auto& one : diagnoses) text += TenantText(one, width, ink);
  if (diagnoses.size() != 1) text += TotalsText(diagnoses);
  return text;
}

Health HealthOf(const std::vector<TenantDiagnosis>& diagnoses) {
  Health health = Health::kGood;
  for (const auto& one : diagnoses) {
    health = std::max(health, HealthOf(one.findings));
  }
  return health;
}

}  // namespace danegate
