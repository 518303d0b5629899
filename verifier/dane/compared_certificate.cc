#include "verifier/dane/compared_certificate.h"

#include <openssl/sha.h>

#include <algorithm>

namespace danegate {

namespace {

bool Equal(DerSpan a, DerSpan b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

std::vector<std::uint8_t> Digest(DerSpan data, std::uint8_t matching) {
  std::vector<std::uint8_t> digest;
  if (matching == 1) {
    digest.resize(SHA256_DIGEST_LENGTH);
    SHA256(data.data(), data.size(), digest.data());
  } else {
    digest.resize(SHA512_DIGEST_LENGTH);
    SHA512(data.data(), data.size(), digest.data());
  }
  return digest;
}

}  // namespace

ComparedCertificate::ComparedCertificate(DerSpan der)
    : der_(der.begin(), der.end()) {
  if (const auto fields = CertificateFields::Find(der_)) {
    public_key_ = fields->public_key;
  }
}

DerSpan ComparedCertificate::Selected(std::uint8_t selector) const {
  return selector == 0 ? DerSpan(der_) : public_key_;
}

bool ComparedCertificate::Matches(const TlsaRecord& record) {
  const DerSpan selected = Selected(record.selector);
  if (selected.empty()) return false;
  if (record.matching == 0) return Equal(selected, record.data);
  auto& digest = digests_[record.selector][record.matching - 1U];
  if (digest.empty()) digest = Digest(selected, record.matching);
  return Equal(digest, record.data);
}

}  // namespace danegate
