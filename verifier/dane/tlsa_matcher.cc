#include "verifier/dane/tlsa_matcher.h"

#include <algorithm>
#include <utility>

#include "verifier/dane/usable_records.h"

namespace danegate {

namespace {

constexpr std::uint8_t kPkixTa = 0;
constexpr std::uint8_t kPkixEe = 1;
constexpr std::uint8_t kDaneTa = 2;
constexpr std::uint8_t kDaneEe = 3;

TlsaMatch NoMatch(Reason reason, std::string detail) {
  TlsaMatch match{};
  match.kind = TlsaMatch::Kind::kNoMatch;
  match.reason = reason;
  match.detail = std::move(detail);
  return match;
}

TlsaMatch Matched(const TlsaRecord& record, Prooftype prooftype,
                  std::string detail) {
  TlsaMatch match{};
  match.kind = TlsaMatch::Kind::kMatch;
  match.reason = Reason::kMatched;
  match.prooftype = prooftype;
  match.record = record;
  match.detail = std::move(detail);
  return match;
}

// How near a failure came to a match; the nearest is what gets reported.
int Nearness(Reason reason) {
  if (reason == Reason::kWrongName) return 3;
  if (reason == Reason::kExpired) return 2;
  return reason == Reason::kUntrustedPath ? 1 : 0;
}

std::string NamesText(std::span<const Domain> names) {
  std::string text;
  for (const Domain& name : names) {
    if (!text.empty()) text += " or ";
    text += name.ascii();
  }
  return text.empty() ? "any reference identity (there is none)" : text;
}

// "certificate 2 of the chain"
std::string What(const TlsaRecord& record, std::size_t index) {
  return std::string(record.selector == 0 ? "certificate"
                                          : "the public key of certificate") +
         " " + std::to_string(index + 1) + " of the chain";
}

std::string Numbers(const TlsaRecord& record) {
  return "the record " + std::to_string(record.usage) + " " +
         std::to_string(record.selector) + " " +
         std::to_string(record.matching);
}

bool IsMatch(const TlsaMatch& match) {
  return match.kind == TlsaMatch::Kind::kMatch;
}

TlsaMatch FitsNothing(const TlsaRecord& record) {
  return NoMatch(
      Reason::kNoMatch,
      Numbers(record) + (record.usage == kDaneEe || record.usage == kPkixEe
                             ? " does not match the leaf"
                             : " matches no CA of the chain"));
}

TlsaMatch AllUnusable(std::size_t count, const std::string& why) {
  TlsaMatch match{};
  match.kind = TlsaMatch::Kind::kUnusable;
  match.reason = Reason::kAllUnusable;
  match.detail = count == 0 ? "there is no TLSA record"
                            : "no TLSA record can be used: " + why;
  return match;
}

}  // namespace

TlsaMatcher::TlsaMatcher(const CertificateChain& chain, const TrustStore& trust,
                         UnixTime at)
    : paths_(chain, trust.roots(), at) {
  for (std::size_t i = 0; i < paths_.chain().size(); ++i) {
    certificates_.emplace_back(chain.der(i));
  }
}

TlsaMatch TlsaMatcher::Match(std::span<const TlsaRecord> rrset,
                             std::span<const Domain> names) {
  const UsableRecords usable = SelectUsable(rrset);
  if (usable.records.empty()) {
    return AllUnusable(rrset.size(), usable.why_unusable);  // D-50
  }
  std::optional<TlsaMatch> nearest;
  for (const TlsaRecord& record : usable.records) {
    TlsaMatch match = Try(record, names);
    if (IsMatch(match)) return match;
    if (!nearest || Nearness(match.reason) > Nearness(nearest->reason)) {
      nearest = std::move(match);
    }
  }
  // What was not looked at may have matched (D-22).
  if (paths_.exhausted()) nearest->reason = Reason::kBudgetExhausted;
  return *std::move(nearest);
}

TlsaMatch TlsaMatcher::Try(const TlsaRecord& record,
                           std::span<const Domain> names) {
  if (record.usage == kDaneTa) return TryTrustAnchor(record, names);
  if (record.usage == kPkixTa) return TryPkixTrustAnchor(record, names);
  return TryEndEntity(record, names);
}

TlsaMatch TlsaMatcher::TryEndEntity(const TlsaRecord& record,
                                    std::span<const Domain> names) {
  if (!certificates_.front().Matches(record)) return FitsNothing(record);
  // D-42: no name, no date, no path, no key usage.
  if (record.usage == kDaneEe) {
    return Matched(record, Prooftype::kDaneEe,
                   Numbers(record) + " matches " + What(record, 0));
  }
  return Judge(record, What(record, 0), Prooftype::kPkixEe, paths_.ToRoot(),
               names);  // D-47
}

// D-46: any CA from the leaf's issuer to the root, and beyond.
TlsaMatch TlsaMatcher::TryPkixTrustAnchor(const TlsaRecord& record,
                                          std::span<const Domain> names) {
  for (const auto& der : paths_.CasToRoot()) {
    if (!ComparedCertificate(der).Matches(record)) continue;
    return Judge(record, "a CA of the path", Prooftype::kPkixTa,
                 paths_.ToRoot(), names);
  }
  const auto authority = FindAuthority(record, 1);
  if (!authority) return FitsNothing(record);
  if (!paths_.ToRoot().valid()) {
    return Judge(record, What(record, *authority), Prooftype::kPkixTa,
                 paths_.ToRoot(), names);
  }
  return NoMatch(Reason::kUntrustedPath,
                 Numbers(record) + " matches " + What(record, *authority) +
                     ", which is not on the leaf's path");
}

std::optional<std::size_t> TlsaMatcher::FindAuthority(const TlsaRecord& record,
                                                      std::size_t from) {
  const DerSpan leaf = certificates_.front().der();
  for (std::size_t i = from; i < certificates_.size(); ++i) {
    const DerSpan der = certificates_[i].der();
    if (std::equal(der.begin(), der.end(), leaf.begin(), leaf.end())) continue;
    if (certificates_[i].Matches(record)) return i;
  }
  return std::nullopt;
}

TlsaMatch TlsaMatcher::TryTrustAnchor(const TlsaRecord& record,
                                      std::span<const Domain> names) {
  std::optional<TlsaMatch> nearest;
  for (auto i = FindAuthority(record, 1); i;
       i = FindAuthority(record, *i + 1)) {
    const CertificatePath& path =
        record.selector == 0 ? paths_.ToCertificate(certificates_[*i].der())
                             : paths_.ToKey(certificates_[*i].public_key());
    TlsaMatch match =
        Judge(record, What(record, *i), Prooftype::kDaneTa, path, names);
    if (IsMatch(match)) return match;
    if (!nearest || Nearness(match.reason) > Nearness(nearest->reason)) {
      nearest = std::move(match);
    }
  }
  if (nearest) return *std::move(nearest);
  return record.matching == 0 ? TrySuppliedAnchor(record, names)
                              : FitsNothing(record);
}

// D-45: full data is the trust anchor itself; the chain may leave it out.
TlsaMatch TlsaMatcher::TrySuppliedAnchor(const TlsaRecord& record,
                                         std::span<const Domain> names) {
  // The leaf is no authority over itself.
  if (record.selector == 0 && certificates_.front().Matches(record)) {
    return FitsNothing(record);
  }
  const CertificatePath& path = record.selector == 0
                                    ? paths_.ToCertificate(record.data)
                                    : paths_.ToKey(record.data);
  return Judge(record, "an authority that it holds itself", Prooftype::kDaneTa,
               path, names);
}

TlsaMatch TlsaMatcher::Judge(const TlsaRecord& record, const std::string& what,
                             Prooftype prooftype, const CertificatePath& path,
                             std::span<const Domain> names) const {
  const std::string fits = Numbers(record) + " matches " + what;
  if (!path.valid())
    return NoMatch(path.reason, fits + ", but " + path.problem);
  for (const Domain& name : names) {
    if (!PresentsIdentity(certificates_.front().der(), name, path.forms)) {
      continue;
    }
    TlsaMatch match =
        Matched(record, prooftype, fits + "; the leaf names " + name.ascii());
    match.matched_name = name.ascii();  // C-06
    match.not_after = path.not_after;   // D-61
    return match;
  }
  return NoMatch(Reason::kWrongName,
                 fits + ", but the leaf does not name " + NamesText(names));
}

}  // namespace danegate
