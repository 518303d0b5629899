// Whatever bytes come as a TLSA RRset: no crash, and a match is one that can be
// shown in another way. Each record is written as
//
//   usage, selector, matching type, source, count, count octets
//
// where the source says where the data comes from: from the input, or from a
// certificate of the chain, so that matches happen at all.
#include <openssl/sha.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tests/support/test_certificates.h"
#include "verifier/check.h"
#include "verifier/pkix.h"
#include "verifier/tlsa.h"

namespace {

using danegate::Domain;
using danegate::TlsaMatch;
using danegate::TlsaRecord;
using danegate::TrustStore;
using danegate::test::Bytes;
using danegate::test::ChainOf;
using danegate::test::DnsName;
using danegate::test::Issue;
using danegate::test::kTestNow;
using danegate::test::TestCertificate;

struct Peer {
  TestCertificate root = Issue({.subject = "root", .ca = true});
  TestCertificate leaf = Issue({.names = {DnsName("peer.example")}}, &root);
  TrustStore trust = *TrustStore::FromPem(root.ToPem());
  Domain name = *Domain::Parse("peer.example");
};

// Computed in the plainest way, to be compared with.
Bytes Selected(const TestCertificate& certificate, const TlsaRecord& record) {
  const Bytes full =
      record.selector == 0 ? certificate.der : certificate.Spki();
  if (record.matching == 0) return full;
  Bytes digest(record.matching == 1 ? 32 : 64);
  if (record.matching == 1) {
    SHA256(full.data(), full.size(), digest.data());
  } else {
    SHA512(full.data(), full.size(), digest.data());
  }
  return digest;
}

// One record off the front.
TlsaRecord Take(std::span<const std::uint8_t>& input, const Peer& peer) {
  const std::size_t count = std::min<std::size_t>(input[4], input.size() - 5);
  const auto octets = input.subspan(5, count);
  TlsaRecord record{
      input[0], input[1], input[2], {octets.begin(), octets.end()}};
  const std::uint8_t source = input[3] % 4;
  if (source >= 2 && record.selector < 2 && record.matching < 3) {
    record.data = Selected(source == 2 ? peer.leaf : peer.root, record);
    if (count > 0) record.data[octets[0] % record.data.size()] ^= 1;
  }
  input = input.subspan(5 + count);
  return record;
}

void CheckText(const TlsaRecord& record) {
  Bytes rdata = {record.usage, record.selector, record.matching};
  rdata.insert(rdata.end(), record.data.begin(), record.data.end());
  const auto read = TlsaRecord::ParseRdata(rdata);
  DANEGATE_CHECK(read.ok() == !record.data.empty());
  if (!read) return;
  DANEGATE_CHECK(*read == record);
  const auto text = TlsaRecord::ParseText(record.ToText());
  DANEGATE_CHECK(text.ok() && *text == record);
}

bool Shows(const TlsaRecord& record, const Peer& peer) {
  const bool is_end_entity = record.usage % 2 == 1;
  return record.data == Selected(is_end_entity ? peer.leaf : peer.root, record);
}

// D-51: a record of the same usage and selector with a stronger digest.
bool IsWeaker(const TlsaRecord& record, const std::vector<TlsaRecord>& rrset) {
  return record.matching == 1 &&
         std::any_of(rrset.begin(), rrset.end(), [&](const TlsaRecord& other) {
           return other.usage == record.usage &&
                  other.selector == record.selector && other.matching == 2 &&
                  danegate::WhyUnusable(other).empty();
         });
}

// A trust anchor in full that is another one than the chain's: a certificate
// with the same name and key proves as well, so what it says is not foretold.
bool IsOtherAnchor(const TlsaRecord& record, const Peer& peer) {
  return record.usage == 2 && record.matching == 0 &&
         danegate::WhyUnusable(record).empty() && !Shows(record, peer);
}

TlsaMatch::Kind Expected(const std::vector<TlsaRecord>& rrset,
                         const Peer& peer) {
  auto kind = TlsaMatch::Kind::kUnusable;
  for (const TlsaRecord& record : rrset) {
    if (!danegate::WhyUnusable(record).empty()) continue;
    if (kind == TlsaMatch::Kind::kUnusable) kind = TlsaMatch::Kind::kNoMatch;
    if (!IsWeaker(record, rrset) && Shows(record, peer)) {
      return TlsaMatch::Kind::kMatch;
    }
  }
  return kind;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const Peer* const peer = new Peer();
  std::span<const std::uint8_t> input(data, size);
  std::vector<TlsaRecord> rrset;
  while (input.size() >= 5) rrset.push_back(Take(input, *peer));
  for (const TlsaRecord& record : rrset) CheckText(record);
  const auto match =
      danegate::MatchTlsa(ChainOf({&peer->leaf, &peer->root}), rrset,
                          std::span(&peer->name, 1), peer->trust, kTestNow);
  DANEGATE_CHECK(!match.detail.empty());
  const bool is_foretold = std::none_of(
      rrset.begin(), rrset.end(),
      [](const TlsaRecord& record) { return IsOtherAnchor(record, *peer); });
  DANEGATE_CHECK(!is_foretold || match.kind == Expected(rrset, *peer));
  return 0;
}
