// The report for people: what is the case first, then how it came about.
#include <cstdio>

#include "proxy/command/explain/explain_report.h"
#include "proxy/command/text_table.h"
#include "verifier/rfc3339.h"

namespace danegate {
namespace {

using std::chrono::microseconds;

std::string Milliseconds(microseconds time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f ms",
                static_cast<double>(time.count()) / 1000.0);
  return text;
}

microseconds Since(Instant start, Instant at) {
  return std::chrono::duration_cast<microseconds>(at - start);
}

Tone ToneOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kProved:
      return Tone::kGood;
    case Outcome::kDisproved:
      return Tone::kBad;
    case Outcome::kAbsent:
    case Outcome::kIndeterminate:
      return Tone::kWarning;
  }
  return Tone::kPlain;
}

std::string Headed(const std::string& heading, const TextTable& table,
                   const Ink& ink) {
  if (table.empty()) return "";
  return ink.Strong(heading) + "\n" + table.ToText(ink);
}

std::string HoldsText(const ExplainReport& report) {
  const auto holds = HoldsFor(report);
  if (holds.count() == 0) return "not at all: the next question is asked anew";
  return std::to_string(holds.count()) + " s, until " +
         ToRfc3339(report.story.ended.wall + holds);
}

std::string HeadText(const ExplainReport& report, const Ink& ink) {
  const Outcome outcome = OutcomeOf(report);
  std::string text =
      Paint(ink, ToneOf(outcome), std::string(ToString(outcome))) + "\n";
  TextTable table;
  table.Add({"peer", report.peer.ToUnicode()});
  table.Add(
      {"policy", PolicyText(*report.policy) +
                     (report.tenant.empty() ? std::string()
                                            : ", of tenant " + report.tenant)});
  if (outcome == Outcome::kProved) {
    table.Add(
        {"proof", std::string(ToString(report.story.verdict->prooftype))});
  } else {
    table.Add({"reason", std::string(ToString(ReasonOf(report)))});
  }
  table.Add({"decision", std::string(ToString(DecisionOf(report)))});
  table.Add({"holds", HoldsText(report)});
  if (const auto remedy = RemedyOf(report); !remedy.empty()) {
    const std::string whom =
        IsForPeersOperator(report)
            ? "for the operator of " + report.peer.ToUnicode() + ": "
            : std::string();
    table.Add({"remedy", whom + remedy});
  }
  return text + table.ToText(ink);
}

TextTable LookUps(const Story& story) {
  TextTable table;
  table.AlignRight(0);
  for (const EvidenceStep& step : story.steps) {
    const std::string word(StatusWord(step));
    const Tone tone = word == "secure"     ? Tone::kGood
                      : word == "insecure" ? Tone::kWarning
                                           : Tone::kBad;
    table.Add({Milliseconds(step.since_start), Cell(word, tone),
               std::string(ToString(step.question.type)), step.question.name,
               step.detail});
  }
  return table;
}

TextTable Connections(const Story& story) {
  TextTable table;
  table.AlignRight(0);
  for (const ProbeAttempt& attempt : story.attempts) {
    const bool good = attempt.error.empty();
    table.Add({Milliseconds(Since(story.began, attempt.began) + attempt.took),
               good ? Cell("ok", Tone::kGood) : Cell("failed", Tone::kBad),
               attempt.target.direct_tls ? "direct TLS" : "STARTTLS",
               attempt.target.host.ascii() + ", " + attempt.address,
               good ? attempt.tls + ", " + std::to_string(story.chain.size()) +
                          " certificate" + (story.chain.size() == 1 ? "" : "s")
                    : attempt.error});
  }
  return table;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text.empty() ? "none that counts" : text;
}

TextTable Certificates(const ExplainReport& report) {
  TextTable table;
  for (std::size_t i = 0; i < report.certificates.size(); ++i) {
    const CertificateSummary& one = report.certificates[i];
    const std::string number = std::to_string(i + 1);
    if (!one.readable) {
      table.Add({number, "unreadable", "no X.509 parser takes it"});
      table.Add({"", "TLSA", "3 0 1 " + one.digest});
      continue;
    }
    table.Add({number, "subject", one.subject});
    table.Add({"", "issuer", one.issuer});
    if (i == 0) table.Add({"", "names", Joined(one.names)});
    table.Add({"", "valid",
               ToRfc3339(one.not_before) + " to " + ToRfc3339(one.not_after)});
    table.Add({"", "key", one.key});
    table.Add({"", "TLSA", (i == 0 ? "3 1 1 " : "2 1 1 ") + one.key_digest});
  }
  return table;
}

TextTable Comparisons(const Story& story) {
  TextTable table;
  for (const EvidenceStep& step : story.steps) {
    if (step.comparison.empty()) continue;
    table.Add({step.question.name, step.comparison});
  }
  return table;
}

TextTable Fetches(const Story& story) {
  TextTable table;
  table.AlignRight(0);
  for (const FetchStep& fetch : story.fetches) {
    table.Add({Milliseconds(fetch.since_start), fetch.url, fetch.detail});
  }
  return table;
}

// A sentence that the remedy begins with is not said again.
void AddProof(TextTable& table, const char* name, const ProofFinding& finding,
              const std::string& remedy) {
  if (finding.reason == Reason::kNotTried) {
    return table.Add({name, std::string(ToString(finding.reason))});
  }
  const bool is_told = remedy.starts_with(finding.detail);
  table.Add(
      {name,
       Cell(std::string(ToString(finding.outcome)), ToneOf(finding.outcome)),
       std::string(ToString(finding.reason)),
       is_told ? std::string() : finding.detail});
}

TextTable Proofs(const ExplainReport& report) {
  TextTable table;
  const std::string remedy = RemedyOf(report);
  const ProofFindings& findings = report.story.verdict->evidence.findings;
  AddProof(table, "DANE", findings.dane, remedy);
  AddProof(table, "PKI", findings.pki, remedy);
  AddProof(table, "POSH", findings.posh, remedy);
  return table;
}

}  // namespace

std::string ToText(const ExplainReport& report, const Ink& ink) {
  const Story& story = report.story;
  const std::string certificates =
      report.chain_file.empty() ? "certificates" : "certificates (--chain)";
  const std::string proofs =
      story.chain.empty() ? "proofs (no certificate was seen)" : "proofs";
  return HeadText(report, ink) + Headed("looked up", LookUps(story), ink) +
         Headed("connected", Connections(story), ink) +
         Headed(certificates, Certificates(report), ink) +
         Headed("compared", Comparisons(story), ink) +
         Headed("fetched", Fetches(story), ink) +
         Headed(proofs, Proofs(report), ink);
}

}  // namespace danegate
