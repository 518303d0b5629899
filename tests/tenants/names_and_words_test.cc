#include <gtest/gtest.h>

#include <string>

#include "tenants/config/address.h"
#include "tenants/config/file_text.h"
#include "tenants/config/names.h"
#include "tenants/config/spelling.h"
#include "verifier/rfc3339.h"

namespace danegate {
namespace {

TEST(NearestWord, FindsWhatWasMeant) {
  const std::string_view words[] = {"domains", "tenant", "limits", "tls"};
  EXPECT_EQ(NearestWord("domain", words), "domains");
  EXPECT_EQ(NearestWord("domians", words), "domains");
  EXPECT_EQ(NearestWord("Tenant", words), "tenant");
  EXPECT_EQ(NearestWord("tsl", words), "tls");
  EXPECT_EQ(NearestWord("limit", words), "limits");
}

TEST(NearestWord, DoesNotGuessWildly) {
  const std::string_view words[] = {"domains", "tls"};
  EXPECT_EQ(NearestWord("colour", words), "");
  EXPECT_EQ(NearestWord("", words), "");
  EXPECT_EQ(NearestWord(std::string(1 << 20, 'a'), words), "");
}

TEST(PathBeside, IsAbsoluteAndNormal) {
  EXPECT_EQ(PathBeside("/a/b.yaml", "c.pem"), "/a/c.pem");
  EXPECT_EQ(PathBeside("/b.yaml", "c.pem"), "/c.pem");
  EXPECT_EQ(PathBeside("/a/b.yaml", "../c.pem"), "/c.pem");
  EXPECT_EQ(PathBeside("/a/b.yaml", "d/./c.pem"), "/a/d/c.pem");
  EXPECT_EQ(PathBeside("/a/b.yaml", "/c.pem"), "/c.pem");
  EXPECT_EQ(PathBeside("/a/./b.yaml", "c.pem"), "/a/c.pem");
  EXPECT_EQ(PathBeside("/a/../b.yaml", "c.pem"), "/c.pem");
  EXPECT_EQ(PathBeside("//a//b.yaml", "c.pem"), "/a/c.pem");
  EXPECT_TRUE(PathBeside("b.yaml", "c.pem").ends_with("/c.pem"));
}

TEST(ParseConfiguredAddress, TakesAddressesWithPorts) {
  EXPECT_EQ(*ParseConfiguredAddress("10.0.3.7:5269"),
            (ConfiguredAddress{"10.0.3.7", 5269}));
  EXPECT_EQ(*ParseConfiguredAddress("[2001:DB8:0::7]:1"),
            (ConfiguredAddress{"2001:db8::7", 1}));
}

// So an address has one form, by which backends are compared with each other
// and with the edge's listeners, and which a hand-off names.
TEST(ParseConfiguredAddress, TakesIpv4MappedAddressesAsIpv4) {
  for (const char* const text :
       {"[::ffff:127.0.0.1]:5275", "[::FFFF:7f00:1]:5275",
        "[0:0:0:0:0:ffff:127.0.0.1]:5275"}) {
    const auto address = ParseConfiguredAddress(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(*address, (ConfiguredAddress{"127.0.0.1", 5275})) << text;
  }
  for (const char* const host : {"::ffff:0:127.0.0.1", "1::ffff:7f00:1"}) {
    const auto address =
        ParseConfiguredAddress("[" + std::string(host) + "]:1");
    ASSERT_TRUE(address.ok()) << host;
    EXPECT_NE(address->host.find(':'), std::string::npos) << address->host;
  }
}

TEST(ParseConfiguredAddress, RefusesEverythingElse) {
  const char* const texts[] = {"",
                               ":",
                               "10.0.3.7",
                               "10.0.3.7:",
                               "10.0.3.7:0",
                               "10.0.3.7:65536",
                               "10.0.3.7:+1",
                               "10.0.3.7: 1",
                               "[10.0.3.7]:1",
                               "::1:5269",
                               "[::1]",
                               "host:5269",
                               "10.0.3:5269",
                               "[::1:5269",
                               "[fe80::1%lo]:1"};
  for (const char* const text : texts) {
    EXPECT_FALSE(ParseConfiguredAddress(text).ok()) << text;
  }
  EXPECT_FALSE(ParseConfiguredAddress(std::string("10.0.3.7\0:1", 11)).ok());
}

TEST(IsForwardAddress, TakesUnboundsForm) {
  EXPECT_TRUE(IsForwardAddress("192.0.2.53"));
  EXPECT_TRUE(IsForwardAddress("192.0.2.53@5353"));
  EXPECT_TRUE(IsForwardAddress("2001:db8::53@53"));
  EXPECT_FALSE(IsForwardAddress("192.0.2.53:53"));
  EXPECT_FALSE(IsForwardAddress("192.0.2.53@"));
  EXPECT_FALSE(IsForwardAddress("dns.example"));
}

TEST(IsLoopback, KnowsBothFamilies) {
  EXPECT_TRUE(IsLoopback("127.3.4.5"));
  EXPECT_TRUE(IsLoopback("::1"));
  EXPECT_FALSE(IsLoopback("10.0.3.7"));
  EXPECT_FALSE(IsLoopback("2001:db8::1"));
}

TEST(TenantNameMistake, KnowsGoodNames) {
  EXPECT_EQ(TenantNameMistake("acme"), std::nullopt);
  EXPECT_EQ(TenantNameMistake("4-ever"), std::nullopt);
  EXPECT_EQ(TenantNameMistake(std::string(63, 'a')), std::nullopt);
  for (const std::string& name :
       {std::string(), std::string("-a"), std::string("a_b"),
        std::string("a/b"), std::string("A"), std::string(64, 'a')}) {
    EXPECT_NE(TenantNameMistake(name), std::nullopt) << name;
  }
}

TEST(Rfc3339, IsWrittenAndReadBack) {
  EXPECT_EQ(ToRfc3339(UnixTime{0}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(ToRfc3339(UnixTime{1800000000}), "2027-01-15T08:00:00Z");
  EXPECT_EQ(FromRfc3339("2027-01-15T08:00:00Z"), UnixTime{1800000000});
  EXPECT_EQ(FromRfc3339("2027-01-15T09:30:00.5+01:30"), UnixTime{1800000000});
  EXPECT_EQ(FromRfc3339("2027-01-15t03:00:00-05:00"), UnixTime{1800000000});
  EXPECT_EQ(FromRfc3339("1969-12-31T23:59:59Z"), UnixTime{-1});
  EXPECT_EQ(ToRfc3339(UnixTime{-1}), "1969-12-31T23:59:59Z");
}

TEST(Rfc3339, RefusesWhatIsNoTime) {
  for (const char* const text :
       {"", "2027", "2027-01-15", "2027-01-15T08:00:00", "2027-02-30T00:00:00Z",
        "2027-13-01T00:00:00Z", "2027-01-15T24:00:00Z", "2027-01-15T08:60:00Z",
        "2027-01-15T08:00:00.Z", "2027-01-15T08:00:00Zx", "x"}) {
    EXPECT_EQ(FromRfc3339(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace danegate
