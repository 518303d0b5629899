#include "verifier/dane/usable_records.h"

#include <algorithm>
#include <array>

namespace danegate {

namespace {

// [usage][selector] of the strongest matching type; the IANA numbers rise with
// the strength, and Full(0) is none.
using Strongest = std::array<std::array<std::uint8_t, 2>, 4>;

Strongest FindStrongest(const std::vector<TlsaRecord>& usable) {
  Strongest strongest{};
  for (const TlsaRecord& record : usable) {
    auto& here = strongest[record.usage][record.selector];
    here = std::max(here, record.matching);
  }
  return strongest;
}

}  // namespace

UsableRecords SelectUsable(std::span<const TlsaRecord> rrset) {
  UsableRecords result;
  for (const TlsaRecord& record : rrset) {
    std::string why = WhyUnusable(record);
    if (why.empty()) {
      result.records.push_back(record);
    } else if (result.why_unusable.empty()) {
      result.why_unusable = std::move(why);
    }
  }
  const Strongest strongest = FindStrongest(result.records);
  std::erase_if(result.records, [&](const TlsaRecord& record) {
    return record.matching != 0 &&
           record.matching < strongest[record.usage][record.selector];
  });
  std::stable_sort(result.records.begin(), result.records.end(),
                   [](const TlsaRecord& a, const TlsaRecord& b) {
                     return a.usage > b.usage;
                   });
  return result;
}

}  // namespace danegate
