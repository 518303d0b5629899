#include "tests/support/fake_dns.h"

#include <sstream>
#include <utility>

#include "verifier/tlsa.h"

namespace danegate {
namespace {

void Append16(std::vector<std::uint8_t>& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

std::vector<std::uint8_t> WireName(const std::string& name) {
  std::vector<std::uint8_t> wire;
  std::stringstream labels(name);
  for (std::string label; std::getline(labels, label, '.');) {
    wire.push_back(static_cast<std::uint8_t>(label.size()));
    wire.insert(wire.end(), label.begin(), label.end());
  }
  wire.push_back(0);
  return wire;
}

std::vector<std::uint8_t> TlsaRdata(const std::string& text) {
  const TlsaRecord record = *TlsaRecord::ParseText(text);
  std::vector<std::uint8_t> rdata = {record.usage, record.selector,
                                     record.matching};
  rdata.insert(rdata.end(), record.data.begin(), record.data.end());
  return rdata;
}

}  // namespace

Answer& FakeDns::Data(const std::string& name, RecordType type,
                      std::vector<Rdata> rdata) {
  Answer& answer = answers_[{name, type}];
  answer.question = {name, type};
  answer.status = DnsStatus::kData;
  answer.security = DnsSecurity::kSecure;
  answer.canonical_name = name;
  answer.lifetime = std::chrono::seconds(300);
  answer.rdata.insert(answer.rdata.end(), rdata.begin(), rdata.end());
  return answer;
}

Answer& FakeDns::Srv(const std::string& domain, std::uint16_t priority,
                     std::uint16_t port, const std::string& target,
                     bool direct_tls) {
  Rdata rdata;
  for (const std::uint16_t field : {priority, std::uint16_t{0}, port}) {
    Append16(rdata, field);
  }
  const Rdata name = WireName(target);
  rdata.insert(rdata.end(), name.begin(), name.end());
  const char* service =
      direct_tls ? "_xmpps-server._tcp." : "_xmpp-server._tcp.";
  return Data(service + domain, RecordType::kSrv, {rdata});
}

Answer& FakeDns::Address(const std::string& host) {
  return Data(host, RecordType::kA, {{192, 0, 2, 1}});
}

Answer& FakeDns::Tlsa(const std::string& owner, const std::string& text) {
  return Data(owner, RecordType::kTlsa, {TlsaRdata(text)});
}

Answer& FakeDns::Fail(const std::string& name, RecordType type,
                      const std::string& why, DnsSecurity security) {
  Answer& answer = answers_[{name, type}];
  answer = Answer{};
  answer.question = {name, type};
  answer.status = DnsStatus::kFailed;
  answer.security = security;
  answer.failure = why;
  return answer;
}

void FakeDns::Unsign(RecordType type) {
  for (auto& [question, answer] : answers_) {
    if (question.type == type) answer.security = DnsSecurity::kInsecure;
  }
}

Answer& FakeDns::Deny(const std::string& name, RecordType type) {
  Answer& answer = answers_[{name, type}];
  answer = Answer{};
  answer.question = {name, type};
  answer.status = DnsStatus::kNoData;
  answer.security = DnsSecurity::kSecure;
  answer.canonical_name = name;
  answer.lifetime = std::chrono::seconds(300);
  return answer;
}

void FakeDns::Drop(const std::string& name, RecordType type) {
  dropped_[{name, type}] = true;
}

Answer FakeDns::Find(const Question& question) const {
  const auto found = answers_.find(question);
  if (found != answers_.end()) return found->second;
  Answer denial;
  denial.question = question;
  denial.status = DnsStatus::kNoData;
  denial.security = denials;
  denial.canonical_name = question.name;
  denial.lifetime = std::chrono::seconds(300);
  return denial;
}

std::optional<Answer> FakeDns::Answered(const Question& question) const {
  if (dropped_.contains(question)) return std::nullopt;
  return Find(question);
}

Question FakeDns::TakeOne(std::vector<Question>& open) {
  if (order != 0) {
    order = order * 1'664'525 + 1'013'904'223;
    std::swap(open[(order >> 8) % open.size()], open.back());
  }
  const Question question = open.back();
  open.pop_back();
  return question;
}

const Verdict& FakeDns::Run(Verification& verification, Now now) {
  std::vector<Question> open;
  for (;;) {
    while (auto question = verification.NextQuestion()) {
      ++asked;
      if (!dropped_.contains(*question)) open.push_back(*question);
    }
    if (verification.verdict()) return *verification.verdict();
    if (open.empty()) {
      now.monotonic = verification.deadline();
      verification.OnDeadline(now);
      continue;
    }
    now.monotonic = now.monotonic + step;
    now.wall = now.wall + step;
    verification.OnAnswer(Find(TakeOne(open)), now);
  }
}

}  // namespace danegate
