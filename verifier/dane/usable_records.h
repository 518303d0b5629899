// Which records of a TLSA RRset are compared (RFC 7671 section 9).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "verifier/tlsa.h"

namespace danegate {

struct UsableRecords {
  // Digest agility: for each usage and selector the full data and the strongest
  // digest only (D-51). Usage 3 first, as it needs no path.
  std::vector<TlsaRecord> records;
  // Why the first unusable record is so; empty if all are usable.
  std::string why_unusable;
};

UsableRecords SelectUsable(std::span<const TlsaRecord> rrset);

}  // namespace danegate
