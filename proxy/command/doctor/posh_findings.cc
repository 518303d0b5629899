#include "proxy/command/doctor/posh_findings.h"

#include <algorithm>

namespace danegate {
namespace {

constexpr unsigned kOk = 200;

}  // namespace

PublishedPosh::PublishedPosh(const DomainFacts& facts) : facts_(facts) {
  for (const PoshFetch& fetch : facts.posh) {
    if (fetch.reply.status != kOk) continue;
    auto document = PoshDocument::Parse(fetch.reply.body);
    if (document) {
      documents_.push_back(*std::move(document));
    } else {
      mistake_ = document.error();
    }
  }
}

const PoshDocument* PublishedPosh::Fingerprints() const {
  if (documents_.empty() || HasExpired()) return nullptr;
  return documents_.back().reference() ? nullptr : &documents_.back();
}

bool PublishedPosh::HasExpired() const {
  return std::any_of(
      documents_.begin(), documents_.end(),
      [](const auto& document) { return document.expires().count() == 0; });
}

bool PublishedPosh::Proves(const CertificateChain& chain, UnixTime at) const {
  const PoshDocument* const document = Fingerprints();
  return document != nullptr &&
         document->Match(chain, at).reason == Reason::kMatched;
}

std::vector<Finding> PublishedPosh::Check(
    const std::vector<CertificateChain>& chains,
    const Expectation& expected) const {
  if (documents_.empty() && mistake_.empty()) return {};
  const PoshDocument* const document = Fingerprints();
  if (document == nullptr) return {Broken(expected)};
  for (const CertificateChain& chain : chains) {
    const PoshMatch match = document->Match(chain, expected.now);
    if (match.reason != Reason::kMatched) return {Compare(match, expected)};
  }
  return {};
}

Finding PublishedPosh::Broken(const Expectation& expected) const {
  const std::string whose = "the POSH document of " + facts_.domain.ascii();
  const std::vector<std::string> text{DocumentFor(expected)};
  if (HasExpired()) {
    return {Severity::kError, Mistake::kPoshExpired,
            whose + " says that it is no longer valid (\"expires\": 0)",
            "publish a valid one", text};
  }
  if (!documents_.empty()) {
    return {Severity::kError, Mistake::kPoshWrongReference,
            whose + " refers to " + documents_.front().reference()->ToText() +
                ", where there is none: " +
                (mistake_.empty() ? facts_.posh_end : mistake_),
            "publish instead", text};
  }
  return {Severity::kError, Mistake::kPoshUnusable,
          whose + " cannot be used: " + mistake_, "publish instead", text};
}

Finding PublishedPosh::Compare(const PoshMatch& match,
                               const Expectation& expected) const {
  const std::string whose = "the POSH document of " + facts_.domain.ascii();
  const std::vector<std::string> text{DocumentFor(expected)};
  if (match.reason == Reason::kExpired) {
    return {Severity::kError, Mistake::kPoshExpired,
            whose + " names the certificate, but " + match.detail,
            "serve a certificate that is valid"};
  }
  const auto& reference = documents_.front().reference();
  if (reference) {
    return {Severity::kError, Mistake::kPoshWrongReference,
            whose + " refers to " + reference->ToText() +
                ", which is about another certificate: " + match.detail,
            "publish instead", text};
  }
  return {Severity::kError, Mistake::kPoshMismatch,
          whose + " lacks the certificate that is served: " + match.detail,
          "publish instead", text};
}

std::string PublishedPosh::DocumentFor(const Expectation& expected) const {
  for (const PublishedDocument& one : expected.records.documents) {
    if (one.domain == facts_.domain) return one.text;
  }
  return {};
}

}  // namespace danegate
