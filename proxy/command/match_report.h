// MatchReport is the answer of `danegate match` and why it is so.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/command/terminal.h"
#include "verifier/certificate.h"
#include "verifier/domain.h"
#include "verifier/instant.h"
#include "verifier/pkix.h"
#include "verifier/tlsa.h"

namespace danegate {

// What is asked, parsed.
struct MatchQuestion {
  CertificateChain chain;  // not empty
  std::vector<TlsaRecord> records;
  std::vector<Domain> names;
  TrustStore trust;
  UnixTime at;
};

// What one record says by itself.
struct RecordReport {
  TlsaRecord record;
  TlsaMatch alone;
  // The first certificate of the chain that has the record's data, 0 the leaf.
  std::optional<std::size_t> certificate;
};

struct MatchReport {
  TlsaMatch match;  // of all records together
  std::vector<RecordReport> records;
  std::size_t chain_size;
};

MatchReport Explain(const MatchQuestion&);

// "match", "no-match", "unusable".
std::string_view Word(TlsaMatch::Kind);
// For people, with aligned columns; for scripts.
std::string ToText(const MatchReport&, const Ink&);
std::string ToJson(const MatchReport&, UnixTime at);

}  // namespace danegate
