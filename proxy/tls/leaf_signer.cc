#include "proxy/tls/leaf_signer.h"

#include <openssl/asn1.h>
#include <openssl/bytestring.h>
#include <openssl/mem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <cstdio>
#include <string_view>

#include "verifier/check.h"

namespace danegate {
namespace {

using Bytes = std::vector<std::uint8_t>;

// Object identifiers, the contents of their DER.
constexpr std::uint8_t kEcdsaWithSha256[] = {0x2a, 0x86, 0x48, 0xce,
                                             0x3d, 0x04, 0x03, 0x02};
constexpr std::uint8_t kRsaWithSha256[] = {0x2a, 0x86, 0x48, 0x86, 0xf7,
                                           0x0d, 0x01, 0x01, 0x0b};
constexpr std::uint8_t kServerAuth[] = {0x2b, 0x06, 0x01, 0x05,
                                        0x05, 0x07, 0x03, 0x01};
constexpr std::uint8_t kClientAuth[] = {0x2b, 0x06, 0x01, 0x05,
                                        0x05, 0x07, 0x03, 0x02};
constexpr std::uint8_t kSubjectKeyId[] = {0x55, 0x1d, 0x0e};
constexpr std::uint8_t kKeyUsage[] = {0x55, 0x1d, 0x0f};
constexpr std::uint8_t kSubjectAltName[] = {0x55, 0x1d, 0x11};
constexpr std::uint8_t kAuthorityKeyId[] = {0x55, 0x1d, 0x23};
constexpr std::uint8_t kExtendedKeyUsage[] = {0x55, 0x1d, 0x25};

constexpr unsigned kExplicit = CBS_ASN1_CONTEXT_SPECIFIC | CBS_ASN1_CONSTRUCTED;

// Writing can only fail for want of memory.
void Must(int ok) { DANEGATE_CHECK(ok == 1); }

template <typename Fill>
Bytes Encode(Fill fill) {
  bssl::ScopedCBB cbb;
  std::uint8_t* data = nullptr;
  std::size_t size = 0;
  Must(CBB_init(cbb.get(), 512));
  fill(cbb.get());
  Must(CBB_finish(cbb.get(), &data, &size));
  const bssl::UniquePtr<std::uint8_t> owner(data);
  return Bytes(data, data + size);
}

// A tag, its length, and what `fill` writes.
template <typename Fill>
void Element(CBB* parent, unsigned tag, Fill fill) {
  CBB contents;
  Must(CBB_add_asn1(parent, &contents, tag));
  fill(&contents);
  Must(CBB_flush(parent));
}

void Put(CBB* parent, std::span<const std::uint8_t> bytes) {
  Must(CBB_add_bytes(parent, bytes.data(), bytes.size()));
}

void Primitive(CBB* parent, unsigned tag,
               std::span<const std::uint8_t> contents) {
  Element(parent, tag, [&](CBB* in) { Put(in, contents); });
}

std::span<const std::uint8_t> Octets(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

enum class Critical { kNo, kYes };

template <typename Fill>
void Extension(CBB* list, std::span<const std::uint8_t> id, Critical critical,
               Fill fill) {
  Element(list, CBS_ASN1_SEQUENCE, [&](CBB* extension) {
    Primitive(extension, CBS_ASN1_OBJECT, id);
    if (critical == Critical::kYes) Must(CBB_add_asn1_bool(extension, 1));
    Element(extension, CBS_ASN1_OCTETSTRING, fill);
  });
}

// UTCTime up to 2049, GeneralizedTime from then on (RFC 5280 4.1.2.5).
void PutTime(CBB* parent, UnixTime time) {
  using namespace std::chrono;
  const sys_seconds at{seconds(time.seconds)};
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss clock(at - day);
  const int year = static_cast<int>(date.year());
  char text[64];
  const int size = std::snprintf(text, sizeof text, "%04d%02u%02u%02d%02d%02dZ",
                                 year, static_cast<unsigned>(date.month()),
                                 static_cast<unsigned>(date.day()),
                                 static_cast<int>(clock.hours().count()),
                                 static_cast<int>(clock.minutes().count()),
                                 static_cast<int>(clock.seconds().count()));
  DANEGATE_CHECK(size == 15);
  const bool utc = year < 2050;
  Primitive(parent, utc ? CBS_ASN1_UTCTIME : CBS_ASN1_GENERALIZEDTIME,
            Octets(std::string_view(text).substr(utc ? 2 : 0)));
}

// 127 random bits: unique, positive, and at most 20 octets (RFC 5280 4.1.2.2).
void PutSerial(CBB* parent) {
  std::uint8_t serial[16];
  RAND_bytes(serial, sizeof serial);
  serial[0] = static_cast<std::uint8_t>((serial[0] & 0x3f) | 0x40);
  Primitive(parent, CBS_ASN1_INTEGER, serial);
}

// Critical because the subject is empty (RFC 5280 4.2.1.6).
void PutSubjectAltName(CBB* list, const Domain& domain) {
  Extension(list, kSubjectAltName, Critical::kYes, [&](CBB* value) {
    Element(value, CBS_ASN1_SEQUENCE, [&](CBB* names) {
      Primitive(names, CBS_ASN1_CONTEXT_SPECIFIC | 2, Octets(domain.ascii()));
    });
  });
}

void PutUsages(CBB* list) {
  Extension(list, kKeyUsage, Critical::kYes, [](CBB* value) {
    constexpr std::uint8_t digital_signature[] = {7, 0x80};  // 7 unused bits
    Primitive(value, CBS_ASN1_BITSTRING, digital_signature);
  });
  Extension(list, kExtendedKeyUsage, Critical::kNo, [](CBB* value) {
    Element(value, CBS_ASN1_SEQUENCE, [](CBB* purposes) {
      Primitive(purposes, CBS_ASN1_OBJECT, kServerAuth);
      Primitive(purposes, CBS_ASN1_OBJECT, kClientAuth);
    });
  });
}

// SHA-1 of the key's BIT STRING (RFC 5280 4.2.1.2, method 1): a name for the
// key, not a protection.
Bytes KeyId(std::span<const std::uint8_t> spki) {
  CBS input, fields, key;
  CBS_init(&input, spki.data(), spki.size());
  Must(CBS_get_asn1(&input, &fields, CBS_ASN1_SEQUENCE) &&
       CBS_get_asn1(&fields, nullptr, CBS_ASN1_SEQUENCE) &&
       CBS_get_asn1(&fields, &key, CBS_ASN1_BITSTRING) && CBS_skip(&key, 1));
  Bytes id(SHA_DIGEST_LENGTH);
  SHA1(CBS_data(&key), CBS_len(&key), id.data());
  return id;
}

Bytes PublicKey(const EVP_PKEY* key) {
  return Encode([&](CBB* cbb) { Must(EVP_marshal_public_key(cbb, key)); });
}

// The CA's own word for its key where it has one: paths are built by it.
Bytes AuthorityKeyId(const X509* ca, const EVP_PKEY* key) {
  const auto* id = X509_get0_subject_key_id(const_cast<X509*>(ca));
  if (id == nullptr) return KeyId(PublicKey(key));
  const std::uint8_t* data = ASN1_STRING_get0_data(id);
  return Bytes(data, data + ASN1_STRING_length(id));
}

void PutKeyIds(CBB* list, const Bytes& own, const Bytes& authority) {
  Extension(list, kSubjectKeyId, Critical::kNo,
            [&](CBB* value) { Primitive(value, CBS_ASN1_OCTETSTRING, own); });
  Extension(list, kAuthorityKeyId, Critical::kNo, [&](CBB* value) {
    Element(value, CBS_ASN1_SEQUENCE, [&](CBB* fields) {
      Primitive(fields, CBS_ASN1_CONTEXT_SPECIFIC | 0, authority);
    });
  });
}

Bytes SignatureAlgorithm(const EVP_PKEY* key) {
  const bool rsa = EVP_PKEY_id(key) == EVP_PKEY_RSA;
  return Encode([&](CBB* cbb) {
    Element(cbb, CBS_ASN1_SEQUENCE, [&](CBB* fields) {
      Primitive(fields, CBS_ASN1_OBJECT,
                rsa ? std::span<const std::uint8_t>(kRsaWithSha256)
                    : std::span<const std::uint8_t>(kEcdsaWithSha256));
      if (rsa) Primitive(fields, CBS_ASN1_NULL, {});  // RFC 4055 5
    });
  });
}

Bytes Name(const X509_NAME* name) {
  std::uint8_t* data = nullptr;
  const int size = i2d_X509_NAME(const_cast<X509_NAME*>(name), &data);
  const bssl::UniquePtr<std::uint8_t> owner(data);
  DANEGATE_CHECK(size > 0);
  return Bytes(data, data + size);
}

Bytes Signature(EVP_PKEY* key, const Bytes& signed_part) {
  bssl::ScopedEVP_MD_CTX digest;
  std::size_t size = 0;
  Must(EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key));
  Must(EVP_DigestSign(digest.get(), nullptr, &size, signed_part.data(),
                      signed_part.size()));
  Bytes signature(size);
  Must(EVP_DigestSign(digest.get(), signature.data(), &size, signed_part.data(),
                      signed_part.size()));
  signature.resize(size);
  return signature;
}

}  // namespace

LeafSigner::LeafSigner(std::shared_ptr<const Credential> ca,
                       const EVP_PKEY* leaf_key)
    : ca_(std::move(ca)), public_key_(PublicKey(leaf_key)) {
  const bssl::UniquePtr<X509> issuer(
      X509_parse_from_buffer(ca_->chain().buffer(0)));
  DANEGATE_CHECK(issuer != nullptr);
  algorithm_ = SignatureAlgorithm(ca_->key());
  issuer_ = Name(X509_get_subject_name(issuer.get()));
  extensions_ = Encode([&](CBB* list) {
    PutUsages(list);
    PutKeyIds(list, KeyId(public_key_),
              AuthorityKeyId(issuer.get(), ca_->key()));
  });
}

// RFC 5280 4.1: version 3, serial, signature, issuer, validity, an empty
// subject, the key, extensions.
LeafSigner::Bytes LeafSigner::SignedPart(const Domain& domain, UnixTime from,
                                         UnixTime until) const {
  return Encode([&](CBB* cbb) {
    Element(cbb, CBS_ASN1_SEQUENCE, [&](CBB* fields) {
      Element(fields, kExplicit | 0,
              [](CBB* version) { Must(CBB_add_asn1_uint64(version, 2)); });
      PutSerial(fields);
      Put(fields, algorithm_);
      Put(fields, issuer_);
      Element(fields, CBS_ASN1_SEQUENCE, [&](CBB* validity) {
        PutTime(validity, from);
        PutTime(validity, until);
      });
      Primitive(fields, CBS_ASN1_SEQUENCE, {});
      Put(fields, public_key_);
      Element(fields, kExplicit | 3, [&](CBB* extensions) {
        Element(extensions, CBS_ASN1_SEQUENCE, [&](CBB* list) {
          PutSubjectAltName(list, domain);
          Put(list, extensions_);
        });
      });
    });
  });
}

bssl::UniquePtr<CRYPTO_BUFFER> LeafSigner::Sign(const Domain& domain,
                                                UnixTime from,
                                                UnixTime until) const {
  const Bytes signed_part = SignedPart(domain, from, until);
  const Bytes der = Encode([&](CBB* cbb) {
    Element(cbb, CBS_ASN1_SEQUENCE, [&](CBB* fields) {
      Put(fields, signed_part);
      Put(fields, algorithm_);
      Element(fields, CBS_ASN1_BITSTRING, [&](CBB* signature) {
        Must(CBB_add_u8(signature, 0));  // no unused bits
        Put(signature, Signature(ca_->key(), signed_part));
      });
    });
  });
  bssl::UniquePtr<CRYPTO_BUFFER> certificate(
      CRYPTO_BUFFER_new(der.data(), der.size(), nullptr));
  DANEGATE_CHECK(certificate != nullptr);
  return certificate;
}

}  // namespace danegate
