// Whatever bytes come as a certificate, or as the subjectAltName of one: no
// crash, and no name that is not there is found. The first byte chooses which.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "tests/support/test_certificates.h"
#include "verifier/check.h"
#include "verifier/pkix.h"
#include "verifier/x509/certificate_summary.h"
#include "verifier/x509/presented_identity.h"

namespace {

using danegate::Domain;
using danegate::IdentifierForms;
using danegate::test::Bytes;
using danegate::test::Concat;
using danegate::test::Tlv;

// As much of a certificate as names are looked for in: everything before the
// extensions is there and empty.
Bytes CertificateWith(const Bytes& names) {
  const Bytes empty = Tlv(0x30, {});
  const Bytes oid = {0x06, 0x03, 0x55, 0x1d, 0x11};
  const Bytes extension = Tlv(0x30, Concat({oid, Tlv(0x04, names)}));
  const Bytes serial = {0x02, 0x01, 0x01};
  return Tlv(0x30, Tlv(0x30, Concat({serial, empty, empty, empty, empty, empty,
                                     Tlv(0xa3, Tlv(0x30, extension))})));
}

bool Contains(const Bytes& bytes, std::string text) {
  const auto same = [](std::uint8_t octet, char c) {
    return octet == static_cast<std::uint8_t>(c) ||
           (octet >= 'A' && octet <= 'Z' && octet + 32 == c);
  };
  return std::search(bytes.begin(), bytes.end(), text.begin(), text.end(),
                     same) != bytes.end();
}

void Check(const Bytes& certificate) {
  const auto summary = danegate::CertificateSummary::Of(certificate);
  DANEGATE_CHECK(summary.names.size() <= danegate::kMaxPresentedNames);
  for (const char* text : {"peer.example", "xn--bcher-kva.example"}) {
    const Domain reference = *Domain::Parse(text);
    const bool by_dns =
        PresentsIdentity(certificate, reference, IdentifierForms::kDnsIdOnly);
    const bool by_any =
        PresentsIdentity(certificate, reference, IdentifierForms::kAll);
    DANEGATE_CHECK(by_any || !by_dns);
    DANEGATE_CHECK(by_any == MatchesIdentity(certificate, reference));
    DANEGATE_CHECK(!by_dns || Contains(certificate, text) ||
                   Contains(certificate, "*.example"));
  }
  // A name that no certificate can present in any form.
  const Domain unseen = *Domain::Parse("q7.unseen.example");
  DANEGATE_CHECK(!MatchesIdentity(certificate, unseen) ||
                 Contains(certificate, "unseen") ||
                 std::any_of(certificate.begin(), certificate.end(),
                             [](std::uint8_t octet) { return octet > 0x7f; }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0 || size > 16'384) return 0;
  const Bytes bytes(data + 1, data + size);
  Check(data[0] % 2 == 0 ? bytes : CertificateWith(bytes));
  return 0;
}
