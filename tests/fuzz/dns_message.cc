// Whatever bytes come as a DNS message: no crash, and what is read keeps the
// promises of dns_message.h. The first byte chooses the type asked for.
#include "verifier/resolver/dns_message.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "verifier/check.h"

namespace {

using danegate::DnsStatus;
using danegate::RecordType;

constexpr std::array kTypes = {RecordType::kA, RecordType::kAaaa,
                               RecordType::kCname, RecordType::kSrv,
                               RecordType::kTlsa};

// A name in wire form without compression, to the end of `wire`.
bool IsWholeName(std::span<const std::uint8_t> wire) {
  while (!wire.empty() && wire[0] != 0) {
    if (wire[0] > 63 || wire[0] >= wire.size()) return false;
    wire = wire.subspan(wire[0] + 1U);
  }
  return wire.size() == 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const danegate::Question question{"mx.peer.example",
                                    kTypes[data[0] % kTypes.size()]};
  const auto read = danegate::ReadDnsMessage(
      question, std::span(data + 1, size - 1), {1'800'000'000});
  if (!read) {
    DANEGATE_CHECK(!read.error().empty());
    return 0;
  }
  DANEGATE_CHECK(read->status != DnsStatus::kFailed);
  DANEGATE_CHECK((read->status == DnsStatus::kData) == !read->rdata.empty());
  DANEGATE_CHECK(read->lifetime.count() >= 0);
  DANEGATE_CHECK(!read->canonical_name.empty());
  for (const auto& rdata : read->rdata) {
    const std::span bytes(rdata);
    if (question.type == RecordType::kSrv) {
      DANEGATE_CHECK(bytes.size() > 6 && IsWholeName(bytes.subspan(6)));
    } else if (question.type == RecordType::kCname) {
      DANEGATE_CHECK(IsWholeName(bytes));
    }
  }
  return 0;
}
