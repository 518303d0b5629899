#include "proxy/tls/edge_ca.h"

#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/x509.h>

#include <algorithm>
#include <list>
#include <unordered_map>
#include <utility>
#include <vector>

#include "proxy/tls/leaf_signer.h"
#include "verifier/check.h"
#include "verifier/credential_ca.h"

namespace danegate {
namespace {

bool IsSelfIssued(const X509* certificate) {
  return X509_NAME_cmp(X509_get_subject_name(certificate),
                       X509_get_issuer_name(certificate)) == 0;
}

// Why the certificate cannot sign others, or empty.
std::string WhyNotCa(const Credential& ca, UnixTime now) {
  if (std::string why = WhyNoCaCertificate(ca); !why.empty()) return why;
  if (now >= ca.not_after()) {
    return "the CA certificate has expired: make a new one with "
           "deploy/edge-ca and give it to the backends";
  }
  if (now < ca.not_before()) {
    return "the CA certificate is not valid yet: is the clock right?";
  }
  return WhyNoCaKey(ca);
}

bssl::UniquePtr<EVP_PKEY> NewP256Key() {
  bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  DANEGATE_CHECK(ec != nullptr && key != nullptr &&
                 EC_KEY_generate_key(ec.get()) == 1 &&
                 EVP_PKEY_set1_EC_KEY(key.get(), ec.get()) == 1);
  return key;
}

// What has to follow a leaf: the CA's chain without self-issued roots, which a
// backend has or does not trust.
std::vector<bssl::UniquePtr<CRYPTO_BUFFER>> Intermediates(
    const CertificateChain& ca) {
  std::vector<bssl::UniquePtr<CRYPTO_BUFFER>> intermediates;
  for (std::size_t i = 0; i < ca.size(); ++i) {
    const bssl::UniquePtr<X509> parsed(X509_parse_from_buffer(ca.buffer(i)));
    if (parsed != nullptr && IsSelfIssued(parsed.get())) continue;
    intermediates.push_back(bssl::UpRef(ca.buffer(i)));
  }
  ERR_clear_error();
  return intermediates;
}

}  // namespace

class EdgeCa::State {
 public:
  explicit State(std::shared_ptr<const Credential> ca)
      : not_after_(ca->not_after()),
        leaf_key_(NewP256Key()),
        intermediates_(Intermediates(ca->chain())),
        signer_(std::move(ca), leaf_key_.get()) {}

  std::shared_ptr<const Credential> Mint(const Domain&, UnixTime now);

 private:
  struct Kept {
    std::shared_ptr<const Credential> credential;
    std::list<Domain>::iterator use;
  };

  std::shared_ptr<const Credential> Sign(const Domain&, UnixTime now) const;
  void Keep(const Domain&, std::shared_ptr<const Credential>);

  UnixTime not_after_;
  bssl::UniquePtr<EVP_PKEY> leaf_key_;  // one for all: backends compare names
  std::vector<bssl::UniquePtr<CRYPTO_BUFFER>> intermediates_;
  LeafSigner signer_;
  std::list<Domain> uses_;  // most recent first
  std::unordered_map<Domain, Kept> kept_;
};

std::shared_ptr<const Credential> EdgeCa::State::Mint(const Domain& domain,
                                                      UnixTime now) {
  const auto found = kept_.find(domain);
  if (found != kept_.end()) {
    const auto& credential = found->second.credential;
    uses_.splice(uses_.begin(), uses_, found->second.use);
    // A clock that was set back makes what was minted before invalid, too.
    if (now >= credential->not_before() &&
        now + kRenewBefore < credential->not_after()) {
      return credential;
    }
  }
  auto credential = Sign(domain, now);
  Keep(domain, credential);
  return credential;
}

std::shared_ptr<const Credential> EdgeCa::State::Sign(const Domain& domain,
                                                      UnixTime now) const {
  std::vector<bssl::UniquePtr<CRYPTO_BUFFER>> chain;
  chain.push_back(signer_.Sign(domain,
                               UnixTime{now.seconds - kBackdate.count()},
                               std::min(now + kLifetime, not_after_)));
  for (const auto& intermediate : intermediates_) {
    chain.push_back(bssl::UpRef(intermediate));
  }
  return Credential::FromParts(CertificateChain(std::move(chain)),
                               bssl::UpRef(leaf_key_));
}

void EdgeCa::State::Keep(const Domain& domain,
                         std::shared_ptr<const Credential> credential) {
  const auto found = kept_.find(domain);
  if (found != kept_.end()) {
    found->second.credential = std::move(credential);
    return;
  }
  if (kept_.size() == kMaxKept) {
    kept_.erase(uses_.back());
    uses_.pop_back();
  }
  uses_.push_front(domain);
  kept_.emplace(domain, Kept{std::move(credential), uses_.begin()});
}

Result<EdgeCa, std::string> EdgeCa::Create(std::shared_ptr<const Credential> ca,
                                           UnixTime now) {
  std::string why = WhyNotCa(*ca, now);
  if (!why.empty()) return Failure(std::move(why));
  return EdgeCa(std::make_unique<State>(std::move(ca)));
}

EdgeCa::EdgeCa(std::unique_ptr<State> state) : state_(std::move(state)) {}
EdgeCa::~EdgeCa() = default;
EdgeCa::EdgeCa(EdgeCa&&) noexcept = default;
EdgeCa& EdgeCa::operator=(EdgeCa&&) noexcept = default;

std::shared_ptr<const Credential> EdgeCa::Mint(const ProvenDomain& peer,
                                               UnixTime now) {
  return state_->Mint(peer.domain(), now);
}

}  // namespace danegate
