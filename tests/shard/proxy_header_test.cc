#include "proxy/shard/proxy_header.h"

#include <gtest/gtest.h>

#include <string>

#include "proxy/net/address.h"

namespace danegate {
namespace {

using namespace std::string_literals;

TEST(ProxyHeader, IsVersion2ForIpv4) {
  EXPECT_EQ(WriteProxyHeader(*SocketAddress::Parse("192.0.2.1", 0x1234),
                             *SocketAddress::Parse("198.51.100.7", 5269)),
            "\r\n\r\n\0\r\nQUIT\n"s + "\x21\x11\x00\x0c"s +
                "\xc0\x00\x02\x01"s + "\xc6\x33\x64\x07"s + "\x12\x34"s +
                "\x14\x95"s);
}

TEST(ProxyHeader, IsVersion2ForIpv6) {
  const std::string header = WriteProxyHeader(
      *SocketAddress::Parse("2001:db8::1", 1), *SocketAddress::Parse("::1", 2));
  ASSERT_EQ(header.size(), 16U + 36U);
  EXPECT_EQ(header.substr(12, 4), "\x21\x21\x00\x24"s);
  EXPECT_EQ(header.substr(16, 4), "\x20\x01\x0d\xb8"s);
  EXPECT_EQ(header.substr(48, 4), "\x00\x01\x00\x02"s);
}

}  // namespace
}  // namespace danegate
