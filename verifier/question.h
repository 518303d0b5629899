// Question and Answer: what the verification engine asks the DNS, and what the
// resolver says, DNSSEC status included. Values; no resolver type shows.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace danegate {

// The IANA numbers.
enum class RecordType : std::uint16_t {
  kA = 1,
  kCname = 5,
  kAaaa = 28,
  kSrv = 33,
  kTlsa = 52,
};
std::string_view ToString(RecordType);

// One DNS question in class IN. `name` is in A-labels, lower case, without a
// trailing dot, e.g. "_xmpp-server._tcp.peer.example".
struct Question {
  std::string name;
  RecordType type;

  friend auto operator<=>(const Question&, const Question&) = default;
};

// What a validating resolver concludes about an answer, denials included
// (D-17, D-20): kInsecure is "provably not signed".
enum class DnsSecurity { kSecure, kInsecure, kBogus };
std::string_view ToString(DnsSecurity);

enum class DnsStatus {
  kData,    // records of the asked type
  kNoData,  // the name exists, the type does not
  kNoName,  // NXDOMAIN
  kFailed,  // bogus, time-out, SERVFAIL, refused: nothing is known (L-05)
};
std::string_view ToString(DnsStatus);

// The answer to one Question, CNAMEs followed.
struct Answer {
  Question question;
  DnsStatus status = DnsStatus::kFailed;
  DnsSecurity security = DnsSecurity::kBogus;
  // Uncompressed RDATA of each record of the asked type: names inside (SRV
  // target) are in wire form without compression.
  std::vector<std::vector<std::uint8_t>> rdata;
  // The name that owns the records once CNAMEs are followed; equals
  // question.name where there was none.
  std::string canonical_name;
  // How long this answer may be used: the smallest TTL of everything in it, the
  // SOA minimum of a denial, capped by the earliest end of its signatures
  // (D-60, D-61). Zero for kFailed.
  std::chrono::seconds lifetime{0};
  // Why the status is kFailed, in words for an operator; else empty.
  std::string failure;
};

}  // namespace danegate
