#include "tenants/config/credential_files.h"

#include <openssl/mem.h>

#include <chrono>
#include <optional>
#include <utility>

#include "tenants/config/certificate_facts.h"
#include "tenants/config/file_text.h"
#include "verifier/rfc3339.h"

namespace danegate {
namespace {

constexpr std::size_t kMostRootsOctets = 16 << 20;
constexpr std::chrono::hours kEndsSoon{24 * 14};

// The text of the file that a setting names.
std::optional<std::string> ReadNamed(const Fields& fields, std::string_view key,
                                     Secrecy secrecy, FileLog* log) {
  if (!fields.Has(key)) return std::nullopt;
  auto text = ReadWholeFile(PathBeside(log->file(), fields.Text(key)),
                            kMostPemOctets, secrecy);
  if (text) return *std::move(text);
  log->Error(fields.At(key), std::string(key) + ": " + text.error());
  return std::nullopt;
}

bool IsGoodChain(const std::string& pem, Position at, FileLog* log) {
  const auto chain = CertificateChain::ParsePem(pem);
  if (!chain) {
    log->Error(at, chain.error());
    return false;
  }
  for (std::size_t i = 0; i < chain->size(); ++i) {
    if (IsCertificate(chain->der(i))) continue;
    log->Error(at, "expected X.509 certificates; number " +
                       std::to_string(i + 1) +
                       " of the chain is none; remove it");
    return false;
  }
  return true;
}

// Whether the leaf is valid now; says so if not, or not for long.
bool IsCurrent(const Credential& credential, UnixTime now, Position at,
               FileLog* log) {
  const UnixTime begin = credential.not_before();
  const UnixTime end = credential.not_after();
  if (now < begin) {
    log->Error(at, "the certificate is not valid before " + ToRfc3339(begin) +
                       "; check the clock, or wait");
    return false;
  }
  if (now > end) {
    log->Error(at, "the certificate ended at " + ToRfc3339(end) +
                       "; renew it, with the same key if TLSA records name it");
    return false;
  }
  if (end - now < kEndsSoon) {
    log->Warn(at, "the certificate ends at " + ToRfc3339(end) +
                      ", in less than 14 days; renew it");
  }
  return true;
}

}  // namespace

std::optional<CredentialFiles> PathsOf(const Fields& fields,
                                       CredentialKeys keys,
                                       const FileLog& log) {
  if (!fields.Has(keys.chain) || !fields.Has(keys.key)) return std::nullopt;
  return CredentialFiles{
      .chain = PathBeside(log.file(), fields.Text(keys.chain)),
      .key = PathBeside(log.file(), fields.Text(keys.key))};
}

std::shared_ptr<const Credential> ReadCredential(const Fields& fields,
                                                 CredentialKeys keys,
                                                 UnixTime now, FileLog* log) {
  const auto chain = ReadNamed(fields, keys.chain, Secrecy::kPublic, log);
  auto key = ReadNamed(fields, keys.key, Secrecy::kOwnerOnly, log);
  const bool good_chain =
      chain.has_value() && IsGoodChain(*chain, fields.At(keys.chain), log);
  if (!good_chain || !key.has_value()) return nullptr;
  auto credential = Credential::FromPem(*chain, *key);
  OPENSSL_cleanse(key->data(), key->size());
  if (!credential) {
    log->Error(fields.At(keys.key), credential.error());
    return nullptr;
  }
  if (!IsCurrent(**credential, now, fields.At(keys.chain), log)) return nullptr;
  return *std::move(credential);
}

std::shared_ptr<const TrustStore> TrustFiles::Read(const Fields& fields,
                                                   std::string_view key,
                                                   FileLog* log) {
  const std::string path = PathBeside(log->file(), fields.Text(key));
  const std::lock_guard lock(mutex_);
  const auto known = stores_.find(path);
  if (known != stores_.end()) return known->second;
  const auto text = ReadWholeFile(path, kMostRootsOctets, Secrecy::kPublic);
  if (!text) {
    log->Error(fields.At(key), std::string(key) + ": " + text.error());
    return nullptr;
  }
  auto store = TrustStore::FromPem(*text);
  if (!store) {
    log->Error(fields.At(key),
               std::string(key) + ": " + InQuotes(path) + ": " + store.error());
    return nullptr;
  }
  return stores_[path] = std::make_shared<const TrustStore>(*std::move(store));
}

void TrustFiles::Forget(const std::string& path) {
  const std::lock_guard lock(mutex_);
  stores_.erase(path);
}

}  // namespace danegate
