// POSH documents: what is one, and what it says about a certificate.
#include "verifier/posh_document.h"

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <string>

#include "tests/support/test_certificates.h"
#include "verifier/posh/base64.h"

namespace danegate {
namespace {

using std::chrono::seconds;
using test::ChainOf;
using test::Issue;
using test::kDay;
using test::kTestNow;

const std::string kHash256(43, 'A');
const std::string kHash512(86, 'A');

std::string Repeat(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += (i > 0 ? "," : "") + text;
  return all;
}

// A document with one descriptor, whose only member is this one.
std::string WithMember(const std::string& member) {
  return R"({"fingerprints":[{)" + member + R"(}],"expires":1})";
}
std::string WithExpires(const std::string& value) {
  return R"({"fingerprints":[{}],"expires":)" + value + "}";
}

struct Good {
  std::string json;
  std::size_t fingerprints;
  int expires;
};

TEST(PoshDocumentTest, E03_ReadsDocuments) {
  const Good rows[] = {
      {WithExpires("1"), 1, 1},
      {WithExpires("0"), 1, 0},
      {WithExpires("604800"), 1, 86'400},  // E-15
      {WithExpires("18446744073709551615"), 1, 86'400},
      {" \t\r\n" + WithExpires("1") + "\n", 1, 1},
      {R"({"expires":1,"fingerprints":[{},{},{}]})", 3, 1},
      {R"({"\u0066ingerprints":[{}],"expires":1})", 1, 1},
      {R"({"fingerprints":[)" + Repeat("{}", 64) + R"(],"expires":1})", 64, 1},
      {R"({"url":"https://a.example/x","expires":5})", 0, 5},
      {R"({"fingerprints":[{}],"expires":1,"x":[{"expires":-1.5e3}],"":null})",
       1, 1},
      {R"({"fingerprints":[{"md5":7,"sha-1":[true],"SHA-256":"?"}],)"
       R"("expires":1})",
       1, 1},  // E-05
      {R"({"fingerprints":[{"x":{"sha-256":7,"url":1}}],"expires":1})", 1, 1},
      {WithMember(R"("x":[[[[[]]]]])"), 1, 1},  // depth 8
      {WithMember(R"("sha-256":")" + kHash256 + R"(=")"), 1, 1},
      {WithMember(R"("sha-256":")" + kHash256 + R"(")"), 1, 1},  // E-05
      {WithMember(R"("sha-512":")" + kHash512 + R"(==")"), 1, 1},
      {WithMember(R"("sha-512":")" + kHash512 + R"(")"), 1, 1},
  };
  for (const Good& row : rows) {
    const auto document = PoshDocument::Parse(row.json);
    ASSERT_TRUE(document.ok()) << row.json << ": " << document.error();
    EXPECT_EQ(document->fingerprints().size(), row.fingerprints) << row.json;
    EXPECT_EQ(document->reference().has_value(), row.fingerprints == 0);
    EXPECT_EQ(document->expires(), seconds(row.expires)) << row.json;
  }
}

struct Bad {
  std::string json;
  const char* why;
};

void ExpectRefused(std::initializer_list<Bad> rows) {
  for (const Bad& row : rows) {
    const auto document = PoshDocument::Parse(row.json);
    ASSERT_FALSE(document.ok()) << row.json.substr(0, 200);
    EXPECT_NE(document.error().find(row.why), std::string::npos)
        << row.json.substr(0, 200) << ": " << document.error();
  }
}

TEST(PoshDocumentTest, E03_MembersAreWhatTheyMustBe) {
  ExpectRefused({
      {"{}", "no \"expires\""},
      {R"({"fingerprints":[{}]})", "no \"expires\""},
      {R"({"expires":1})", "neither"},
      {R"({"fingerprints":[],"expires":1})", "is empty"},
      {R"({"fingerprints":{},"expires":1})", "must be an array"},
      {R"({"fingerprints":"x","expires":1})", "must be an array"},
      {R"({"fingerprints":null,"expires":1})", "must be an array"},
      {R"({"fingerprints":[[]],"expires":1})", "must be an object"},
      {R"({"fingerprints":["x"],"expires":1})", "must be an object"},
      {R"({"fingerprints":[{},1],"expires":1})", "must be an object"},
      {R"({"fingerprints":[{}],"url":"https://a.example/","expires":1})",
       "both"},
      {R"({"url":"https://a.example/","fingerprints":[],"expires":1})", "both"},
      {WithMember(R"("sha-256":1)"), "must be a string"},
      {WithMember(R"("sha-512":null)"), "must be a string"},
      {WithMember(R"("sha-256":["x"])"), "must be a string"},
  });
}

TEST(PoshDocumentTest, E03_ExpiresIsANonNegativeInteger) {
  for (const char* value :
       {"-1", "-0", "1.0", "1e3", "0.5", "1e308", "18446744073709551616",
        "99999999999999999999999999", "\"1\"", "null", "true", "[1]", "{}"}) {
    ExpectRefused({{WithExpires(value), "\"expires\" must be an integer"}});
  }
  for (const std::string value :
       {"", "+1", "01", "0x1", "1e999", "1.", ".5", "NaN", "Infinity", "1 2"}) {
    ExpectRefused({{WithExpires(value), "no JSON"}});
  }
  ExpectRefused({{WithExpires(std::string(60'000, '9')), "no JSON"}});
}

TEST(PoshDocumentTest, E08_ReferencesAreHttpsUrls) {
  const auto document = PoshDocument::Parse(
      R"({"url":"https:\/\/hosting.example:8443/p?q","expires":1})");
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(document->reference()->ToText(),
            "https://hosting.example:8443/p?q");
  ExpectRefused({
      {R"({"url":"http://a.example/","expires":1})", "\"url\": the URL does"},
      {R"({"url":"","expires":1})", "\"url\": the URL is empty"},
      {R"({"url":"/p","expires":1})", "\"url\""},
      {R"({"url":"https://127.0.0.1/","expires":1})", "ip-literal"},
      {R"({"url":"https://a.example/\u0000","expires":1})", "character"},
      {R"({"url":["https://a.example/"],"expires":1})", "must be a string"},
      {R"({"url":7,"expires":1})", "must be a string"},
  });
}

TEST(PoshDocumentTest, E19_JsonIsReadStrictly) {
  const std::string good = WithExpires("1");
  ExpectRefused({
      {"", "no JSON"},
      {" ", "no JSON"},
      {"\xEF\xBB\xBF" + good, "BOM"},
      {"\xFF\xFE{", "no JSON"},
      {good + "x", "no JSON"},
      {good + good, "no JSON"},
      {good + ",", "no JSON"},
      {good + std::string(1, '\0'), "NUL"},
      {good + std::string(1, '\0') + "x", "NUL"},
      {"[" + good + "]", "it must be an object"},
      {"null", "it must be an object"},
      {"1", "it must be an object"},
      {"\"x\"", "it must be an object"},
      {good.substr(0, good.size() - 1), "no JSON"},
      {"/**/" + good, "no JSON"},
      {R"({"expires":1,"fingerprints":[{}],})", "no JSON"},
      {R"({"expires":1,"fingerprints":[{},]})", "no JSON"},
      {R"({'expires':1,"fingerprints":[{}]})", "no JSON"},
      {"{\"expires\":1,\"fingerprints\":[{}],\"x\":\"\xFF\"}", "no JSON"},
      {"{\"expires\":1,\"fingerprints\":[{}],\"x\":\"\n\"}", "no JSON"},
      {R"({"expires":1,"fingerprints":[{}],"x":"\ud800"})", "no JSON"},
      {R"({"expires":1,"fingerprints":[{}],"x":"\x"})", "no JSON"},
      {R"({"expires":1,"fingerprints":[{}],"x":1e999})", "no JSON"},
      {R"({"expires":1,"expires":1,"fingerprints":[{}]})", "two members"},
      {R"({"expires":1,"\u0065xpires":2,"fingerprints":[{}]})", "two members"},
      {R"({"expires":1,"fingerprints":[{}],"fingerprints":[{}]})",
       "two members"},
      {R"({"expires":1,"fingerprints":[{}],"x":{"y":1,"y":1}})", "two members"},
      {WithMember(R"("sha-256":")" + kHash256 + R"(","sha-256":")" + kHash256 +
                  R"(")"),
       "two members"},
  });
}

TEST(PoshDocumentTest, D6_SizeDepthAndNumberAreBounded) {
  const std::string good = WithExpires("1");
  const std::string spaces(PoshDocument::kMaxOctets - good.size(), ' ');
  EXPECT_TRUE(PoshDocument::Parse(spaces + good).ok());
  ExpectRefused({
      {spaces + " " + good, "more than 65536 octets"},
      {WithMember(R"("x":[[[[[[]]]]]])"), "deeper than 8"},
      {std::string(60'000, '['), "it must be an object"},
      {WithMember("\"x\":" + std::string(60'000, '[')), "deeper than 8"},
      {R"({"fingerprints":[)" + Repeat("{}", 65) + R"(],"expires":1})",
       "more than 64"},
      {R"({"fingerprints":[)" + Repeat("{}", 20'000) + R"(],"expires":1})",
       "more than 64"},
  });
}

TEST(PoshDocumentTest, E03_FingerprintsAreBase64OfTheRightLength) {
  for (const std::string& value :
       {std::string(), std::string("="), std::string(42, 'A'),
        std::string(44, 'A'), kHash256 + "==", kHash256 + " ", " " + kHash256,
        kHash256.substr(1) + "-", kHash256.substr(1) + "_",
        kHash256.substr(1) + "B", kHash256.substr(1) + "=",
        kHash256.substr(2) + "\\n", kHash512}) {
    ExpectRefused({{WithMember(R"("sha-256":")" + value + "\""),
                    "\"sha-256\" must be 32 octets"}});
  }
  ExpectRefused({{WithMember(R"("sha-512":")" + kHash256 + "=\""),
                  "\"sha-512\" must be 64 octets"}});
}

TEST(Base64Test, IsReadAsRfc4648WritesIt) {
  for (const std::string text :
       {"", "f", "fo", "foo", "foob", "fooba", "foobar", "\xff\xfe\xfd"}) {
    const std::vector<std::uint8_t> octets(text.begin(), text.end());
    std::string encoded = EncodeBase64(octets);
    EXPECT_EQ(encoded.size() % 4, 0u);
    EXPECT_EQ(DecodeBase64(encoded), octets) << encoded;
    encoded.resize(encoded.find_last_not_of('=') + 1);
    EXPECT_EQ(DecodeBase64(encoded), octets) << encoded;
  }
  EXPECT_EQ(EncodeBase64(std::vector<std::uint8_t>{'f', 'o', 'o', 'b'}),
            "Zm9vYg==");
  for (const char* text : {"=", "==", "Z", "Zg=", "Zg===", "Zm9v====", "Zh",
                           "Zh==", "Zm9=", "Zm=v", "Zm9v\n", "Z g=", "Zm9-"}) {
    EXPECT_FALSE(DecodeBase64(text).has_value()) << text;
  }
}

class PoshMatchTest : public testing::Test {
 protected:
  static std::string Sha256Of(const test::TestCertificate& certificate) {
    std::vector<std::uint8_t> hash(SHA256_DIGEST_LENGTH);
    SHA256(certificate.der.data(), certificate.der.size(), hash.data());
    return R"("sha-256":")" + EncodeBase64(hash) + "\"";
  }
  static std::string Sha512Of(const test::TestCertificate& certificate) {
    std::vector<std::uint8_t> hash(SHA512_DIGEST_LENGTH);
    SHA512(certificate.der.data(), certificate.der.size(), hash.data());
    return R"("sha-512":")" + EncodeBase64(hash) + "\"";
  }
  PoshMatch Match(const std::string& descriptors, UnixTime at = kTestNow) {
    const auto document = PoshDocument::Parse(
        R"({"fingerprints":[)" + descriptors + R"(],"expires":1})");
    EXPECT_TRUE(document.ok()) << descriptors;
    return document->Match(ChainOf({&leaf_, &other_}), at);
  }
  void Expect(Reason reason, const std::string& descriptors) {
    const PoshMatch match = Match(descriptors);
    EXPECT_EQ(ToString(match.reason), ToString(reason))
        << descriptors << ": " << match.detail;
    EXPECT_FALSE(match.detail.empty());
  }

  const test::TestCertificate leaf_ = Issue({});
  const test::TestCertificate other_ = Issue({});
};

TEST_F(PoshMatchTest, E06_AnyDescriptorMayMatchAndAllOfItsHashesMust) {
  const std::string own256 = Sha256Of(leaf_), own512 = Sha512Of(leaf_);
  const std::string other256 = Sha256Of(other_), other512 = Sha512Of(other_);
  Expect(Reason::kMatched, "{" + own256 + "}");
  Expect(Reason::kMatched, "{" + own512 + "}");
  Expect(Reason::kMatched, "{" + own256 + "," + own512 + "}");
  Expect(Reason::kMatched, "{" + other256 + "},{" + own256 + "}");
  Expect(Reason::kMatched, "{" + own256 + "},{" + other256 + "},{}");
  Expect(Reason::kMatched, R"({"md5":"x",)" + own256 + "}");  // E-05
  Expect(Reason::kPoshNoMatch, "{" + other256 + "}");
  Expect(Reason::kPoshNoMatch, "{" + own256 + "," + other512 + "}");
  Expect(Reason::kPoshNoMatch, "{" + other256 + "," + own512 + "}");
  Expect(Reason::kPoshNoMatch, "{" + other256 + "},{}");
}

TEST_F(PoshMatchTest, E05_DocumentsWithForeignHashesOnlyProveNothing) {
  Expect(Reason::kNoPosh, "{}");
  Expect(Reason::kNoPosh, R"({"sha-1":"x"},{"md5":"y"})");
}

TEST_F(PoshMatchTest, E04_ARenewedCertificateHasAnotherFingerprint) {
  const auto renewed = Issue({.key = leaf_.key.get()});
  EXPECT_EQ(renewed.Spki(), leaf_.Spki());
  Expect(Reason::kPoshNoMatch, "{" + Sha256Of(renewed) + "}");
}

TEST_F(PoshMatchTest, OnlyTheLeafCounts) {
  Expect(Reason::kPoshNoMatch, "{" + Sha256Of(other_) + "}");
}

TEST_F(PoshMatchTest, E13_ACertificateOutsideOfItsValidityIsRefused) {
  const std::string own = "{" + Sha256Of(leaf_) + "}";
  const auto at = [&](std::int64_t offset) {
    return Match(own, UnixTime{kTestNow.seconds + offset}).reason;
  };
  EXPECT_EQ(at(-kDay - 1), Reason::kExpired);
  EXPECT_EQ(at(-kDay), Reason::kMatched);
  EXPECT_EQ(at(30 * kDay), Reason::kMatched);
  EXPECT_EQ(at(30 * kDay + 1), Reason::kExpired);
}

TEST_F(PoshMatchTest, E17_TellsWhenTheCertificateEnds) {
  EXPECT_EQ(Match("{" + Sha256Of(leaf_) + "}").not_after,
            UnixTime{kTestNow.seconds + 30 * kDay});
}

TEST_F(PoshMatchTest, E13_ValidityThatCannotBeReadIsNoValidity) {
  test::TestCertificate broken = Issue({});
  broken.der.resize(broken.der.size() / 2);
  const auto document = PoshDocument::Parse(
      R"({"fingerprints":[{)" + Sha256Of(broken) + R"(}],"expires":1})");
  ASSERT_TRUE(document.ok());
  const PoshMatch match = document->Match(ChainOf({&broken}), kTestNow);
  EXPECT_EQ(match.reason, Reason::kPoshNoMatch);
  EXPECT_NE(match.detail.find("cannot be read"), std::string::npos);
}

TEST_F(PoshMatchTest, ARefusalNamesTheFingerprintToPublish) {
  const std::string own = Sha256Of(leaf_);
  const PoshMatch match = Match("{" + Sha256Of(other_) + "}");
  EXPECT_NE(match.detail.find(own.substr(own.find(':') + 1)), std::string::npos)
      << match.detail;
}

}  // namespace
}  // namespace danegate
