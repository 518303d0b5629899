#include "verifier/credential.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pool.h>
#include <openssl/x509.h>

#include <climits>
#include <utility>
#include <vector>

#include "verifier/check.h"
#include "verifier/x509/validity.h"

namespace danegate {
namespace {

using std::string_literals::operator""s;

// Thousands of tenants are signed by a handful of authorities: equal
// intermediates are kept once (D12). The pool lives as long as the process and
// holds weak references, so a buffer goes with its last credential. Peers'
// chains never enter it: they could grow it, and time it.
CRYPTO_BUFFER_POOL* Intermediates() {
  static CRYPTO_BUFFER_POOL* const pool = CRYPTO_BUFFER_POOL_new();
  return pool;
}

CertificateChain ShareIntermediates(const CertificateChain& chain) {
  std::vector<bssl::UniquePtr<CRYPTO_BUFFER>> buffers;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const auto der = chain.der(i);
    buffers.emplace_back(
        i == 0 ? bssl::UpRef(chain.buffer(0)).release()
               : CRYPTO_BUFFER_new(der.data(), der.size(), Intermediates()));
    DANEGATE_CHECK(buffers.back() != nullptr);
  }
  return CertificateChain(std::move(buffers));
}

bssl::UniquePtr<X509> ParseLeaf(const CertificateChain& chain) {
  bssl::UniquePtr<X509> leaf(X509_parse_from_buffer(chain.buffer(0)));
  ERR_clear_error();
  return leaf;
}

// Never asks anybody for a pass phrase; notes that one was wanted.
int RefusePassphrase(char*, int, int, void* wanted) {
  *static_cast<bool*>(wanted) = true;
  return 0;
}

Result<bssl::UniquePtr<EVP_PKEY>, std::string> ParseKey(std::string_view pem) {
  if (pem.size() > INT_MAX) return Failure("the key file is over 2 GiB"s);
  const bssl::UniquePtr<BIO> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  DANEGATE_CHECK(bio != nullptr);
  bool encrypted = false;
  bssl::UniquePtr<EVP_PKEY> key(PEM_read_bio_PrivateKey(
      bio.get(), nullptr, &RefusePassphrase, &encrypted));
  const bool absent =
      ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (key != nullptr) return key;
  if (encrypted) {
    return Failure(
        "the private key is encrypted; expected one without a pass phrase: "
        "decrypt it with `openssl pkey -in OLD -out NEW`, mode 0600"s);
  }
  if (absent)
    return Failure(
        "expected a PEM PRIVATE KEY; found none; name the key's file"s);
  return Failure(
      "expected a PEM PRIVATE KEY of type RSA, EC or Ed25519; found one that "
      "cannot be read; copy it anew, or write it again with `openssl pkey -in "
      "OLD -out NEW`, mode 0600"s);
}

}  // namespace

Result<std::shared_ptr<const Credential>, std::string> Credential::FromPem(
    std::string_view chain_pem, std::string_view key_pem) {
  auto chain = CertificateChain::ParsePem(chain_pem);
  if (!chain) return Failure("certificate chain: " + chain.error());
  const auto leaf = ParseLeaf(*chain);
  if (leaf == nullptr || !ReadValidity(leaf.get())) {
    return Failure(
        "certificate chain: the first certificate is no X.509 "
        "certificate that TLS can use"s);
  }
  auto key = ParseKey(key_pem);
  if (!key) return Failure("private key: " + key.error());
  if (X509_check_private_key(leaf.get(), key->get()) != 1) {
    ERR_clear_error();
    return Failure(
        "the private key does not belong to the first certificate of the "
        "chain; the server's own certificate must come first"s);
  }
  return FromParts(ShareIntermediates(*chain), std::move(*key));
}

std::shared_ptr<const Credential> Credential::FromParts(
    CertificateChain chain, bssl::UniquePtr<EVP_PKEY> key) {
  return std::shared_ptr<const Credential>(
      new Credential(std::move(chain), std::move(key)));
}

std::size_t Credential::footprint() const {
  // Measured with jemalloc: what stands around the leaf's DER, and a key.
  constexpr std::size_t kAround = 512;
  constexpr std::size_t kEcKey = 1024;
  constexpr std::size_t kRsaKey = 4096;
  const bool rsa = EVP_PKEY_id(key_.get()) == EVP_PKEY_RSA;
  return chain_.der(0).size() + kAround + (rsa ? kRsaKey : kEcKey);
}

Credential::Credential(CertificateChain chain, bssl::UniquePtr<EVP_PKEY> key)
    : chain_(std::move(chain)), key_(std::move(key)) {
  const auto leaf = ParseLeaf(chain_);
  DANEGATE_CHECK(leaf != nullptr && key_ != nullptr);
  const auto validity = ReadValidity(leaf.get());
  DANEGATE_CHECK(validity.has_value());
  not_before_ = validity->not_before;
  not_after_ = validity->not_after;
}

}  // namespace danegate
