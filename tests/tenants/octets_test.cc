#include "tenants/config/octets.h"

#include <gtest/gtest.h>

namespace danegate {
namespace {

TEST(ParseOctets, TakesNumbersAndUnitsOf1024) {
  EXPECT_EQ(ParseOctets("0"), 0U);
  EXPECT_EQ(ParseOctets("262144"), 262144U);
  EXPECT_EQ(ParseOctets("256KiB"), 262144U);
  EXPECT_EQ(ParseOctets("1MiB"), 1048576U);
  EXPECT_EQ(ParseOctets("2GiB"), 2147483648U);
}

TEST(ParseOctets, RefusesEverythingElse) {
  for (const char* const text :
       {"", "MiB", "1MB", "1M", "1 MiB", "1mib", "1MiB ", "-1", "+1", "0x10",
        "1.5MiB", "1TiB", "18446744073709551616", "17179869184GiB"}) {
    EXPECT_EQ(ParseOctets(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseOctets("17179869183GiB"), 17179869183ULL << 30);
}

TEST(NearestOctets, KnowsHowUnitsAreMiswritten) {
  for (const char* const text :
       {"1M", "1MB", "1Mb", "1mb", "1 MB", "1 MiB", "1m", "1Mi", "1mib"}) {
    EXPECT_EQ(NearestOctets(text), "1MiB") << text;
  }
  EXPECT_EQ(NearestOctets("64k"), "64KiB");
  EXPECT_EQ(NearestOctets("2g"), "2GiB");
  for (const char* const text : {"", "1", "fast", "1TB", "M", "1Mbit/s"}) {
    EXPECT_EQ(NearestOctets(text), "") << text;
  }
}

TEST(WriteOctets, IsShortAndReadsBack) {
  EXPECT_EQ(WriteOctets(0), "0");
  EXPECT_EQ(WriteOctets(10000), "10000");
  EXPECT_EQ(WriteOctets(262144), "256KiB");
  EXPECT_EQ(WriteOctets(1ULL << 40), "1024GiB");
  for (const std::uint64_t octets :
       {1ULL, 1023ULL, 1024ULL, 1536ULL, 1ULL << 30, (1ULL << 30) + 1024}) {
    EXPECT_EQ(ParseOctets(WriteOctets(octets)), octets);
  }
}

}  // namespace
}  // namespace danegate
