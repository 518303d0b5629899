#include "tests/support/test_certificates.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/bytestring.h>
#include <openssl/ec_key.h>
#include <openssl/mem.h>
#include <openssl/nid.h>
#include <openssl/obj.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <utility>

#include "verifier/check.h"

namespace danegate::test {

namespace {

constexpr unsigned kSequence = 0x30;
constexpr unsigned kUtf8String = 0x0c;
constexpr unsigned kIa5String = 0x16;

Bytes Oid(std::string_view text) {
  bssl::ScopedCBB cbb;
  DANEGATE_CHECK(CBB_init(cbb.get(), 16));
  CBB oid;
  DANEGATE_CHECK(CBB_add_asn1(cbb.get(), &oid, CBS_ASN1_OBJECT));
  DANEGATE_CHECK(CBB_add_asn1_oid_from_text(&oid, text.data(), text.size()));
  DANEGATE_CHECK(CBB_flush(cbb.get()));
  return Bytes(CBB_data(cbb.get()), CBB_data(cbb.get()) + CBB_len(cbb.get()));
}

Bytes Integer(int value) { return {0x02, 0x01, static_cast<uint8_t>(value)}; }

Bytes BasicConstraints(bool ca, std::optional<int> path_length) {
  Bytes contents;
  if (ca) contents = {0x01, 0x01, 0xff};
  if (path_length) contents = Concat({contents, Integer(*path_length)});
  return Tlv(kSequence, contents);
}

Bytes ExtendedKeyUsage(const std::vector<std::string>& purposes) {
  Bytes contents;
  for (const std::string& purpose : purposes) {
    const std::string oid = purpose == "serverAuth"   ? "1.3.6.1.5.5.7.3.1"
                            : purpose == "clientAuth" ? "1.3.6.1.5.5.7.3.2"
                            : purpose == "any"        ? "2.5.29.37.0"
                                                      : purpose;
    contents = Concat({contents, Oid(oid)});
  }
  return Tlv(kSequence, contents);
}

Bytes Subtrees(unsigned tag, const std::vector<std::string>& names) {
  Bytes contents;
  for (const std::string& name : names) {
    contents = Concat({contents, Tlv(kSequence, DnsName(name))});
  }
  return names.empty() ? Bytes() : Tlv(tag, contents);
}

std::vector<Extension> ExtensionsOf(const CertificateOrder& order) {
  std::vector<Extension> all = order.extensions;
  if (order.ca) {
    all.push_back(
        {"2.5.29.19", BasicConstraints(*order.ca, order.path_length), true});
  }
  if (!order.names.empty()) {
    Bytes contents;
    for (const Bytes& name : order.names) contents = Concat({contents, name});
    all.push_back({"2.5.29.17", Tlv(kSequence, contents)});
  }
  if (!order.extended_key_usage.empty()) {
    all.push_back({"2.5.29.37", ExtendedKeyUsage(order.extended_key_usage)});
  }
  if (!order.permitted_dns.empty() || !order.excluded_dns.empty()) {
    const Bytes contents = Concat({Subtrees(0xa0, order.permitted_dns),
                                   Subtrees(0xa1, order.excluded_dns)});
    all.push_back({"2.5.29.30", Tlv(kSequence, contents), true});
  }
  return all;
}

void Add(X509* certificate, const Extension& extension) {
  bssl::UniquePtr<ASN1_OBJECT> oid(OBJ_txt2obj(extension.oid.c_str(), 1));
  bssl::UniquePtr<ASN1_OCTET_STRING> value(ASN1_OCTET_STRING_new());
  DANEGATE_CHECK(
      ASN1_OCTET_STRING_set(value.get(), extension.value.data(),
                            static_cast<int>(extension.value.size())));
  bssl::UniquePtr<X509_EXTENSION> made(X509_EXTENSION_create_by_OBJ(
      nullptr, oid.get(), extension.critical ? 1 : 0, value.get()));
  DANEGATE_CHECK(made != nullptr && X509_add_ext(certificate, made.get(), -1));
}

bssl::UniquePtr<X509_NAME> NameOf(const std::string& subject) {
  bssl::UniquePtr<X509_NAME> name(X509_NAME_new());
  if (subject.empty()) return name;
  DANEGATE_CHECK(X509_NAME_add_entry_by_NID(
      name.get(), NID_commonName, MBSTRING_UTF8,
      reinterpret_cast<const unsigned char*>(subject.data()),
      static_cast<int>(subject.size()), -1, 0));
  return name;
}

bssl::UniquePtr<EVP_PKEY> EllipticKey() {
  bssl::UniquePtr<EC_KEY> made(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  DANEGATE_CHECK(made != nullptr && EC_KEY_generate_key(made.get()));
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  DANEGATE_CHECK(EVP_PKEY_set1_EC_KEY(key.get(), made.get()));
  return key;
}

bssl::UniquePtr<EVP_PKEY> RsaKey(unsigned bits) {
  bssl::UniquePtr<BIGNUM> e(BN_new());
  bssl::UniquePtr<RSA> made(RSA_new());
  DANEGATE_CHECK(BN_set_word(e.get(), RSA_F4) &&
                 RSA_generate_key_ex(made.get(), static_cast<int>(bits),
                                     e.get(), nullptr));
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  DANEGATE_CHECK(EVP_PKEY_set1_RSA(key.get(), made.get()));
  return key;
}

bssl::UniquePtr<EVP_PKEY> KeyOf(const CertificateOrder& order) {
  if (order.key != nullptr) return bssl::UpRef(order.key);
  if (order.key_kind.rsa_bits != 0) return RsaKey(order.key_kind.rsa_bits);
  return EllipticKey();
}

void SetValidity(X509* certificate, const CertificateOrder& order) {
  bssl::UniquePtr<ASN1_TIME> from(
      ASN1_TIME_set(nullptr, order.not_before.seconds));
  bssl::UniquePtr<ASN1_TIME> until(
      ASN1_TIME_set(nullptr, order.not_after.seconds));
  DANEGATE_CHECK(X509_set1_notBefore(certificate, from.get()) &&
                 X509_set1_notAfter(certificate, until.get()));
}

void SetSerial(X509* certificate) {
  std::uint64_t number = 0;
  RAND_bytes(reinterpret_cast<std::uint8_t*>(&number), sizeof number);
  bssl::UniquePtr<ASN1_INTEGER> serial(ASN1_INTEGER_new());
  DANEGATE_CHECK(ASN1_INTEGER_set_uint64(serial.get(), number >> 1) &&
                 X509_set_serialNumber(certificate, serial.get()));
}

std::string Text(BIO* bio) {
  const std::uint8_t* data = nullptr;
  std::size_t size = 0;
  DANEGATE_CHECK(BIO_mem_contents(bio, &data, &size));
  return std::string(reinterpret_cast<const char*>(data), size);
}

}  // namespace

Bytes Tlv(unsigned tag, const Bytes& contents) {
  Bytes out{static_cast<std::uint8_t>(tag)};
  const std::size_t size = contents.size();
  if (size >= 0x80) out.push_back(size > 0xff ? 0x82 : 0x81);
  if (size > 0xff) out.push_back(static_cast<std::uint8_t>(size >> 8));
  out.push_back(static_cast<std::uint8_t>(size));
  out.insert(out.end(), contents.begin(), contents.end());
  return out;
}

Bytes Concat(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts)
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

Bytes Octets(std::string_view text) { return Bytes(text.begin(), text.end()); }

Bytes EmailName(std::string_view text) { return Tlv(0x81, Octets(text)); }
Bytes DnsName(std::string_view text) { return Tlv(0x82, Octets(text)); }
Bytes UriName(std::string_view text) { return Tlv(0x86, Octets(text)); }
Bytes IpName(std::string_view octets) { return Tlv(0x87, Octets(octets)); }

Bytes OtherName(std::string_view oid, const Bytes& value) {
  return Tlv(0xa0, Concat({Oid(oid), Tlv(0xa0, value)}));
}
Bytes XmppAddr(std::string_view text) {
  return OtherName("1.3.6.1.5.5.7.8.5", Tlv(kUtf8String, Octets(text)));
}
Bytes SrvName(std::string_view text) {
  return OtherName("1.3.6.1.5.5.7.8.7", Tlv(kIa5String, Octets(text)));
}

Bytes TestCertificate::Spki() const {
  bssl::ScopedCBB cbb;
  DANEGATE_CHECK(CBB_init(cbb.get(), 128) &&
                 EVP_marshal_public_key(cbb.get(), key.get()) &&
                 CBB_flush(cbb.get()));
  return Bytes(CBB_data(cbb.get()), CBB_data(cbb.get()) + CBB_len(cbb.get()));
}

std::string TestCertificate::ToPem() const {
  bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  DANEGATE_CHECK(PEM_write_bio(bio.get(), "CERTIFICATE", "", der.data(),
                               static_cast<long>(der.size())));
  return Text(bio.get());
}

std::string TestCertificate::KeyToPem() const {
  bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  DANEGATE_CHECK(PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr,
                                          nullptr, 0, nullptr, nullptr));
  return Text(bio.get());
}

TestCertificate Issue(const CertificateOrder& order,
                      const TestCertificate* issuer) {
  TestCertificate result{{}, KeyOf(order), order.subject};
  bssl::UniquePtr<X509> made(X509_new());
  const auto subject = NameOf(order.subject);
  const auto issuer_name = NameOf(issuer ? issuer->subject : order.subject);
  DANEGATE_CHECK(X509_set_version(made.get(), X509_VERSION_3) &&
                 X509_set_subject_name(made.get(), subject.get()) &&
                 X509_set_issuer_name(made.get(), issuer_name.get()) &&
                 X509_set_pubkey(made.get(), result.key.get()));
  SetSerial(made.get());
  SetValidity(made.get(), order);
  for (const Extension& each : ExtensionsOf(order)) Add(made.get(), each);
  EVP_PKEY* signer = issuer ? issuer->key.get() : result.key.get();
  DANEGATE_CHECK(X509_sign(made.get(), signer,
                           order.sign_with_sha1 ? EVP_sha1() : EVP_sha256()));
  std::uint8_t* der = nullptr;
  const int size = i2d_X509(made.get(), &der);
  DANEGATE_CHECK(size > 0);
  const bssl::UniquePtr<std::uint8_t> owned(der);
  result.der.assign(der, der + size);
  return result;
}

CertificateChain ChainOf(
    std::initializer_list<const TestCertificate*> certificates) {
  std::vector<Bytes> ders;
  for (const TestCertificate* each : certificates) ders.push_back(each->der);
  return CertificateChain::FromDer(ders);
}

}  // namespace danegate::test
