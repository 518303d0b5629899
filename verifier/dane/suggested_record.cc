#include "verifier/dane/suggested_record.h"

#include <openssl/sha.h>

#include "verifier/tlsa.h"
#include "verifier/x509/certificate_fields.h"

namespace danegate {

std::string SuggestedTlsa(const CertificateChain& chain) {
  if (chain.empty()) return "";
  const auto fields = CertificateFields::Find(chain.der(0));
  if (!fields) return "";
  TlsaRecord record{3, 1, 1, std::vector<std::uint8_t>(SHA256_DIGEST_LENGTH)};
  SHA256(fields->public_key.data(), fields->public_key.size(),
         record.data.data());
  return record.ToText();
}

}  // namespace danegate
