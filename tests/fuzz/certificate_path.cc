// Whatever certificates come as a chain: no crash, no endless search, and the
// same answer however it is asked for. The input is a row of certificates, each
// behind its length in two octets; the last is trusted.
#include <openssl/sha.h>

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

using danegate::CertificateChain;
using danegate::Domain;
using danegate::Reason;
using danegate::TlsaMatch;
using danegate::TlsaRecord;
using danegate::TrustStore;
using danegate::test::Bytes;
using danegate::test::kTestNow;

std::vector<Bytes> Split(std::span<const std::uint8_t> input) {
  std::vector<Bytes> certificates;
  while (input.size() > 2) {
    const std::size_t size = std::size_t{input[0]} << 8 | input[1];
    input = input.subspan(2);
    const auto der = input.first(std::min(size, input.size()));
    // No TLS message brings an empty one.
    if (!der.empty()) certificates.emplace_back(der.begin(), der.end());
    input = input.subspan(der.size());
  }
  return certificates;
}

// Trusts the last one, if it can be read.
TrustStore Trusting(const Bytes& root) {
  auto trust = TrustStore::FromPem(
      danegate::test::TestCertificate{root, nullptr, ""}.ToPem());
  return trust ? *std::move(trust) : TrustStore();
}

// The record `usage 0 1` of a certificate.
TlsaRecord Digest(int usage, const Bytes& certificate) {
  TlsaRecord record{static_cast<std::uint8_t>(usage), 0, 1,
                    Bytes(SHA256_DIGEST_LENGTH)};
  SHA256(certificate.data(), certificate.size(), record.data.data());
  return record;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto certificates = Split({data, size});
  if (certificates.empty()) return 0;
  const auto chain = CertificateChain::FromDer(certificates);
  const auto trust = Trusting(certificates.back());
  const Domain name = *Domain::Parse("a.example");
  const auto match = [&](const TlsaRecord& record) {
    return MatchTlsa(chain, std::span(&record, 1), std::span(&name, 1), trust,
                     kTestNow);
  };
  const bool valid = WhyPathInvalid(chain, trust, name, kTestNow).empty();
  const auto pkix_ee = match(Digest(1, certificates.front()));
  DANEGATE_CHECK((pkix_ee.kind == TlsaMatch::Kind::kMatch) == valid);
  DANEGATE_CHECK(!valid || MatchesIdentity(certificates.front(), name));
  DANEGATE_CHECK(!valid || kTestNow < pkix_ee.not_after);
  const auto dane_ta = match(Digest(2, certificates.back()));
  DANEGATE_CHECK(dane_ta.kind != TlsaMatch::Kind::kMatch || valid);
  TlsaRecord supplied{2, 0, 0, certificates.back()};
  DANEGATE_CHECK(match(supplied).kind != TlsaMatch::Kind::kMatch || valid);
  const auto dane_ee = match(Digest(3, certificates.front()));
  DANEGATE_CHECK(dane_ee.kind == TlsaMatch::Kind::kMatch);
  return 0;
}
