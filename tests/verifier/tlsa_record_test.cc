// TLSA records as such: RDATA, presentation form, and which can be used (D-40).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/test_certificates.h"
#include "verifier/tlsa.h"

namespace danegate::test {
namespace {

TEST(TlsaRecordTest, RdataIsReadOctetByOctet) {
  const Bytes rdata = {3, 1, 255, 0xde, 0xad};
  const auto record = TlsaRecord::ParseRdata(rdata);
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(*record, (TlsaRecord{3, 1, 255, {0xde, 0xad}}));
}

TEST(TlsaRecordTest, RdataWithoutDataIsAnErrorThatSaysHowMuchThereWas) {
  for (const Bytes& rdata : {Bytes{}, Bytes{3}, Bytes{3, 1}, Bytes{3, 1, 1}}) {
    const auto record = TlsaRecord::ParseRdata(rdata);
    ASSERT_FALSE(record.ok());
    EXPECT_NE(record.error().find(std::to_string(rdata.size())),
              std::string::npos);
  }
}

TEST(TlsaRecordTest, TextIsReadWithSpaceWithinTheHex) {
  const TlsaRecord expected{3, 1, 1, {0x4d, 0x5c, 0x00, 0xff}};
  for (const char* text :
       {"3 1 1 4D5C00FF", "3 1 1 4d5c00ff", "3 1 1 4D5C 00FF",
        "  3\t1  1\n4D 5C 00 FF \n", "3 1 1 4D5 C00 FF"}) {
    const auto record = TlsaRecord::ParseText(text);
    ASSERT_TRUE(record.ok()) << text << ": " << record.error();
    EXPECT_EQ(*record, expected) << text;
  }
}

TEST(TlsaRecordTest, TextThatIsNoRecordIsAnErrorThatSaysWhatWasExpected) {
  for (const char* text :
       {"", " ", "3", "3 1", "3 1 1", "3 1 1 ", "3 1 1 4", "3 1 1 4D5",
        "3 1 1 4G", "256 1 1 4D", "-1 1 1 4D", "+3 1 1 4D", "3 1 1 0x4D",
        "3,1,1,4D", "3 1 14D 5C", "3 1 a 4D", "3 1 1 4D;5C", "3.0 1 1 4D",
        "_5269._tcp.a.example. IN TLSA 3 1 1 4D"}) {
    const auto record = TlsaRecord::ParseText(text);
    ASSERT_FALSE(record.ok()) << text;
    EXPECT_NE(record.error().find("xpected"), std::string::npos)
        << record.error();
  }
}

TEST(TlsaRecordTest, TextThatIsCutShortIsAnErrorThatSaysSo) {
  EXPECT_EQ(TlsaRecord::ParseText("3 1 1 4D5C…").error(),
            "the record is cut short with \"…\"; give all of its hex");
  EXPECT_EQ(TlsaRecord::ParseText("3 1 1 4D5C...").error(),
            "the record is cut short with \"...\"; give all of its hex");
  EXPECT_NE(TlsaRecord::ParseText("3 1 1 4Dé5").error().find("found \"é\""),
            std::string::npos);
}

TEST(TlsaRecordTest, TextIsWrittenAsItCanBeReadAgain) {
  const TlsaRecord record{2, 0, 255, {0x0a, 0xbc, 0x00}};
  EXPECT_EQ(record.ToText(), "2 0 255 0ABC00");
  EXPECT_EQ(*TlsaRecord::ParseText(record.ToText()), record);
}

TEST(TlsaRecordTest, LargestRdataIsReadAndAnythingLargerIsNot) {
  const std::string prefix = "3 0 0 ";
  EXPECT_TRUE(
      TlsaRecord::ParseText(prefix + std::string(2 * 65'532, 'A')).ok());
  EXPECT_FALSE(
      TlsaRecord::ParseText(prefix + std::string(2 * 65'533, 'A')).ok());
}

// D-40, D-41
TEST(TlsaRecordTest, DigestsOfTheRightLengthAreUsable) {
  for (std::uint8_t usage = 0; usage <= 3; ++usage) {
    for (std::uint8_t selector = 0; selector <= 1; ++selector) {
      EXPECT_EQ(WhyUnusable({usage, selector, 1, Bytes(32)}), "");
      EXPECT_EQ(WhyUnusable({usage, selector, 2, Bytes(64)}), "");
    }
  }
}

// D-40
TEST(TlsaRecordTest, UnknownNumbersAndWrongLengthsAreUnusable) {
  struct {
    TlsaRecord record;
    const char* says;
  } const rows[] = {
      {{4, 1, 1, Bytes(32)}, "usage 4"},
      {{255, 1, 1, Bytes(32)}, "usage 255"},
      {{3, 2, 1, Bytes(32)}, "selector 2"},
      {{3, 255, 1, Bytes(32)}, "selector 255"},
      {{3, 1, 3, Bytes(32)}, "matching type 3"},
      {{3, 1, 255, Bytes(32)}, "matching type 255"},
      {{3, 1, 1, {}}, "0 octets"},
      {{3, 1, 1, Bytes(31)}, "31 octets"},
      {{3, 1, 1, Bytes(33)}, "33 octets"},
      {{3, 1, 1, Bytes(64)}, "64 octets"},
      {{3, 1, 2, Bytes(32)}, "32 octets"},
  };
  for (const auto& row : rows) {
    const std::string why = WhyUnusable(row.record);
    EXPECT_NE(why.find(row.says), std::string::npos) << why;
  }
}

// D-40
TEST(TlsaRecordTest, FullDataIsUsableIfItIsExactlyACertificateOrKey) {
  const auto leaf = Issue({});
  const auto longer = [](Bytes bytes) {
    bytes.push_back(0);
    return bytes;
  };
  const auto shorter = [](Bytes bytes) {
    bytes.pop_back();
    return bytes;
  };
  for (std::uint8_t usage = 0; usage <= 3; ++usage) {
    EXPECT_EQ(WhyUnusable({usage, 0, 0, leaf.der}), "");
    EXPECT_EQ(WhyUnusable({usage, 1, 0, leaf.Spki()}), "");
    for (const Bytes& data : {leaf.Spki(), longer(leaf.der), shorter(leaf.der),
                              Bytes{}, Bytes(32)}) {
      EXPECT_NE(WhyUnusable({usage, 0, 0, data}), "");
    }
    for (const Bytes& data : {leaf.der, longer(leaf.Spki()),
                              shorter(leaf.Spki()), Bytes{}, Bytes(32)}) {
      EXPECT_NE(WhyUnusable({usage, 1, 0, data}), "");
    }
  }
}

}  // namespace
}  // namespace danegate::test
