#include "verifier/domain.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace danegate {
namespace {

struct Good {
  const char* text;
  const char* ascii;
};

// A-21, D-09, D9: what is one domain compares as one.
TEST(Domain, A21_HasOneCanonicalForm) {
  const std::vector<Good> rows = {
      {"peer.example", "peer.example"},
      {"PEER.Example", "peer.example"},
      {"peer.example.", "peer.example"},
      {"localhost", "localhost"},
      {"a-b.example", "a-b.example"},
      {"1a.example", "1a.example"},
      {"127.0.0.1.example", "127.0.0.1.example"},
      {"bücher.example", "xn--bcher-kva.example"},
      {"BÜCHER.example", "xn--bcher-kva.example"},
      {"bu\u0308cher.example", "xn--bcher-kva.example"},
      {"xn--bcher-kva.example", "xn--bcher-kva.example"},
      {"XN--BCHER-KVA.EXAMPLE.", "xn--bcher-kva.example"},
      {"faß.example", "xn--fa-hia.example"},
      {"βόλος.example", "xn--nxasmm1c.example"},
      {"例え.テスト", "xn--r8jz45g.xn--zckzah"},
      {"peer。example", "peer.example"},
      {"ｐｅｅｒ．example", "peer.example"},
  };
  for (const Good& row : rows) {
    const auto domain = Domain::Parse(row.text);
    ASSERT_TRUE(domain.ok()) << row.text << ": " << ToString(domain.error());
    EXPECT_EQ(domain->ascii(), row.ascii) << row.text;
  }
}

struct Bad {
  std::string text;
  DomainError error;
};

TEST(Domain, D9_RefusesWhatIsNoDomain) {
  const std::vector<Bad> rows = {
      {"", DomainError::kEmpty},
      {".", DomainError::kEmpty},
      {"..", DomainError::kBadLabel},
      {".example", DomainError::kBadLabel},
      {"a..example", DomainError::kBadLabel},
      {"peer.example..", DomainError::kBadLabel},
      {"a b.example", DomainError::kBadLabel},
      {"a\tb.example", DomainError::kBadLabel},
      {"-a.example", DomainError::kBadLabel},
      {"a-.example", DomainError::kBadLabel},
      {"a*b.example", DomainError::kBadLabel},
      {"*.example", DomainError::kBadLabel},
      {"a'b.example", DomainError::kBadLabel},
      {"<a>.example", DomainError::kBadLabel},
      {"a\\.example", DomainError::kBadLabel},
      {"a:5269", DomainError::kBadLabel},
      {std::string("a\0.example", 10), DomainError::kBadLabel},
      {std::string(64, 'a') + ".example", DomainError::kBadLabel},
      {std::string(1100, 'a'), DomainError::kTooLong},
      {"xn--a.example", DomainError::kBadIdn},
      {"xn--\x80.example", DomainError::kBadIdn},
      {"xn--999999999.example", DomainError::kBadIdn},
      {"\xff.example", DomainError::kBadIdn},
      {"\xc0\xae.example", DomainError::kBadIdn},
      {"a\u200d.example", DomainError::kBadIdn},
      {"\u0301a.example", DomainError::kBadIdn},
      {"user@peer.example", DomainError::kNotBare},
      {"peer.example/r", DomainError::kNotBare},
      {"@", DomainError::kNotBare},
  };
  for (const Bad& row : rows) {
    const auto domain = Domain::Parse(row.text);
    ASSERT_FALSE(domain.ok()) << row.text << " gave " << domain->ascii();
    EXPECT_EQ(domain.error(), row.error)
        << row.text << ": " << ToString(domain.error());
  }
}

TEST(Domain, A22_RefusesIpLiteralsInEveryNotation) {
  for (const char* text :
       {"192.0.2.1", "192.0.2.1.", "127.1", "2130706433", "0x7f.0.0.1",
        "0x7f000001", "example.1", "::1", "2001:db8::1", "[2001:db8::1]",
        "::ffff:192.0.2.1", "１９２.０.２.１", "192。0。2。1"}) {
    const auto domain = Domain::Parse(text);
    ASSERT_FALSE(domain.ok()) << text;
    EXPECT_EQ(domain.error(), DomainError::kIpLiteral)
        << text << ": " << ToString(domain.error());
  }
}

TEST(Domain, TakesTheLongestNameAndNotOneMore) {
  const std::string label(63, 'a');
  const std::string longest =
      label + "." + label + "." + label + "." + std::string(61, 'b');
  ASSERT_EQ(longest.size(), 253U);
  EXPECT_TRUE(Domain::Parse(longest).ok());
  EXPECT_TRUE(Domain::Parse(longest + ".").ok());
  EXPECT_EQ(Domain::Parse(longest + "b").error(), DomainError::kTooLong);
}

TEST(Domain, ShowsUnicodeToPeople) {
  EXPECT_EQ(Domain::Parse("xn--bcher-kva.example")->ToUnicode(),
            "bücher.example");
  EXPECT_EQ(Domain::Parse("peer.example")->ToUnicode(), "peer.example");
}

TEST(Domain, KnowsItsParent) {
  EXPECT_EQ(Domain::Parse("a.b.example")->parent(), "b.example");
  EXPECT_EQ(Domain::Parse("example")->parent(), "");
}

}  // namespace
}  // namespace danegate
