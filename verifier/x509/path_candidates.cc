#include "verifier/x509/path_candidates.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "verifier/check.h"

namespace danegate {

namespace {

using Path = std::vector<X509*>;

constexpr std::size_t kMaxNameText = 200;

// Escaped, so that a peer's certificate cannot write log lines.
std::string NameText(const X509_NAME* name) {
  const bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  const std::uint8_t* data = nullptr;
  std::size_t size = 0;
  const bool ok =
      X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253) >= 0 &&
      BIO_mem_contents(bio.get(), &data, &size) == 1;
  ERR_clear_error();
  if (!ok) return "a name that cannot be read";
  return "\"" +
         std::string(reinterpret_cast<const char*>(data),
                     std::min(size, kMaxNameText)) +
         "\"";
}

// Names, key identifiers and the right to sign certificates fit.
bool MayHaveIssued(X509* issuer, X509* certificate) {
  const bool may = X509_check_issued(issuer, certificate) == X509_V_OK;
  ERR_clear_error();
  return may;
}

bool Contains(const Path& path, X509* certificate) {
  return std::any_of(path.begin(), path.end(), [&](X509* other) {
    return X509_cmp(other, certificate) == 0;
  });
}

std::string DeadEndText(const Path& path) {
  X509* last = path.back();
  const std::string place =
      path.size() == 1
          ? "the leaf"
          : "certificate " + std::to_string(path.size()) + " of the path";
  if (MayHaveIssued(last, last)) {
    return place + ", " + NameText(X509_get_subject_name(last)) +
           ", is self-signed and no trust anchor";
  }
  return "the issuer of " + place + ", " +
         NameText(X509_get_issuer_name(last)) +
         ", is neither in the chain nor a trust anchor";
}

class Lister {
 public:
  Lister(const ParsedChain& chain, std::size_t usable,
         std::span<X509* const> anchors)
      : chain_(chain),
        usable_(std::min(usable, chain.size())),
        anchors_(anchors) {}

  PathCandidates List() {
    path_ = {chain_.leaf()};
    longest_ = path_;
    for (X509* anchor : anchors_) {
      if (Contains(path_, anchor)) found_.paths.push_back(path_);
    }
    Extend();
    if (found_.paths.empty()) found_.dead_end = DeadEndText(longest_);
    return std::move(found_);
  }

 private:
  void Extend() {
    if (steps_++ == PathCandidates::kMaxSteps) found_.truncated = true;
    if (found_.truncated) return;
    if (path_.size() > longest_.size()) longest_ = path_;
    for (X509* anchor : anchors_) {
      if (Contains(path_, anchor) || !MayHaveIssued(anchor, path_.back())) {
        continue;
      }
      found_.paths.push_back(path_);
      found_.paths.back().push_back(anchor);
    }
    for (std::size_t i = 1; i < usable_; ++i) Follow(chain_.at(i));
  }

  void Follow(X509* issuer) {
    if (issuer == nullptr || Contains(path_, issuer) ||
        !MayHaveIssued(issuer, path_.back())) {
      return;
    }
    path_.push_back(issuer);
    Extend();
    path_.pop_back();
  }

  const ParsedChain& chain_;
  const std::size_t usable_;
  const std::span<X509* const> anchors_;
  PathCandidates found_;
  Path path_;
  Path longest_;
  std::size_t steps_ = 0;
};

}  // namespace

PathCandidates ListPaths(const ParsedChain& chain, std::size_t usable,
                         std::span<X509* const> anchors) {
  DANEGATE_CHECK(chain.leaf() != nullptr);
  return Lister(chain, usable, anchors).List();
}

}  // namespace danegate
