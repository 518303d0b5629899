#include "verifier/resolver/dns_message.h"

#include <arpa/nameser.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace danegate {

namespace {

struct Record {
  std::string owner;  // presentation form, lower case
  std::uint16_t type;
  std::uint32_t ttl;
  std::span<const std::uint8_t> rdata;  // compressed, within the message
};

char ToLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string Lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), ToLower);
  return text;
}

std::uint32_t ReadNumber(const std::uint8_t* at) {
  return static_cast<std::uint32_t>(ns_get32(at));
}

// Reader holds a parsed message while the answer is taken out of it.
class Reader {
 public:
  Reader(const Question& question, UnixTime now)
      : question_(question), now_(now) {}

  Result<DnsMessage, std::string> Read(std::span<const std::uint8_t> message);

 private:
  std::string Open(std::span<const std::uint8_t> message);
  bool ReadSection(ns_sect section, std::vector<Record>& records);
  bool FollowAliases(std::string& owner) const;
  const Record* AliasOf(std::string_view owner) const;
  bool TakeRecords(DnsMessage& result) const;
  bool TakeRdata(const Record& record, std::vector<std::uint8_t>& rdata) const;
  bool Unpack(std::span<const std::uint8_t> name,
              std::vector<std::uint8_t>& wire) const;
  std::optional<std::string> NameIn(std::span<const std::uint8_t> rdata) const;
  std::chrono::seconds Lifetime(bool is_denial) const;
  std::uint32_t LifetimeOf(const Record& record) const;

  const Question& question_;
  UnixTime now_;
  ns_msg message_{};
  std::vector<Record> answers_;
  std::vector<Record> authorities_;
};

// libunbound gives up after 11.
constexpr int kMaxAliases = 16;
constexpr char kMalformed[] = "the answer is malformed";

Result<DnsMessage, std::string> Reader::Read(
    std::span<const std::uint8_t> message) {
  if (std::string problem = Open(message); !problem.empty()) {
    return Failure(std::move(problem));
  }
  if (!ReadSection(ns_s_an, answers_) || !ReadSection(ns_s_ns, authorities_)) {
    return Failure(std::string(kMalformed));
  }
  DnsMessage result;
  result.canonical_name = question_.name;
  if (!FollowAliases(result.canonical_name)) {
    return Failure("the answer has more than " + std::to_string(kMaxAliases) +
                   " CNAMEs, one behind the other");
  }
  if (!TakeRecords(result)) return Failure(std::string(kMalformed));
  const int rcode = ns_msg_getflag(message_, ns_f_rcode);
  if (rcode == ns_r_nxdomain) {
    if (!result.rdata.empty()) return Failure(std::string(kMalformed));
    result.status = DnsStatus::kNoName;
  } else if (!result.rdata.empty()) {
    result.status = DnsStatus::kData;
  }
  result.lifetime = Lifetime(result.status != DnsStatus::kData);
  return result;
}

// Empty if the message can be read on.
std::string Reader::Open(std::span<const std::uint8_t> message) {
  if (message.size() > NS_MAXMSG ||
      ns_initparse(message.data(), static_cast<int>(message.size()),
                   &message_) != 0) {
    return kMalformed;
  }
  if (ns_msg_getflag(message_, ns_f_tc) != 0) return "the answer is truncated";
  const int rcode = ns_msg_getflag(message_, ns_f_rcode);
  if (rcode != ns_r_noerror && rcode != ns_r_nxdomain) {
    return "the answer is the error code " + std::to_string(rcode);
  }
  return "";
}

bool Reader::ReadSection(ns_sect section, std::vector<Record>& records) {
  const int count = ns_msg_count(message_, section);
  ns_rr record;
  for (int i = 0; i < count; ++i) {
    if (ns_parserr(&message_, section, i, &record) != 0) return false;
    if (ns_rr_class(record) != ns_c_in) continue;
    records.push_back({Lowered(ns_rr_name(record)),
                       static_cast<std::uint16_t>(record.type),
                       ns_rr_ttl(record),
                       std::span(ns_rr_rdata(record), ns_rr_rdlen(record))});
  }
  return true;
}

// False if there are too many (D-19).
bool Reader::FollowAliases(std::string& owner) const {
  if (question_.type == RecordType::kCname) return true;
  for (int aliases = 0; aliases <= kMaxAliases; ++aliases) {
    const Record* alias = AliasOf(owner);
    if (alias == nullptr) return true;
    std::optional<std::string> target = NameIn(alias->rdata);
    if (!target) return true;  // TakeRecords() finds nothing there
    owner = *std::move(target);
  }
  return false;
}

const Record* Reader::AliasOf(std::string_view owner) const {
  for (const Record& record : answers_) {
    if (record.type == ns_t_cname && record.owner == owner) return &record;
  }
  return nullptr;
}

bool Reader::TakeRecords(DnsMessage& result) const {
  for (const Record& record : answers_) {
    if (record.type != static_cast<std::uint16_t>(question_.type) ||
        record.owner != result.canonical_name) {
      continue;
    }
    if (!TakeRdata(record, result.rdata.emplace_back())) return false;
  }
  return true;
}

bool Reader::TakeRdata(const Record& record,
                       std::vector<std::uint8_t>& rdata) const {
  constexpr std::size_t kSrvNumbers = 6;  // priority, weight, port
  if (record.type == ns_t_cname) return Unpack(record.rdata, rdata);
  if (record.type != ns_t_srv) {
    rdata.assign(record.rdata.begin(), record.rdata.end());
    return true;
  }
  if (record.rdata.size() <= kSrvNumbers) return false;
  const auto numbers = record.rdata.first(kSrvNumbers);
  rdata.assign(numbers.begin(), numbers.end());
  return Unpack(record.rdata.subspan(kSrvNumbers), rdata);
}

// Appends the name in wire form. It must fill `name` exactly.
bool Reader::Unpack(std::span<const std::uint8_t> name,
                    std::vector<std::uint8_t>& wire) const {
  std::array<std::uint8_t, NS_MAXCDNAME> unpacked;
  const int used =
      ns_name_unpack(ns_msg_base(message_), ns_msg_end(message_), name.data(),
                     unpacked.data(), unpacked.size());
  if (used < 0 || static_cast<std::size_t>(used) != name.size()) return false;
  std::size_t end = 0;
  while (unpacked[end] != 0) end += unpacked[end] + 1U;
  wire.insert(wire.end(), unpacked.data(), unpacked.data() + end + 1);
  return true;
}

std::optional<std::string> Reader::NameIn(
    std::span<const std::uint8_t> rdata) const {
  std::vector<std::uint8_t> wire;
  std::array<char, NS_MAXDNAME> text;
  if (!Unpack(rdata, wire) ||
      ns_name_ntop(wire.data(), text.data(), text.size()) < 0) {
    return std::nullopt;
  }
  return Lowered(text.data());
}

std::chrono::seconds Reader::Lifetime(bool is_denial) const {
  std::uint32_t lifetime = UINT32_MAX;
  bool has_soa = false;
  for (const auto* section : {&answers_, &authorities_}) {
    for (const Record& record : *section) {
      lifetime = std::min(lifetime, LifetimeOf(record));
      has_soa = has_soa || record.type == ns_t_soa;
    }
  }
  if (is_denial && !has_soa) lifetime = 0;
  return std::chrono::seconds(lifetime);
}

std::uint32_t Reader::LifetimeOf(const Record& record) const {
  constexpr std::size_t kSoaNumbers = 20;
  constexpr std::size_t kExpirationAt = 8;
  // RFC 2181 section 8: with its first bit set, a TTL is zero.
  std::uint32_t lifetime = record.ttl > INT32_MAX ? 0 : record.ttl;
  const std::uint8_t* end = record.rdata.data() + record.rdata.size();
  if (record.type == ns_t_soa && record.rdata.size() >= kSoaNumbers) {
    lifetime = std::min(lifetime, ReadNumber(end - sizeof(std::uint32_t)));
  }
  if (record.type == ns_t_rrsig &&
      record.rdata.size() >= kExpirationAt + sizeof(std::uint32_t)) {
    // D-60; RFC 4034 section 3.1.5: serial number arithmetic.
    const auto expiration = ReadNumber(record.rdata.data() + kExpirationAt);
    const auto left = static_cast<std::int32_t>(
        expiration - static_cast<std::uint32_t>(now_.seconds));
    lifetime =
        std::min(lifetime, static_cast<std::uint32_t>(std::max(left, 0)));
  }
  return lifetime;
}

}  // namespace

Result<DnsMessage, std::string> ReadDnsMessage(
    const Question& question, std::span<const std::uint8_t> message,
    UnixTime now) {
  return Reader(question, now).Read(message);
}

}  // namespace danegate
