#include "tenants/credential_source.h"

#include <openssl/mem.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "tenants/config/config_error.h"
#include "tenants/config/credential_files.h"
#include "tenants/config/file_text.h"
#include "verifier/check.h"
#include "verifier/pkix.h"

namespace danegate {
namespace {

std::uint64_t NextId() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

// Empty, or that the file is another than was checked.
std::string WhyChanged(const std::string& path, FileStamp stamp) {
  if (stamp == 0 || StampOf(path) == stamp) return "";
  return InQuotes(path) +
         " has changed since it was checked; it is taken up with the next "
         "reload, if it is good";
}

std::string WhyChanged(const CredentialFiles& files) {
  std::string why = WhyChanged(files.chain, files.chain_stamp);
  return why.empty() ? WhyChanged(files.key, files.key_stamp) : why;
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

CredentialSource::CredentialSource(std::vector<CredentialFiles> files,
                                   std::optional<Domain> of)
    : id_(NextId()), files_(std::move(files)), of_(std::move(of)) {
  DANEGATE_CHECK(!files_.empty());
}

CredentialSource::CredentialSource(std::shared_ptr<const CredentialSet> loaded)
    : id_(NextId()), loaded_(std::move(loaded)) {
  DANEGATE_CHECK(loaded_ != nullptr && !loaded_->empty());
}

bool CredentialSource::HasChanged() const {
  return std::any_of(
      files_.begin(), files_.end(),
      [](const CredentialFiles& files) { return !WhyChanged(files).empty(); });
}

Result<std::shared_ptr<const CredentialSet>, std::string>
CredentialSource::Load() const {
  if (loaded_ != nullptr) return loaded_;
  auto set = std::make_shared<CredentialSet>();
  for (const CredentialFiles& files : files_) {
    auto credential = LoadOne(files);
    // Also where it cannot be read: that it is another explains more.
    if (auto why = WhyChanged(files); !why.empty()) return Failure(why);
    if (!credential) return Failure(credential.error());
    if (of_ && !MatchesIdentity((*credential)->chain().der(0), *of_)) {
      return Failure(InQuotes(files.chain) +
                     ": the certificate does not name " + of_->ascii() +
                     "; put the tenant's own there");
    }
    set->push_back(*std::move(credential));
  }
  return std::shared_ptr<const CredentialSet>(std::move(set));
}

}  // namespace danegate
