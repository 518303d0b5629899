#include "proxy/command/match_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "proxy/command/text_table.h"
#include "verifier/rfc3339.h"

namespace danegate {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLabelWidth = 13;
constexpr std::size_t kShownHex = 16;

// A record fits a certificate if it would as usage 3, which looks at nothing
// else. So the comparison itself is MatchTlsa's.
std::optional<std::size_t> FindCertificate(const MatchQuestion& question,
                                           const TlsaRecord& record) {
  TlsaRecord bare = record;
  bare.usage = 3;
  for (std::size_t i = 0; i < question.chain.size(); ++i) {
    const auto der = question.chain.der(i);
    const std::vector<std::uint8_t> copy(der.begin(), der.end());
    const auto one = CertificateChain::FromDer(std::span(&copy, 1));
    const auto match = MatchTlsa(one, std::span(&bare, 1), question.names,
                                 question.trust, question.at);
    if (match.kind == TlsaMatch::Kind::kMatch) return i;
  }
  return std::nullopt;
}

std::string Line(const std::string& label, const std::string& text,
                 std::size_t width = kLabelWidth) {
  const std::size_t columns = ColumnsOf(label);
  const std::size_t gap = columns < width ? width - columns : 1;
  return "  " + label + std::string(gap, ' ') + text + "\n";
}

// "3 1 1 4D5C6B7A00112233…"
std::string Shorten(const TlsaRecord& record) {
  const std::string text = record.ToText();
  const std::size_t most = text.find_last_of(' ') + 1 + kShownHex;
  return text.size() <= most ? text : text.substr(0, most) + "…";
}

std::string CertificateText(std::size_t index, std::size_t size) {
  const std::string whose = index == 0 ? "the peer's own" : "a CA's";
  return "number " + std::to_string(index + 1) + " of " + std::to_string(size) +
         " in the chain, the leaf being 1: " + whose;
}

// Matches by itself, but the set as a whole does not say so.
bool IsPassedOver(const RecordReport& report, const TlsaMatch& whole) {
  return report.alone.kind == TlsaMatch::Kind::kMatch &&
         whole.kind != TlsaMatch::Kind::kMatch;
}

std::string RecordText(const RecordReport& report, const TlsaMatch& whole) {
  if (IsPassedOver(report, whole)) {
    return "would match, but the set has a stronger digest for this usage and "
           "selector (RFC 7671 section 9)";
  }
  const std::string unusable = WhyUnusable(report.record);  // D-40
  return unusable.empty() ? report.alone.detail : unusable;
}

Json ToJson(const RecordReport& report, const TlsaMatch& whole) {
  Json json = {{"record", report.record.ToText()},
               {"result", Word(report.alone.kind)},
               {"reason", ToString(report.alone.reason)},
               {"passed_over", IsPassedOver(report, whole)},
               {"detail", RecordText(report, whole)}};
  json["certificate"] =
      report.certificate ? Json(*report.certificate) : Json(nullptr);
  return json;
}

std::string MatchText(const MatchReport& report) {
  const TlsaMatch& match = report.match;
  std::string text = Line("record", match.record.ToText());
  text += Line("prooftype", std::string(ToString(match.prooftype)));
  for (const auto& record : report.records) {
    if (!(record.record == match.record) || !record.certificate) continue;
    text += Line("certificate",
                 CertificateText(*record.certificate, report.chain_size));
    break;
  }
  if (!match.matched_name.empty()) text += Line("name", match.matched_name);
  if (match.not_after != UnixTime::Never()) {
    text += Line("valid until", ToRfc3339(match.not_after));
  }
  return text;
}

}  // namespace

MatchReport Explain(const MatchQuestion& question) {
  MatchReport report{MatchTlsa(question.chain, question.records, question.names,
                               question.trust, question.at),
                     {},
                     question.chain.size()};
  for (const auto& record : question.records) {
    report.records.push_back(
        {record,
         MatchTlsa(question.chain, std::span(&record, 1), question.names,
                   question.trust, question.at),
         FindCertificate(question, record)});
  }
  return report;
}

std::string_view Word(TlsaMatch::Kind kind) {
  switch (kind) {
    case TlsaMatch::Kind::kMatch:
      return "match";
    case TlsaMatch::Kind::kNoMatch:
      return "no-match";
    case TlsaMatch::Kind::kUnusable:
      return "unusable";
  }
  return "unusable";
}

std::string ToText(const MatchReport& report, const Ink& ink) {
  const TlsaMatch& match = report.match;
  const bool good = match.kind == TlsaMatch::Kind::kMatch;
  const auto word = Word(match.kind);
  std::string text = (good ? ink.Good(word) : ink.Bad(word)) + "\n";
  text += Line("reason", std::string(ToString(match.reason)));
  text += Line("why", match.detail);
  if (good) text += MatchText(report);
  if (report.records.size() == 1) return text;
  std::size_t width = kLabelWidth;
  for (const auto& record : report.records) {
    width = std::max(width, ColumnsOf(Shorten(record.record)) + 2);
  }
  for (const auto& record : report.records) {
    text += Line(
        Shorten(record.record),
        std::string(Word(record.alone.kind)) + ": " + RecordText(record, match),
        width);
  }
  return text;
}

std::string ToJson(const MatchReport& report, UnixTime at) {
  const TlsaMatch& match = report.match;
  Json json = {{"result", Word(match.kind)},
               {"reason", ToString(match.reason)},
               {"detail", match.detail},
               {"at", ToRfc3339(at)}};
  if (match.kind == TlsaMatch::Kind::kMatch) {
    json["record"] = match.record.ToText();
    json["prooftype"] = ToString(match.prooftype);
    json["name"] = match.matched_name;
    if (match.not_after != UnixTime::Never()) {
      json["not_after"] = ToRfc3339(match.not_after);
    }
  }
  json["records"] = Json::array();
  for (const auto& record : report.records) {
    json["records"].push_back(ToJson(record, match));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace danegate
