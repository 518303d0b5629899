#include "proxy/net/address.h"

#include <gtest/gtest.h>

namespace danegate {
namespace {

TEST(SocketAddress, IsPrintedWithBracketsWhereThePortWouldBeAmbiguous) {
  EXPECT_EQ(SocketAddress::Parse("192.0.2.1", 5269)->ToString(),
            "192.0.2.1:5269");
  EXPECT_EQ(SocketAddress::Parse("2001:db8::1", 5270)->ToString(),
            "[2001:db8::1]:5270");
}

TEST(SocketAddress, TakesNothingButAddresses) {
  for (const char* host :
       {"", "example.org", "192.0.2", "[::1]", "1.2.3.4.5"}) {
    const auto address = SocketAddress::Parse(host, 1);
    ASSERT_FALSE(address.ok()) << host;
    EXPECT_NE(address.error().find("expected an IP address"),
              std::string::npos);
  }
}

TEST(SocketAddress, KeepsThePort) {
  EXPECT_EQ(SocketAddress::Parse("::1", 65535)->port(), 65535);
  EXPECT_EQ(SocketAddress::Parse("127.0.0.1", 1)->port(), 1);
}

}  // namespace
}  // namespace danegate
