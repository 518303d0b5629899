#include "verifier/certificate.h"

#include <openssl/bio.h>
#include <openssl/bytestring.h>
#include <openssl/err.h>
#include <openssl/mem.h>
#include <openssl/pem.h>
#include <openssl/pool.h>
#include <openssl/sha.h>

#include <climits>
#include <utility>

#include "verifier/check.h"

namespace danegate {
namespace {

bssl::UniquePtr<CRYPTO_BUFFER> Copy(std::span<const std::uint8_t> der) {
  bssl::UniquePtr<CRYPTO_BUFFER> buffer(
      CRYPTO_BUFFER_new(der.data(), der.size(), nullptr));
  DANEGATE_CHECK(buffer != nullptr);
  return buffer;
}

std::span<const std::uint8_t> Bytes(const CRYPTO_BUFFER* buffer) {
  return {CRYPTO_BUFFER_data(buffer), CRYPTO_BUFFER_len(buffer)};
}

// Certificate ::= SEQUENCE { tbsCertificate SEQUENCE, signatureAlgorithm
// SEQUENCE, signature BIT STRING }. No deeper: a usage 3 record may match a
// certificate that no X.509 parser accepts.
bool IsCertificate(std::span<const std::uint8_t> der) {
  CBS input, certificate;
  CBS_init(&input, der.data(), der.size());
  return CBS_get_asn1(&input, &certificate, CBS_ASN1_SEQUENCE) &&
         CBS_len(&input) == 0 &&
         CBS_get_asn1(&certificate, nullptr, CBS_ASN1_SEQUENCE) &&
         CBS_get_asn1(&certificate, nullptr, CBS_ASN1_SEQUENCE) &&
         CBS_get_asn1(&certificate, nullptr, CBS_ASN1_BITSTRING) &&
         CBS_len(&certificate) == 0;
}

// One "-----BEGIN LABEL-----" block, decoded.
struct PemBlock {
  std::string label;
  std::vector<std::uint8_t> data;
};

enum class PemStatus { kBlock, kEnd, kBroken };

PemStatus NextBlock(BIO* bio, PemBlock* block) {
  char* label = nullptr;
  char* header = nullptr;
  std::uint8_t* data = nullptr;
  long size = 0;
  ERR_clear_error();
  const int ok = PEM_read_bio(bio, &label, &header, &data, &size);
  const bool end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (ok != 1) return end ? PemStatus::kEnd : PemStatus::kBroken;
  const bssl::UniquePtr<char> own_label(label), own_header(header);
  const bssl::UniquePtr<std::uint8_t> own_data(data);
  block->label = label;
  block->data.assign(data, data + size);
  return PemStatus::kBlock;
}

std::string NoCertificate(std::size_t blocks, const std::string& last_label) {
  const std::string expected = "expected a PEM file with CERTIFICATE blocks; ";
  if (blocks == 0)
    return expected +
           "found no PEM block at all; "
           "name the file that the CA gave you";
  return expected + "found only other blocks, the last a " + last_label +
         "; name the certificate's file";
}

}  // namespace

CertificateChain::CertificateChain(
    std::vector<bssl::UniquePtr<CRYPTO_BUFFER>> certificates)
    : certificates_(std::move(certificates)) {}

CertificateChain::CertificateChain(const CertificateChain& other) {
  certificates_.reserve(other.certificates_.size());
  for (const auto& buffer : other.certificates_) {
    certificates_.push_back(bssl::UpRef(buffer));
  }
}

CertificateChain& CertificateChain::operator=(const CertificateChain& other) {
  if (this != &other) *this = CertificateChain(other);
  return *this;
}

Result<CertificateChain, std::string> CertificateChain::ParsePem(
    std::string_view pem) {
  if (pem.size() > INT_MAX) {
    return Failure<std::string>("the PEM input is larger than 2 GiB");
  }
  bssl::UniquePtr<BIO> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  DANEGATE_CHECK(bio != nullptr);
  CertificateChain chain;
  PemBlock block;
  for (std::size_t number = 1;; ++number) {
    const std::string where = "PEM block " + std::to_string(number) + ": ";
    switch (NextBlock(bio.get(), &block)) {
      case PemStatus::kBroken:
        return Failure(where +
                       "expected base64 between matching BEGIN and "
                       "END lines; found something else");
      case PemStatus::kEnd:
        if (!chain.empty()) return chain;
        return Failure(NoCertificate(number - 1, block.label));
      case PemStatus::kBlock:
        break;
    }
    if (block.label != PEM_STRING_X509) continue;
    if (!IsCertificate(block.data)) {
      return Failure(where + "expected the DER of one X.509 certificate; " +
                     "found " + std::to_string(block.data.size()) +
                     " octets that are none; copy the certificate again");
    }
    chain.certificates_.push_back(Copy(block.data));
  }
}

CertificateChain CertificateChain::FromDer(
    std::span<const std::vector<std::uint8_t>> certificates) {
  CertificateChain chain;
  chain.certificates_.reserve(certificates.size());
  for (const auto& der : certificates) chain.certificates_.push_back(Copy(der));
  return chain;
}

std::span<const std::uint8_t> CertificateChain::der(std::size_t index) const {
  return Bytes(buffer(index));
}

CRYPTO_BUFFER* CertificateChain::buffer(std::size_t index) const {
  DANEGATE_CHECK(index < certificates_.size());
  return certificates_[index].get();
}

Sha256 CertificateChain::LeafDigest() const {
  Sha256 digest;
  const auto leaf = der(0);
  SHA256(leaf.data(), leaf.size(), digest.data());
  return digest;
}

Sha256 CertificateChain::ChainDigest() const {
  DANEGATE_CHECK(!empty());
  SHA256_CTX hash;
  SHA256_Init(&hash);
  for (const auto& certificate : certificates_) {
    const auto bytes = Bytes(certificate.get());
    std::uint8_t length[8];
    for (std::size_t i = 0; i < sizeof length; ++i) {
      length[i] = static_cast<std::uint8_t>(bytes.size() >> (56 - 8 * i));
    }
    SHA256_Update(&hash, length, sizeof length);
    SHA256_Update(&hash, bytes.data(), bytes.size());
  }
  Sha256 digest;
  SHA256_Final(digest.data(), &hash);
  return digest;
}

}  // namespace danegate
