// Certificates for tests, made in the process: a description in, a signed
// certificate with its key out. Times are fixed, keys are fresh.
//
//   auto root = Issue({.subject = "Root", .ca = true});
//   auto leaf = Issue({.names = {DnsName("a.example")}}, &root);
//   MatchTlsa(ChainOf({&leaf, &root}), …, kTestNow);
//
// Nothing is checked: a test says what it wants, however wrong it is.
#pragma once

#include <openssl/evp.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/certificate.h"
#include "verifier/instant.h"

namespace danegate::test {

using Bytes = std::vector<std::uint8_t>;

// 2027-01-15T08:00:00Z. What Issue() makes is valid from a day before to thirty
// days after it.
inline constexpr UnixTime kTestNow{1'800'000'000};
inline constexpr std::int64_t kDay = 86'400;

// A tag, its length and the contents, in DER.
Bytes Tlv(unsigned tag, const Bytes& contents);
Bytes Concat(std::initializer_list<Bytes> parts);
Bytes Octets(std::string_view text);

// GeneralNames, in DER. The text goes in as it is: NUL bytes, dots and all.
Bytes DnsName(std::string_view text);
Bytes EmailName(std::string_view text);
Bytes UriName(std::string_view text);
Bytes IpName(std::string_view octets);
Bytes XmppAddr(std::string_view text);
Bytes SrvName(std::string_view text);
// otherName of type `oid` ("1.2.3") with `value` as its DER value.
Bytes OtherName(std::string_view oid, const Bytes& value);

struct KeyKind {
  unsigned rsa_bits = 0;  // 0: an elliptic curve key on P-256
};

struct Extension {
  std::string oid;
  Bytes value;
  bool critical = false;
};

struct CertificateOrder {
  std::string subject = "leaf";   // the common name; empty: no name at all
  std::vector<Bytes> names = {};  // subjectAltName; empty: no such extension
  std::optional<bool> ca = {};  // basicConstraints; nothing: no such extension
  std::optional<int> path_length = {};
  // "serverAuth", "clientAuth", "any" or an OID; empty: no such extension.
  std::vector<std::string> extended_key_usage = {};
  std::vector<std::string> permitted_dns = {};  // nameConstraints
  std::vector<std::string> excluded_dns = {};
  std::vector<Extension> extensions = {};  // as they are
  UnixTime not_before{kTestNow.seconds - kDay};
  UnixTime not_after{kTestNow.seconds + 30 * kDay};
  KeyKind key_kind = {};
  EVP_PKEY* key = nullptr;  // this key instead of a fresh one
  bool sign_with_sha1 = false;
};

struct TestCertificate {
  Bytes der;
  bssl::UniquePtr<EVP_PKEY> key;
  std::string subject;

  Bytes Spki() const;
  std::string ToPem() const;
  std::string KeyToPem() const;
};

// Without an issuer it signs itself.
TestCertificate Issue(const CertificateOrder&,
                      const TestCertificate* issuer = nullptr);

CertificateChain ChainOf(std::initializer_list<const TestCertificate*>);

}  // namespace danegate::test
