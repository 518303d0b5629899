#include "verifier/credential_pem.h"

#include <openssl/bio.h>
#include <openssl/mem.h>
#include <openssl/pem.h>

#include "verifier/check.h"

namespace danegate {
namespace {

bssl::UniquePtr<BIO> NewMemory() {
  bssl::UniquePtr<BIO> memory(BIO_new(BIO_s_mem()));
  DANEGATE_CHECK(memory != nullptr);
  return memory;
}

std::string TextOf(BIO* memory) {
  const std::uint8_t* octets = nullptr;
  std::size_t size = 0;
  DANEGATE_CHECK(BIO_mem_contents(memory, &octets, &size) == 1);
  return std::string(reinterpret_cast<const char*>(octets), size);
}

}  // namespace

std::string ToPem(const CertificateChain& chain) {
  const auto memory = NewMemory();
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const auto der = chain.der(i);
    DANEGATE_CHECK(PEM_write_bio(memory.get(), PEM_STRING_X509, "", der.data(),
                                 static_cast<long>(der.size())) > 0);
  }
  return TextOf(memory.get());
}

std::string KeyToPem(const Credential& credential) {
  const auto memory = NewMemory();
  DANEGATE_CHECK(PEM_write_bio_PKCS8PrivateKey(memory.get(), credential.key(),
                                               nullptr, nullptr, 0, nullptr,
                                               nullptr) == 1);
  return TextOf(memory.get());
}

void ClearSecret(std::string& secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

}  // namespace danegate
