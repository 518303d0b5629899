#include "proxy/command/match.h"

#include <cstdio>
#include <optional>
#include <utility>

#include "proxy/command/exit_status.h"
#include "proxy/command/match_report.h"
#include "tenants/config/domain_mistake.h"
#include "tenants/config/file_text.h"
#include "verifier/clock.h"
#include "verifier/rfc3339.h"

namespace danegate {
namespace {

constexpr std::size_t kMostOctets = 16 << 20;

Result<CertificateChain, std::string> ReadChain(const std::string& file) {
  const auto pem = ReadWholeFile(file, kMostOctets, Secrecy::kPublic);
  if (!pem) return Failure("--chain: " + pem.error());
  auto chain = CertificateChain::ParsePem(*pem);
  if (!chain) return Failure("--chain " + file + ": " + chain.error());
  return *std::move(chain);
}

Result<TrustStore, std::string> ReadTrust(const std::string& file) {
  if (file.empty()) return TrustStore();
  const auto pem = ReadWholeFile(file, kMostOctets, Secrecy::kPublic);
  if (!pem) return Failure("--trust: " + pem.error());
  auto trust = TrustStore::FromPem(*pem);
  if (!trust) return Failure("--trust " + file + ": " + trust.error());
  return *std::move(trust);
}

Result<std::vector<TlsaRecord>, std::string> ReadRecords(
    const std::vector<std::string>& texts) {
  std::vector<TlsaRecord> records;
  for (const auto& text : texts) {
    auto record = TlsaRecord::ParseText(text);
    if (!record) {
      return Failure("--tlsa \"" + text + "\": " + record.error() +
                     "; write it as one word: --tlsa \"3 1 1 HEX\"");
    }
    records.push_back(*std::move(record));
  }
  return records;
}

Result<std::vector<Domain>, std::string> ReadNames(
    const std::vector<std::string>& texts) {
  std::vector<Domain> names;
  for (const auto& text : texts) {
    auto name = Domain::Parse(text);
    if (!name) {
      return Failure("--name: " + DomainMistake(text, name.error()));
    }
    names.push_back(*std::move(name));
  }
  return names;
}

// Usage 3 looks at no name (D-42); a usage that there is not at nothing.
std::string WhyNameIsMissing(const std::vector<TlsaRecord>& records,
                             const std::vector<Domain>& names) {
  if (!names.empty()) return {};
  for (const TlsaRecord& record : records) {
    if (record.usage >= 3) continue;
    return "--name is required; a record of usage " +
           std::to_string(record.usage) +
           " wants a name in the certificate: give --name HOST";
  }
  return {};
}

Result<UnixTime, std::string> ReadTime(const std::string& text) {
  if (text.empty()) return ReadNow().wall;
  if (const auto time = FromRfc3339(text)) return *time;
  return Failure("--at \"" + text +
                 "\": expected a time such as 2026-01-31T09:30:00Z");
}

Result<MatchQuestion, std::string> Parse(const MatchRequest& request) {
  auto chain = ReadChain(request.chain_file);
  if (!chain) return Failure(chain.error());
  auto records = ReadRecords(request.tlsa);
  if (!records) return Failure(records.error());
  auto names = ReadNames(request.names);
  if (!names) return Failure(names.error());
  if (auto why = WhyNameIsMissing(*records, *names); !why.empty()) {
    return Failure(std::move(why));
  }
  auto trust = ReadTrust(request.trust_file);
  if (!trust) return Failure(trust.error());
  const auto at = ReadTime(request.at);
  if (!at) return Failure(at.error());
  return MatchQuestion{*std::move(chain), *std::move(records),
                       *std::move(names), *std::move(trust), *at};
}

int ToExitStatus(TlsaMatch::Kind kind) {
  switch (kind) {
    case TlsaMatch::Kind::kMatch:
      return kExitGood;
    case TlsaMatch::Kind::kNoMatch:
      return kExitBad;
    case TlsaMatch::Kind::kUnusable:
      return kExitUnusable;
  }
  return kExitUnusable;
}

}  // namespace

int RunMatch(const MatchRequest& request) {
  const auto question = Parse(request);
  if (!question) {
    std::fprintf(stderr, "danegate match: %s\n", question.error().c_str());
    return kExitUsage;
  }
  const MatchReport report = Explain(*question);
  if (request.json) {
    std::puts(ToJson(report, question->at).c_str());
  } else {
    std::fputs(ToText(report, Ink::For(stdout)).c_str(), stdout);
  }
  return ToExitStatus(report.match.kind);
}

}  // namespace danegate
