#include "verifier/credential_pem.h"

#include <gtest/gtest.h>

#include "tests/support/test_certificates.h"

namespace danegate {
namespace {

TEST(CredentialPem, ComesBackAsItWas) {
  const auto root = test::Issue({.subject = "Root", .ca = true});
  const auto leaf = test::Issue({.names = {test::DnsName("a.example")}}, &root);
  const auto credential =
      *Credential::FromPem(leaf.ToPem() + root.ToPem(), leaf.KeyToPem());
  std::string key = KeyToPem(*credential);
  const auto again = Credential::FromPem(ToPem(credential->chain()), key);
  ASSERT_TRUE(again.ok()) << again.error();
  EXPECT_EQ((*again)->chain().ChainDigest(), credential->chain().ChainDigest());
  ClearSecret(key);
  EXPECT_EQ(key, "");
}

}  // namespace
}  // namespace danegate
