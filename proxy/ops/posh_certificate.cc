#include "proxy/ops/posh_certificate.h"

#include <gnutls/gnutls.h>

#include <utility>

#include "verifier/credential_pem.h"
#include "verifier/result.h"

namespace danegate {
namespace {

gnutls_datum_t DatumOf(std::string& text) {
  return {reinterpret_cast<unsigned char*>(text.data()),
          static_cast<unsigned>(text.size())};
}

Result<PoshCertificate::Credentials, std::string> ToGnuTls(
    const Credential& credential) {
  gnutls_certificate_credentials_t made = nullptr;
  int status = gnutls_certificate_allocate_credentials(&made);
  PoshCertificate::Credentials credentials(
      made, &gnutls_certificate_free_credentials);
  if (status == GNUTLS_E_SUCCESS) {
    std::string chain = ToPem(credential.chain());
    std::string key = KeyToPem(credential);
    const gnutls_datum_t chain_datum = DatumOf(chain), key_datum = DatumOf(key);
    status = gnutls_certificate_set_x509_key_mem(made, &chain_datum, &key_datum,
                                                 GNUTLS_X509_FMT_PEM);
    ClearSecret(key);
  }
  if (status >= 0) return credentials;
  return Failure(std::string("GnuTLS: ") + gnutls_strerror(status));
}

Result<PoshCertificate::Credentials, std::string> Load(
    const CredentialFiles& files) {
  const auto loaded = CredentialSource({files}).Load();
  if (!loaded) return Failure(loaded.error());
  return ToGnuTls(*(*loaded)->front());
}

}  // namespace

PoshCertificate::PoshCertificate(
    CredentialFiles files, std::function<void(const std::string&)> on_trouble)
    : files_(std::move(files)), on_trouble_(std::move(on_trouble)) {}

PoshCertificate::Credentials PoshCertificate::Current(Instant now) {
  const std::lock_guard lock(mutex_);
  if (now >= next_look_) {
    next_look_ = now + kLook;
    Look();
  }
  return current_;
}

// The stamps are from before the reading: what changes meanwhile looks changed
// the next time.
void PoshCertificate::Look() {
  const Stamps stamps{StampOf(files_.chain), StampOf(files_.key)};
  if (stamps == served_ || (stamps == broken_ && was_told_)) return;
  auto loaded = Load(files_);
  if (!loaded) return OnBroken(stamps, loaded.error());
  current_ = *std::move(loaded);
  served_ = stamps;
  broken_ = {};
  was_told_ = false;
}

// A chain and a key are not replaced in one moment: told of is what stays so.
void PoshCertificate::OnBroken(const Stamps& stamps, const std::string& error) {
  was_told_ = stamps == broken_;
  broken_ = stamps;
  if (!was_told_) return;
  on_trouble_("the web server of posh.serve keeps its former certificate: " +
              error);
}

}  // namespace danegate
