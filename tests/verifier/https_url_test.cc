// URLs that a stranger may name.
#include "verifier/posh/https_url.h"

#include <gtest/gtest.h>

#include <string>

namespace danegate {
namespace {

HttpsUrl Url(const std::string& text) {
  auto url = HttpsUrl::Parse(text);
  EXPECT_TRUE(url.ok()) << text << ": " << (url ? "" : url.error());
  return *std::move(url);
}

TEST(HttpsUrlTest, E08_ReadsHostPortAndPath) {
  const struct {
    const char *text, *host;
    std::uint16_t port;
    const char *path, *again;
  } rows[] = {
      {"https://a.example", "a.example", 443, "/", "https://a.example/"},
      {"https://a.example/", "a.example", 443, "/", "https://a.example/"},
      {"HTTPS://A.Example./p", "a.example", 443, "/p", "https://a.example/p"},
      {"https://a.example:443/p", "a.example", 443, "/p",
       "https://a.example/p"},
      {"https://a.example:/p", "a.example", 443, "/p", "https://a.example/p"},
      {"https://a.example:8443/p", "a.example", 8443, "/p",
       "https://a.example:8443/p"},
      {"https://a.example?q=/..", "a.example", 443, "/?q=/..",
       "https://a.example/?q=/.."},
      {"https://a.example/a/./b/../c?d=1&e=https://x:1/@", "a.example", 443,
       "/a/c?d=1&e=https://x:1/@", "https://a.example/a/c?d=1&e=https://x:1/@"},
      {"https://a.example/../../x", "a.example", 443, "/x",
       "https://a.example/x"},
      {"https://a.example/a/..", "a.example", 443, "/", "https://a.example/"},
      {"https://a.example/a/b/.", "a.example", 443, "/a/b/",
       "https://a.example/a/b/"},
      {"https://a.example//b", "a.example", 443, "//b", "https://a.example//b"},
      {"https://a.example/%2e%2e/x", "a.example", 443, "/%2e%2e/x",
       "https://a.example/%2e%2e/x"},
  };
  for (const auto& row : rows) {
    const HttpsUrl url = Url(row.text);
    EXPECT_EQ(url.host.ascii(), row.host) << row.text;
    EXPECT_EQ(url.port, row.port) << row.text;
    EXPECT_EQ(url.path, row.path) << row.text;
    EXPECT_EQ(url.ToText(), row.again) << row.text;
    EXPECT_EQ(Url(url.ToText()), url);
  }
}

TEST(HttpsUrlTest, E08_RefusesEverythingElse) {
  const struct {
    std::string text;
    const char* why;
  } rows[] = {
      {"", "empty"},
      {"https://a.example/" + std::string(2048, 'a'), "2066 octets"},
      {"http://a.example/", "https://"},
      {"ftp://a.example/", "https://"},
      {"file:///etc/passwd", "https://"},
      {"gopher://a.example/", "https://"},
      {"https:/a.example/", "https://"},
      {"https:a.example", "https://"},
      {"//a.example/", "https://"},
      {"/a", "https://"},
      {" https://a.example/", "character"},
      {"https://a.example/ x", "character"},
      {"https://a.example/\r\nX: y", "character"},
      {std::string("https://a.example/\0", 19), "character"},
      {"https://a.example\\@b.example/", "character"},
      {"https://b\xC3\xBC"
       "cher.example/",
       "character"},
      {"https://a.example/\"", "character"},
      {"https://a.example/#f", "fragment"},
      {"https://user@a.example/", "user information"},
      {"https://user:pw@a.example/", "user information"},
      {"https://@a.example/", "user information"},
      {"https:///x", "empty"},
      {"https://:443/x", "empty"},
      {"https://127.0.0.1/", "ip-literal"},
      {"https://127.1/", "ip-literal"},
      {"https://2130706433/", "ip-literal"},
      {"https://0x7f000001/", "ip-literal"},
      {"https://0177.0.0.1:443/", "ip-literal"},
      {"https://[::1]/", "ip-literal"},
      {"https://[::1]:443/", "ip-literal"},
      {"https://[::1/", "ip-literal"},
      {"https://a..example/", "bad-label"},
      {"https://a%2eexample/", "bad-label"},
      {"https://a.example:0/", "port"},
      {"https://a.example:65536/", "port"},
      {"https://a.example:-1/", "port"},
      {"https://a.example:+1/", "port"},
      {"https://a.example:443x/", "port"},
      {"https://a.example:1:443/", "bad-label"},
  };
  for (const auto& row : rows) {
    const auto url = HttpsUrl::Parse(row.text);
    ASSERT_FALSE(url.ok()) << row.text;
    EXPECT_NE(url.error().find(row.why), std::string::npos)
        << row.text << ": " << url.error();
  }
}

// RFC 3986 section 5.4, as far as https goes.
TEST(HttpsUrlTest, E09_LocationsMayBeRelative) {
  const HttpsUrl base = Url("https://a.example:8443/b/c/d;p?q");
  const struct {
    const char *location, *text;
  } rows[] = {
      {"https://x.example/y", "https://x.example/y"},
      {"//x.example", "https://x.example/"},
      {"//x.example:1/y", "https://x.example:1/y"},
      {"/g", "https://a.example:8443/g"},
      {"/", "https://a.example:8443/"},
      {"g", "https://a.example:8443/b/c/g"},
      {"./g", "https://a.example:8443/b/c/g"},
      {"g/", "https://a.example:8443/b/c/g/"},
      {"?y", "https://a.example:8443/b/c/d;p?y"},
      {"g?y=a:b", "https://a.example:8443/b/c/g?y=a:b"},
      {"..", "https://a.example:8443/b/"},
      {"../g", "https://a.example:8443/b/g"},
      {"../../../g", "https://a.example:8443/g"},
      {"./g/../h:i", "https://a.example:8443/b/c/h:i"},
  };
  for (const auto& row : rows) {
    const auto url = base.Resolve(row.location);
    ASSERT_TRUE(url.ok()) << row.location << ": " << url.error();
    EXPECT_EQ(url->ToText(), row.text) << row.location;
  }
}

TEST(HttpsUrlTest, E09_LocationsThatLeaveHttpsAreRefused) {
  const HttpsUrl base = Url("https://a.example/b");
  for (const char* location :
       {"", "http://a.example/", "http:c", "javascript:1", "data:,x", "#x",
        "/x#y", "//u@x.example/", "//127.0.0.1/", "//[::1]/", "///x", "/a b",
        "/\r\nX: y", "file:///etc/passwd"}) {
    EXPECT_FALSE(base.Resolve(location).ok()) << location;
  }
}

}  // namespace
}  // namespace danegate
