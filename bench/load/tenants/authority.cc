#include "bench/load/tenants/authority.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "verifier/certificate.h"
#include "verifier/check.h"

namespace danegate {
namespace {

using std::chrono::hours;

constexpr hours kBackdate{1};
constexpr hours kLeafLifetime{24 * 365};
constexpr hours kCaLifetime{24 * 3650};

// What a certificate is to say.
struct Order {
  std::string name;  // the common name; empty: the subject is empty
  EVP_PKEY* key;
  hours lifetime;
  // Each with its value as openssl.cnf writes it.
  std::vector<std::pair<int, std::string>> extensions;
};

// Nothing here can fail but for want of memory.
void Must(bool done) { DANEGATE_CHECK(done); }

void AddExtension(X509* certificate, X509* issuer, int nid,
                  const std::string& value) {
  X509V3_CTX around;
  X509V3_set_ctx(&around, issuer, certificate, nullptr, nullptr, 0);
  const bssl::UniquePtr<X509_EXTENSION> extension(
      X509V3_EXT_nconf_nid(nullptr, &around, nid, value.c_str()));
  Must(extension != nullptr &&
       X509_add_ext(certificate, extension.get(), -1) == 1);
}

void SetSerial(X509* certificate) {
  std::uint64_t number = 0;
  RAND_bytes(reinterpret_cast<std::uint8_t*>(&number), sizeof number);
  Must(ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate),
                               number >> 1) == 1);
}

void SetValidity(X509* certificate, UnixTime now, hours lifetime) {
  const UnixTime from = now + -kBackdate;
  const UnixTime until = now + lifetime;
  Must(ASN1_TIME_set(X509_getm_notBefore(certificate), from.seconds) &&
       ASN1_TIME_set(X509_getm_notAfter(certificate), until.seconds));
}

void SetSubject(X509* certificate, const std::string& name) {
  if (name.empty()) return;
  Must(X509_NAME_add_entry_by_NID(
           X509_get_subject_name(certificate), NID_commonName, MBSTRING_UTF8,
           reinterpret_cast<const std::uint8_t*>(name.data()),
           static_cast<int>(name.size()), -1, 0) == 1);
}

// Without an issuer it signs itself.
bssl::UniquePtr<X509> Issue(const Order& order, X509* issuer,
                            EVP_PKEY* issuer_key, UnixTime now) {
  bssl::UniquePtr<X509> certificate(X509_new());
  Must(certificate != nullptr &&
       X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
       X509_set_pubkey(certificate.get(), order.key) == 1);
  SetSerial(certificate.get());
  SetValidity(certificate.get(), now, order.lifetime);
  SetSubject(certificate.get(), order.name);
  if (issuer == nullptr) issuer = certificate.get();
  Must(X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer)) ==
       1);
  for (const auto& [nid, value] : order.extensions) {
    AddExtension(certificate.get(), issuer, nid, value);
  }
  Must(X509_sign(certificate.get(), issuer_key, EVP_sha256()) > 0);
  return certificate;
}

Order OfCa(const std::string& name, EVP_PKEY* key, int path_length) {
  return {name,
          key,
          kCaLifetime,
          {{NID_basic_constraints,
            "critical,CA:TRUE,pathlen:" + std::to_string(path_length)},
           {NID_key_usage, "critical,keyCertSign"},
           {NID_subject_key_identifier, "hash"}}};
}

std::string Text(BIO* bio) {
  const std::uint8_t* data = nullptr;
  std::size_t size = 0;
  Must(BIO_mem_contents(bio, &data, &size) == 1);
  return std::string(reinterpret_cast<const char*>(data), size);
}

std::string CertificateToPem(X509* certificate) {
  const bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  Must(PEM_write_bio_X509(bio.get(), certificate) == 1);
  return Text(bio.get());
}

}  // namespace

bssl::UniquePtr<EVP_PKEY> NewKey(KeyKind kind) {
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  if (kind == KeyKind::kEcdsa) {
    const bssl::UniquePtr<EC_KEY> made(
        EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
    Must(EC_KEY_generate_key(made.get()) == 1 &&
         EVP_PKEY_set1_EC_KEY(key.get(), made.get()) == 1);
    return key;
  }
  const bssl::UniquePtr<RSA> made(RSA_new());
  const bssl::UniquePtr<BIGNUM> exponent(BN_new());
  Must(BN_set_word(exponent.get(), RSA_F4) == 1 &&
       RSA_generate_key_ex(made.get(), 2048, exponent.get(), nullptr) == 1 &&
       EVP_PKEY_set1_RSA(key.get(), made.get()) == 1);
  return key;
}

std::string KeyToPem(EVP_PKEY* key) {
  const bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  Must(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr,
                                nullptr) == 1);
  return Text(bio.get());
}

std::string SelfSign(const std::string& common_name,
                     const std::vector<std::string>& names, EVP_PKEY* key,
                     UnixTime now) {
  std::string all;
  for (const std::string& name : names) {
    all += (all.empty() ? "DNS:" : ",DNS:") + name;
  }
  const Order order = {common_name,
                       key,
                       kLeafLifetime,
                       {{NID_key_usage, "critical,digitalSignature"},
                        {NID_ext_key_usage, "serverAuth,clientAuth"},
                        {NID_subject_key_identifier, "hash"},
                        {NID_subject_alt_name, all}}};
  const auto made = Issue(order, nullptr, key, now);
  return CertificateToPem(made.get());
}

Result<std::string, std::string> KeyDigest(const std::string& pem) {
  const auto chain = CertificateChain::ParsePem(pem);
  if (!chain) return Failure(chain.error());
  const bssl::UniquePtr<X509> leaf(X509_parse_from_buffer(chain->buffer(0)));
  if (leaf == nullptr) {
    return Failure(std::string("expected an X.509 certificate"));
  }
  const bssl::UniquePtr<EVP_PKEY> key(X509_get_pubkey(leaf.get()));
  std::uint8_t* der = nullptr;
  const int size = key == nullptr ? 0 : i2d_PUBKEY(key.get(), &der);
  const bssl::UniquePtr<std::uint8_t> owned(der);
  if (size <= 0) {
    return Failure(std::string("expected a key of a known kind"));
  }
  Sha256 digest;
  SHA256(der, static_cast<std::size_t>(size), digest.data());
  std::string text;
  for (const std::uint8_t octet : digest) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    text.push_back(kDigits[octet >> 4]);
    text.push_back(kDigits[octet & 15]);
  }
  return text;
}

Authority::Authority(bssl::UniquePtr<X509> certificate,
                     bssl::UniquePtr<EVP_PKEY> key)
    : certificate_(std::move(certificate)), key_(std::move(key)) {}

Authority Authority::Root(const std::string& name, UnixTime now) {
  auto key = NewKey(KeyKind::kEcdsa);
  auto made = Issue(OfCa(name, key.get(), 1), nullptr, key.get(), now);
  return Authority(std::move(made), std::move(key));
}

Authority Authority::Intermediate(const std::string& name,
                                  const Authority& root, UnixTime now) {
  auto key = NewKey(KeyKind::kEcdsa);
  Order order = OfCa(name, key.get(), 0);
  order.extensions.emplace_back(NID_authority_key_identifier, "keyid");
  auto made = Issue(order, root.certificate_.get(), root.key_.get(), now);
  return Authority(std::move(made), std::move(key));
}

Authority Authority::EdgeCa(const Domain& hosted, UnixTime now) {
  auto key = NewKey(KeyKind::kEcdsa);
  Order order = OfCa("danegate edge CA", key.get(), 0);
  order.extensions.emplace_back(NID_name_constraints,
                                "critical,excluded;DNS:" + hosted.ascii());
  auto made = Issue(order, nullptr, key.get(), now);
  return Authority(std::move(made), std::move(key));
}

std::string Authority::Sign(const Domain& domain, EVP_PKEY* key,
                            UnixTime now) const {
  const Order order = {
      "",
      key,
      kLeafLifetime,
      {{NID_key_usage, "critical,digitalSignature"},
       {NID_ext_key_usage, "serverAuth,clientAuth"},
       {NID_subject_key_identifier, "hash"},
       {NID_authority_key_identifier, "keyid"},
       // Critical because the subject is empty (RFC 5280 4.2.1.6).
       {NID_subject_alt_name, "critical,DNS:" + domain.ascii()}}};
  const auto made = Issue(order, certificate_.get(), key_.get(), now);
  return CertificateToPem(made.get());
}

std::string Authority::ToPem() const {
  return CertificateToPem(certificate_.get());
}

}  // namespace danegate
