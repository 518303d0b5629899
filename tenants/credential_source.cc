#include "tenants/credential_source.h"

#include <openssl/mem.h>

#include <atomic>
#include <utility>

#include "tenants/config/config_error.h"
#include "tenants/config/credential_files.h"
#include "tenants/config/file_text.h"
#include "verifier/check.h"

namespace danegate {
namespace {

std::uint64_t NextId() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

Result<std::shared_ptr<const Credential>, std::string> LoadOne(
    const CredentialFiles& files) {
  auto chain = ReadWholeFile(files.chain, kMostPemOctets, Secrecy::kPublic);
  if (!chain) return Failure(chain.error());
  auto key = ReadWholeFile(files.key, kMostPemOctets, Secrecy::kOwnerOnly);
  if (!key) return Failure(key.error());
  auto credential = Credential::FromPem(*chain, *key);
  OPENSSL_cleanse(key->data(), key->size());
  if (!credential) {
    return Failure(InQuotes(files.chain) + ", " + InQuotes(files.key) + ": " +
                   credential.error());
  }
  return credential;
}

}  // namespace

CredentialSource::CredentialSource(std::vector<CredentialFiles> files)
    : id_(NextId()), files_(std::move(files)) {
  DANEGATE_CHECK(!files_.empty());
}

CredentialSource::CredentialSource(std::shared_ptr<const CredentialSet> loaded)
    : id_(NextId()), loaded_(std::move(loaded)) {
  DANEGATE_CHECK(loaded_ != nullptr && !loaded_->empty());
}

Result<std::shared_ptr<const CredentialSet>, std::string>
CredentialSource::Load() const {
  if (loaded_ != nullptr) return loaded_;
  auto set = std::make_shared<CredentialSet>();
  for (const CredentialFiles& files : files_) {
    auto credential = LoadOne(files);
    if (!credential) return Failure(credential.error());
    set->push_back(*std::move(credential));
  }
  return std::shared_ptr<const CredentialSet>(std::move(set));
}

}  // namespace danegate
