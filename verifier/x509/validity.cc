#include "verifier/x509/validity.h"

#include <openssl/asn1.h>
#include <openssl/err.h>

#include <cstdint>

#include "verifier/check.h"

namespace danegate {
namespace {

std::optional<UnixTime> ToUnixTime(const ASN1_TIME* time) {
  const bssl::UniquePtr<ASN1_TIME> epoch(ASN1_TIME_set(nullptr, 0));
  DANEGATE_CHECK(epoch != nullptr);
  int days = 0, seconds = 0;
  const bool ok = ASN1_TIME_diff(&days, &seconds, epoch.get(), time) == 1;
  ERR_clear_error();
  if (!ok) return std::nullopt;
  return UnixTime{std::int64_t{days} * 86'400 + seconds};
}

}  // namespace

std::optional<Validity> ReadValidity(const X509* certificate) {
  const auto from = ToUnixTime(X509_get0_notBefore(certificate));
  const auto until = ToUnixTime(X509_get0_notAfter(certificate));
  if (!from || !until) return std::nullopt;
  return Validity{*from, *until};
}

}  // namespace danegate
