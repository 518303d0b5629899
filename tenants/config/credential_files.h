// Certificates, keys and roots that settings point to, read and checked.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "tenants/config/config_error.h"
#include "tenants/config/fields.h"
#include "tenants/credential_source.h"
#include "verifier/credential.h"
#include "verifier/domain.h"
#include "verifier/instant.h"
#include "verifier/pkix.h"

namespace danegate {

// The settings that name a certificate chain and its key.
struct CredentialKeys {
  std::string_view chain;  // "edge.certificate.chain"
  std::string_view key;    // "edge.certificate.key"
};

// A PEM file of a chain, or of a key, is not larger.
inline constexpr std::size_t kMostPemOctets = 1 << 20;

// The paths of both files, absolute; nothing if either is not given.
std::optional<CredentialFiles> PathsOf(const Fields&, CredentialKeys,
                                       const FileLog&);

// ReadCredential reads both files. Nothing comes back, and `log` says why, if
// either is missing, unreadable, not what it should be, or does not fit the
// other; if others may read the key (E7); if the certificate has ended or not
// begun. One that ends within 14 days is a warning.
std::shared_ptr<const Credential> ReadCredential(const Fields&, CredentialKeys,
                                                 UnixTime now, FileLog* log);

// TrustFiles reads a file of trusted roots once, whoever names it, until
// Forget(). Thread: any; it takes a lock.
class TrustFiles {
 public:
  // The file that the setting names. Null, and `log` says why, if it holds no
  // such roots.
  std::shared_ptr<const TrustStore> Read(const Fields&, std::string_view key,
                                         FileLog* log);
  // The file has changed.
  void Forget(const std::string& path);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const TrustStore>> stores_;
};

}  // namespace danegate
