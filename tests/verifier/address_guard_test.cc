// Attack D4 in a table: where a stranger's names may not lead us.
#include "verifier/address_guard.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace danegate {
namespace {

std::vector<std::uint8_t> Octets(const std::string& text) {
  const bool is_ipv6 = text.find(':') != std::string::npos;
  std::vector<std::uint8_t> octets(is_ipv6 ? 16 : 4);
  EXPECT_EQ(
      inet_pton(is_ipv6 ? AF_INET6 : AF_INET, text.c_str(), octets.data()), 1)
      << text;
  return octets;
}

AddressPrefix Prefix(const std::string& text) {
  const auto prefix = AddressPrefix::Parse(text);
  EXPECT_TRUE(prefix.ok()) << text;
  return *prefix;
}

struct Row {
  const char* address;
  const char* why;  // a part of the sentence; empty: it may be reached
};

constexpr Row kRows[] = {
    {"0.0.0.0", "unspecified"},
    {"0.1.2.3", "unspecified"},
    {"1.0.0.1", ""},
    {"9.255.255.255", ""},
    {"10.0.0.0", "private"},
    {"10.255.255.255", "private"},
    {"11.0.0.0", ""},
    {"100.63.255.255", ""},
    {"100.64.0.0", "carrier"},
    {"100.127.255.255", "carrier"},
    {"100.128.0.0", ""},
    {"126.255.255.255", ""},
    {"127.0.0.1", "loopback"},
    {"127.255.255.255", "loopback"},
    {"128.0.0.1", ""},
    {"169.253.255.255", ""},
    {"169.254.169.254", "link-local"},
    {"169.255.0.0", ""},
    {"172.15.255.255", ""},
    {"172.16.0.1", "private"},
    {"172.31.255.255", "private"},
    {"172.32.0.0", ""},
    {"192.0.0.1", "protocols"},
    {"192.0.0.170", "protocols"},
    {"192.0.1.1", ""},
    {"192.0.2.1", "documentation"},
    {"192.0.3.1", ""},
    {"192.88.99.1", "6to4 relay"},
    {"192.167.255.255", ""},
    {"192.168.0.1", "private"},
    {"192.169.0.0", ""},
    {"198.17.255.255", ""},
    {"198.18.0.1", "benchmarks"},
    {"198.19.255.255", "benchmarks"},
    {"198.20.0.0", ""},
    {"198.51.100.1", "documentation"},
    {"203.0.113.1", "documentation"},
    {"223.255.255.255", ""},
    {"224.0.0.1", "multicast"},
    {"239.255.255.255", "multicast"},
    {"240.0.0.1", "reserved"},
    {"255.255.255.254", "reserved"},
    {"255.255.255.255", "broadcast"},

    {"::", "unspecified"},
    {"::1", "loopback"},
    {"::2", "not global"},
    {"::127.0.0.1", "not global"},
    {"::8.8.8.8", "not global"},
    {"100::1", "discarding"},
    {"1fff:ffff::1", "not global"},
    {"2000::1", ""},
    {"2001::1", "Teredo"},
    {"2001:0:808:808::1", "Teredo"},
    {"2001:2::1", "benchmarks"},
    {"2001:10::1", "protocols"},
    {"2001:1ff:ffff::1", "protocols"},
    {"2001:200::1", ""},
    {"2001:4860:4860::8888", ""},
    {"2001:db8::1", "documentation"},
    {"2001:db7:ffff::1", ""},
    {"2a00:1450::1", ""},
    {"3fff:fff::1", "documentation"},
    {"3fff:1000::1", ""},
    {"4000::1", "not global"},
    {"5f00::1", "not global"},
    {"64:ff9b:1::1", "not global"},
    {"fc00::1", "private"},
    {"fdff::1", "private"},
    {"fe80::1", "link-local"},
    {"febf::1", "link-local"},
    {"fec0::1", "not global"},
    {"ff02::1", "multicast"},

    {"::ffff:127.0.0.1", "IPv4-mapped of an IPv4 address: it is loopback"},
    {"::ffff:10.0.0.1", "private"},
    {"::ffff:169.254.169.254", "link-local"},
    {"::ffff:0.0.0.0", "unspecified"},
    {"::ffff:8.8.8.8", ""},
    {"::fffe:8.8.8.8", "not global"},
    {"64:ff9b::7f00:1", "NAT64 of an IPv4 address: it is loopback"},
    {"64:ff9b::10.1.1.1", "private"},
    {"64:ff9b::8.8.8.8", ""},
    {"64:ff9b::1:8.8.8.8", "not global"},
    {"2002:7f00:1::1", "6to4 of an IPv4 address: it is loopback"},
    {"2002:c0a8:1::1", "private"},
    {"2002:808:808::1", ""},
    {"2a00::5efe:10.0.0.1", "ISATAP of an IPv4 address: it is private"},
    {"2a00::200:5efe:127.0.0.1", "ISATAP"},
    {"2a00::200:5efe:8.8.8.8", ""},
    {"fe80::200:5efe:8.8.8.8", "link-local"},
};

TEST(AddressGuardTest, D4_OnlyPublicUnicastAddressesAreReached) {
  const AddressGuard guard;
  for (const Row& row : kRows) {
    const std::string why = guard.WhyRefused(Octets(row.address));
    if (*row.why == '\0') {
      EXPECT_EQ(why, "") << row.address;
    } else {
      EXPECT_NE(why.find(row.why), std::string::npos)
          << row.address << ": " << why;
    }
  }
}

TEST(AddressGuardTest, D4_WhatIsNoAddressIsRefused) {
  const AddressGuard guard;
  for (const std::size_t size : {0, 1, 3, 5, 8, 15, 17, 64}) {
    EXPECT_NE(guard.WhyRefused(std::vector<std::uint8_t>(size, 8)), "") << size;
  }
}

TEST(AddressGuardTest, TheConfigurationAllowsNetworks) {
  const AddressGuard guard(
      {.allowed = {Prefix("127.0.0.0/8"), Prefix("fd00::/8")}});
  EXPECT_EQ(guard.WhyRefused(Octets("127.9.9.9")), "");
  EXPECT_EQ(guard.WhyRefused(Octets("::ffff:127.9.9.9")), "");
  EXPECT_EQ(guard.WhyRefused(Octets("fd12::1")), "");
  EXPECT_NE(guard.WhyRefused(Octets("10.0.0.1")), "");
  EXPECT_NE(guard.WhyRefused(Octets("::1")), "");
}

TEST(AddressGuardTest, D4_TheConfigurationRefusesOwnAddresses) {
  const AddressGuard guard(
      {.allowed = {Prefix("8.8.8.9/32")},
       .refused = {Prefix("8.8.8.8/31"), Prefix("2a00:1450::1")}});
  EXPECT_EQ(guard.WhyRefused(Octets("8.8.8.8")),
            "the configuration refuses it");
  EXPECT_EQ(guard.WhyRefused(Octets("8.8.8.9")), "");
  EXPECT_NE(guard.WhyRefused(Octets("64:ff9b::8.8.8.8")), "");
  EXPECT_NE(guard.WhyRefused(Octets("2a00:1450::1")), "");
  EXPECT_EQ(guard.WhyRefused(Octets("2a00:1450::2")), "");
}

TEST(AddressGuardTest, D4_OnlyPortsOfHttpsAreReached) {
  const AddressGuard guard;
  EXPECT_EQ(guard.WhyPortRefused(443), "");
  EXPECT_EQ(guard.WhyPortRefused(8443), "");
  for (const unsigned port : {0u, 22u, 25u, 80u, 5222u, 6379u, 65535u}) {
    EXPECT_NE(guard.WhyPortRefused(static_cast<std::uint16_t>(port)), "");
  }
  const AddressGuard strict({.ports = {443}});
  EXPECT_EQ(strict.WhyPortRefused(8443), "port 8443 is not one of 443");
}

TEST(AddressPrefixTest, ReadsNetworksAndAddresses) {
  for (const char* text :
       {"127.0.0.0/8", "0.0.0.0/0", "192.0.2.1", "192.0.2.1/32", "::/0",
        "2001:db8::/32", "::1", "::1/128", "128.0.0.0/1", "fe80::/10"}) {
    EXPECT_TRUE(AddressPrefix::Parse(text).ok()) << text;
  }
  EXPECT_EQ(Prefix("192.0.2.1"), Prefix("192.0.2.1/32"));
  EXPECT_TRUE(Prefix("::/0").Contains(Octets("ff02::1")));
  EXPECT_FALSE(Prefix("::/0").Contains(Octets("192.0.2.1")));
  EXPECT_TRUE(Prefix("192.0.2.128/25").Contains(Octets("192.0.2.255")));
  EXPECT_FALSE(Prefix("192.0.2.128/25").Contains(Octets("192.0.2.127")));
}

TEST(AddressPrefixTest, SaysWhatIsWrong) {
  for (const std::string text :
       {"", "/", "/8", "127.0.0.0/", "127.0.0.0/33", "127.0.0.0/-1", "127/8",
        "127.0.0.0/8/8", "127.0.0.0/ 8", "127.0.0.0/8 ", "::/129", "fe80::%lo",
        "peer.example", "1.2.3.4.5", "0x7f.0.0.1"}) {
    const auto prefix = AddressPrefix::Parse(text);
    ASSERT_FALSE(prefix.ok()) << text;
    EXPECT_EQ(prefix.error(),
              "expected a network such as 192.0.2.0/24 or 2001:db8::/32; found "
              "'" +
                  text + "'");
  }
  for (const char* text : {"10.1.2.3/8", "2001:db8::1/64", "1.0.0.0/7"}) {
    const auto prefix = AddressPrefix::Parse(text);
    ASSERT_FALSE(prefix.ok()) << text;
    EXPECT_NE(prefix.error().find("bits set behind"), std::string::npos);
  }
  EXPECT_FALSE(AddressPrefix::Parse(std::string_view("10.0.0.0\0", 9)).ok());
}

}  // namespace
}  // namespace danegate
