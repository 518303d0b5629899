// Whatever bytes come as SRV RDATA: no crash, and what is read keeps the
// promises of delegation.h. The first byte chooses how many records are one
// answer, and its security.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "verifier/check.h"
#include "verifier/verification/delegation.h"

namespace {

using danegate::Answer;
using danegate::Delegation;
using danegate::DelegationStatus;
using danegate::DnsSecurity;
using danegate::DnsStatus;
using danegate::Domain;
using danegate::SrvRecord;

std::uint8_t ToLower(std::uint8_t octet) {
  return octet >= 'A' && octet <= 'Z' ? static_cast<std::uint8_t>(octet + 32)
                                      : octet;
}

// The target in wire form again.
std::vector<std::uint8_t> ToWire(const std::string& target) {
  std::vector<std::uint8_t> wire;
  std::size_t begin = 0;
  while (begin < target.size()) {
    const std::size_t end = std::min(target.find('.', begin), target.size());
    wire.push_back(static_cast<std::uint8_t>(end - begin));
    wire.insert(wire.end(), target.begin() + static_cast<long>(begin),
                target.begin() + static_cast<long>(end));
    begin = end + 1;
  }
  wire.push_back(0);
  return wire;
}

void CheckRecord(std::span<const std::uint8_t> rdata) {
  const auto record = SrvRecord::ParseRdata(rdata);
  if (!record) {
    DANEGATE_CHECK(!record.error().empty());
    return;
  }
  // Nothing is lost but the case of letters.
  const std::vector<std::uint8_t> wire = ToWire(record->target);
  DANEGATE_CHECK(wire.size() + 6 == rdata.size());
  for (std::size_t i = 0; i < wire.size(); ++i) {
    DANEGATE_CHECK(wire[i] == ToLower(rdata[6 + i]));
  }
  DANEGATE_CHECK(record->ToText().ends_with(record->target + "."));
}

Answer AnswerOf(std::span<const std::uint8_t> bytes, unsigned records,
                DnsSecurity security) {
  Answer answer;
  answer.status = DnsStatus::kData;
  answer.security = security;
  const std::size_t each = bytes.size() / records;
  for (unsigned i = 0; i < records; ++i) {
    const auto rdata = bytes.subspan(i * each, each);
    answer.rdata.emplace_back(rdata.begin(), rdata.end());
  }
  return answer;
}

void CheckDelegation(const Delegation& delegation, bool is_secure) {
  DANEGATE_CHECK(delegation.status != DelegationStatus::kFailed);
  const bool has_targets = delegation.status == DelegationStatus::kSecure;
  DANEGATE_CHECK(has_targets == !delegation.targets.empty());
  DANEGATE_CHECK(!has_targets || is_secure);  // D-10
  for (const auto& target : delegation.targets) {
    // No text but a canonical name becomes a target (A-22, D-09).
    const auto again = Domain::Parse(target.host.ascii());
    DANEGATE_CHECK(again.ok() && *again == target.host);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const std::span<const std::uint8_t> bytes(data + 1, size - 1);
  CheckRecord(bytes);
  const bool is_secure = data[0] % 2 == 0;
  const auto starttls =
      AnswerOf(bytes, 1U + data[0] / 2 % 4,
               is_secure ? DnsSecurity::kSecure : DnsSecurity::kInsecure);
  Answer direct_tls;
  direct_tls.status = DnsStatus::kNoData;
  direct_tls.security = DnsSecurity::kSecure;
  CheckDelegation(danegate::ReadDelegation(*Domain::Parse("peer.example"),
                                           starttls, direct_tls),
                  is_secure);
  return 0;
}
