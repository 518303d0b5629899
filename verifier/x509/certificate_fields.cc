#include "verifier/x509/certificate_fields.h"

#include <openssl/bytestring.h>

#include <algorithm>

namespace danegate {

namespace {

constexpr auto kVersion = CBS_ASN1_CONSTRUCTED | CBS_ASN1_CONTEXT_SPECIFIC | 0;
constexpr auto kIssuerUniqueId = CBS_ASN1_CONTEXT_SPECIFIC | 1;
constexpr auto kSubjectUniqueId = CBS_ASN1_CONTEXT_SPECIFIC | 2;
constexpr auto kExtensions =
    CBS_ASN1_CONSTRUCTED | CBS_ASN1_CONTEXT_SPECIFIC | 3;

CBS Read(DerSpan der) {
  CBS cbs;
  CBS_init(&cbs, der.data(), der.size());
  return cbs;
}

DerSpan Span(const CBS& cbs) { return {CBS_data(&cbs), CBS_len(&cbs)}; }

bool TakeSequence(CBS* from, DerSpan* element) {
  CBS sequence;
  if (!CBS_get_asn1_element(from, &sequence, CBS_ASN1_SEQUENCE)) return false;
  *element = Span(sequence);
  return true;
}

// The contents of the extensions' SEQUENCE OF; empty if there are none.
bool TakeExtensions(CBS rest, CBS* extensions) {
  CBS wrapped;
  int present = 0;
  CBS_init(extensions, nullptr, 0);
  if (!CBS_get_optional_asn1(&rest, nullptr, nullptr, kIssuerUniqueId) ||
      !CBS_get_optional_asn1(&rest, nullptr, nullptr, kSubjectUniqueId) ||
      !CBS_get_optional_asn1(&rest, &wrapped, &present, kExtensions) ||
      CBS_len(&rest) != 0) {
    return false;
  }
  return !present || (CBS_get_asn1(&wrapped, extensions, CBS_ASN1_SEQUENCE) &&
                      CBS_len(&wrapped) == 0);
}

bool TakeExtension(CBS* extensions, DerSpan* oid, DerSpan* value) {
  CBS extension, type, contents;
  if (!CBS_get_asn1(extensions, &extension, CBS_ASN1_SEQUENCE) ||
      !CBS_get_asn1(&extension, &type, CBS_ASN1_OBJECT) ||
      !CBS_get_optional_asn1(&extension, nullptr, nullptr, CBS_ASN1_BOOLEAN) ||
      !CBS_get_asn1(&extension, &contents, CBS_ASN1_OCTETSTRING) ||
      CBS_len(&extension) != 0) {
    return false;
  }
  *oid = Span(type);
  *value = Span(contents);
  return true;
}

}  // namespace

std::optional<CertificateFields> CertificateFields::Find(DerSpan certificate) {
  CertificateFields fields;
  CBS input = Read(certificate), outer, tbs;
  DerSpan skipped;
  if (!CBS_get_asn1(&input, &outer, CBS_ASN1_SEQUENCE) ||
      CBS_len(&input) != 0 || !CBS_get_asn1(&outer, &tbs, CBS_ASN1_SEQUENCE) ||
      !CBS_get_optional_asn1(&tbs, nullptr, nullptr, kVersion) ||
      !CBS_get_asn1(&tbs, nullptr, CBS_ASN1_INTEGER) ||
      !TakeSequence(&tbs, &skipped) ||  // signature algorithm
      !TakeSequence(&tbs, &fields.issuer) ||
      !TakeSequence(&tbs, &skipped) ||  // validity
      !TakeSequence(&tbs, &fields.subject) ||
      !TakeSequence(&tbs, &fields.public_key)) {
    return std::nullopt;
  }
  fields.rest = Span(tbs);
  return fields;
}

std::optional<DerSpan> CertificateFields::FindExtension(DerSpan oid) const {
  CBS extensions;
  if (!TakeExtensions(Read(rest), &extensions)) return std::nullopt;
  std::optional<DerSpan> found;
  while (CBS_len(&extensions) != 0) {
    DerSpan type, value;
    if (!TakeExtension(&extensions, &type, &value)) return std::nullopt;
    if (!std::equal(type.begin(), type.end(), oid.begin(), oid.end())) continue;
    if (found) return std::nullopt;
    found = value;
  }
  return found;
}

}  // namespace danegate
