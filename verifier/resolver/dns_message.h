// ReadDnsMessage reads the answer to one question out of a DNS message.
//
// It follows CNAMEs to the records asked for, takes compression out of the
// names inside them, and works out how long the answer may be used. It judges
// nothing: whether the message is to be believed is the validator's word, not
// its own. Pure; any bytes may come in. The door to libresolv.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "verifier/instant.h"
#include "verifier/question.h"
#include "verifier/result.h"

namespace danegate {

// The fields are those of Answer.
struct DnsMessage {
  DnsStatus status = DnsStatus::kNoData;  // never kFailed
  std::vector<std::vector<std::uint8_t>> rdata;
  std::string canonical_name;
  std::chrono::seconds lifetime{0};
};

// The lifetime is the smallest TTL in the answer and authority sections, capped
// by the SOA minimum of a denial (RFC 2308 section 5; zero without a SOA) and
// by the earliest end of a signature, seen from `now` (D-60, D-61). The error
// is a clause: "the answer is truncated".
Result<DnsMessage, std::string> ReadDnsMessage(
    const Question& question, std::span<const std::uint8_t> message,
    UnixTime now);

}  // namespace danegate
