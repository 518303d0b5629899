#include "tests/tenants/certificates.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "verifier/check.h"

namespace danegate::testing {
namespace {

std::string Text(BIO* bio) {
  const std::uint8_t* data = nullptr;
  std::size_t size = 0;
  DANEGATE_CHECK(BIO_mem_contents(bio, &data, &size) == 1);
  return std::string(reinterpret_cast<const char*>(data), size);
}

void SetSubject(X509* certificate, const std::string& name) {
  DANEGATE_CHECK(X509_NAME_add_entry_by_txt(
                     X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                     reinterpret_cast<const unsigned char*>(name.c_str()), -1,
                     -1, 0) == 1);
}

void SetValidity(X509* certificate, UnixTime from, UnixTime to) {
  bssl::UniquePtr<ASN1_TIME> begin(ASN1_TIME_set(nullptr, from.seconds));
  bssl::UniquePtr<ASN1_TIME> end(ASN1_TIME_set(nullptr, to.seconds));
  DANEGATE_CHECK(X509_set1_notBefore(certificate, begin.get()) == 1 &&
                 X509_set1_notAfter(certificate, end.get()) == 1);
}

void AddNames(X509* certificate, const std::vector<std::string>& names) {
  if (names.empty()) return;
  bssl::UniquePtr<GENERAL_NAMES> list(GENERAL_NAMES_new());
  for (const auto& name : names) {
    ASN1_IA5STRING* const text = ASN1_IA5STRING_new();
    DANEGATE_CHECK(
        ASN1_STRING_set(text, name.data(), static_cast<int>(name.size())) == 1);
    GENERAL_NAME* const entry = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(entry, GEN_DNS, text);
    DANEGATE_CHECK(
        bssl::PushToStack(list.get(), bssl::UniquePtr<GENERAL_NAME>(entry)));
  }
  DANEGATE_CHECK(X509_add1_ext_i2d(certificate, NID_subject_alt_name,
                                   list.get(), 0, 0) == 1);
}

void AddCa(X509* certificate) {
  bssl::UniquePtr<BASIC_CONSTRAINTS> constraints(BASIC_CONSTRAINTS_new());
  constraints->ca = 0xFF;
  DANEGATE_CHECK(X509_add1_ext_i2d(certificate, NID_basic_constraints,
                                   constraints.get(), 1, 0) == 1);
}

bssl::UniquePtr<EVP_PKEY> Share(const EVP_PKEY* key) {
  EVP_PKEY* const shared = const_cast<EVP_PKEY*>(key);
  EVP_PKEY_up_ref(shared);
  return bssl::UniquePtr<EVP_PKEY>(shared);
}

}  // namespace

bssl::UniquePtr<EVP_PKEY> NewKey(int curve) {
  bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(curve));
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  DANEGATE_CHECK(EC_KEY_generate_key(ec.get()) == 1 &&
                 EVP_PKEY_set1_EC_KEY(key.get(), ec.get()) == 1);
  return key;
}

bssl::UniquePtr<EVP_PKEY> NewRsaKey(int bits) {
  bssl::UniquePtr<BIGNUM> exponent(BN_new());
  bssl::UniquePtr<RSA> rsa(RSA_new());
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  DANEGATE_CHECK(
      BN_set_word(exponent.get(), RSA_F4) == 1 &&
      RSA_generate_key_ex(rsa.get(), bits, exponent.get(), nullptr) == 1 &&
      EVP_PKEY_set1_RSA(key.get(), rsa.get()) == 1);
  return key;
}

Issued Issue(const Wanted& wanted) {
  Issued issued{bssl::UniquePtr<X509>(X509_new()),
                wanted.key ? Share(wanted.key) : NewKey(NID_X9_62_prime256v1)};
  X509* const certificate = issued.certificate.get();
  static long serial = 0;
  bssl::UniquePtr<ASN1_INTEGER> number(ASN1_INTEGER_new());
  DANEGATE_CHECK(ASN1_INTEGER_set(number.get(), ++serial) == 1);
  X509_set_version(certificate, 2);
  X509_set_serialNumber(certificate, number.get());
  SetSubject(certificate, "test " + std::to_string(serial));
  X509* const issuer =
      wanted.issuer ? wanted.issuer->certificate.get() : certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  SetValidity(certificate, wanted.not_before, wanted.not_after);
  X509_set_pubkey(certificate, issued.key.get());
  AddNames(certificate, wanted.names);
  if (wanted.ca) AddCa(certificate);
  EVP_PKEY* const signer =
      wanted.issuer ? wanted.issuer->key.get() : issued.key.get();
  DANEGATE_CHECK(X509_sign(certificate, signer, EVP_sha256()) > 0);
  return issued;
}

std::string Issued::Pem() const {
  bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  DANEGATE_CHECK(PEM_write_bio_X509(bio.get(), certificate.get()) == 1);
  return Text(bio.get());
}

std::string Issued::KeyPem() const {
  bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  DANEGATE_CHECK(PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr,
                                          nullptr, 0, nullptr, nullptr) == 1);
  return Text(bio.get());
}

std::string Issued::EncryptedKeyPem() const {
  bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  char phrase[] = "secret";
  DANEGATE_CHECK(PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(),
                                               EVP_aes_128_cbc(), phrase, 6,
                                               nullptr, nullptr) == 1);
  return Text(bio.get());
}

}  // namespace danegate::testing
