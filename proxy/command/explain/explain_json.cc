// The report for scripts: fields are added to it, never changed.
#include <nlohmann/json.hpp>

#include "proxy/command/explain/explain_report.h"
#include "verifier/rfc3339.h"

namespace danegate {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::microseconds;

double Milliseconds(microseconds time) {
  return static_cast<double>(time.count()) / 1000.0;
}

microseconds Since(Instant start, Instant at) {
  return std::chrono::duration_cast<microseconds>(at - start);
}

Json Steps(const Story& story) {
  Json steps = Json::array();
  for (const EvidenceStep& step : story.steps) {
    Json json = {{"at_ms", Milliseconds(step.since_start)},
                 {"name", step.question.name},
                 {"type", ToString(step.question.type)},
                 {"status", ToString(step.status)},
                 {"security", StatusWord(step)},
                 {"detail", step.detail}};
    if (!step.comparison.empty()) json["comparison"] = step.comparison;
    steps.push_back(std::move(json));
  }
  return steps;
}

Json Connections(const Story& story) {
  Json connections = Json::array();
  for (const ProbeAttempt& attempt : story.attempts) {
    Json json = {{"at_ms", Milliseconds(Since(story.began, attempt.began) +
                                        attempt.took)},
                 {"host", attempt.target.host.ascii()},
                 {"address", attempt.address},
                 {"tls", attempt.target.direct_tls ? "direct" : "starttls"},
                 {"ok", attempt.error.empty()}};
    if (attempt.error.empty()) {
      json["detail"] = attempt.tls;
    } else {
      json["error"] = attempt.error;
    }
    connections.push_back(std::move(json));
  }
  return connections;
}

Json Certificates(const ExplainReport& report) {
  Json certificates = Json::array();
  for (const CertificateSummary& one : report.certificates) {
    Json json = {{"readable", one.readable}, {"sha256", one.digest}};
    if (one.readable) {
      json["subject"] = one.subject;
      json["issuer"] = one.issuer;
      json["names"] = one.names;
      json["not_before"] = ToRfc3339(one.not_before);
      json["not_after"] = ToRfc3339(one.not_after);
      json["key"] = one.key;
      json["key_sha256"] = one.key_digest;
    }
    certificates.push_back(std::move(json));
  }
  return certificates;
}

Json Fetches(const Story& story) {
  Json fetches = Json::array();
  for (const FetchStep& fetch : story.fetches) {
    fetches.push_back({{"at_ms", Milliseconds(fetch.since_start)},
                       {"url", fetch.url},
                       {"detail", fetch.detail}});
  }
  return fetches;
}

Json ToJson(const ProofFinding& finding) {
  if (finding.reason == Reason::kNotTried) {
    return {{"reason", ToString(finding.reason)}};
  }
  return {{"outcome", ToString(finding.outcome)},
          {"reason", ToString(finding.reason)},
          {"detail", finding.detail}};
}

}  // namespace

std::string ToJson(const ExplainReport& report) {
  const Story& story = report.story;
  const Verdict& verdict = *story.verdict;
  const auto holds = HoldsFor(report);
  Json json = {{"outcome", ToString(OutcomeOf(report))},
               {"peer", report.peer.ascii()},
               {"policy", ToString(report.policy->require)},
               {"posh", report.policy->posh}};
  if (!report.tenant.empty()) json["tenant"] = report.tenant;
  json["reason"] = ToString(ReasonOf(report));
  json["decision"] = ToString(DecisionOf(report));
  if (OutcomeOf(report) == Outcome::kProved) {
    json["proof"] = ToString(verdict.prooftype);
    json["tlsa_owner"] = verdict.evidence.tlsa_owner;
    json["tlsa_record"] = verdict.evidence.tlsa_record;
    json["matched_name"] = verdict.evidence.matched_name;
    json["posh_url"] = verdict.evidence.posh_url;
  }
  json["holds_s"] = holds.count();
  json["until"] = ToRfc3339(story.ended.wall + holds);
  json["remedy"] = RemedyOf(report);
  json["took_ms"] = Milliseconds(Since(story.began, story.ended.monotonic));
  json["steps"] = Steps(story);
  json["connections"] = Connections(story);
  json["chain"] = report.chain_file.empty() ? "server" : report.chain_file;
  json["certificates"] = Certificates(report);
  json["fetches"] = Fetches(story);
  const ProofFindings& findings = verdict.evidence.findings;
  json["proofs"] = {{"dane", ToJson(findings.dane)},
                    {"pki", ToJson(findings.pki)},
                    {"posh", ToJson(findings.posh)}};
  return json.dump(2, ' ', true, Json::error_handler_t::replace);
}

}  // namespace danegate
