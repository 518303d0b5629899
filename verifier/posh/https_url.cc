#include "verifier/posh/https_url.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace danegate {
namespace {

using std::string_literals::operator""s;

constexpr std::string_view kScheme = "https://";

char ToLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (ToLower(c) >= 'a' && ToLower(c) <= 'z');
}

// RFC 3986 section 2, but for '#'. An octet behind '%' is not looked at: it is
// the server's business.
bool IsUrlCharacter(char c) {
  return IsAlphanumeric(c) ||
         std::string_view("-._~:/?[]@!$&'()*+,;=%").find(c) !=
             std::string_view::npos;
}

std::string WhyUnreadable(std::string_view text) {
  if (text.empty()) return "the URL is empty";
  if (text.size() > HttpsUrl::kMaxOctets) {
    return "the URL has " + std::to_string(text.size()) +
           " octets; expected at most " + std::to_string(HttpsUrl::kMaxOctets);
  }
  if (text.find('#') != std::string_view::npos) {
    return "the URL has a fragment; expected none";
  }
  if (!std::all_of(text.begin(), text.end(), IsUrlCharacter)) {
    return "the URL holds a character that no URL may hold";
  }
  return "";
}

bool HasHttpsScheme(std::string_view text) {
  return text.size() >= kScheme.size() &&
         std::equal(kScheme.begin(), kScheme.end(), text.begin(),
                    [](char a, char b) { return a == ToLower(b); });
}

// A scheme ends in the first ':' before any of "/?".
bool HasScheme(std::string_view text) {
  const std::size_t end = text.find_first_of(":/?");
  return end != std::string_view::npos && text[end] == ':';
}

std::optional<std::uint16_t> ReadPort(std::string_view digits) {
  if (digits.empty()) return HttpsUrl::kDefaultPort;  // RFC 3986 3.2.3
  std::uint16_t port = 0;
  const char* const end = digits.data() + digits.size();
  const auto [next, error] = std::from_chars(digits.data(), end, port);
  if (error != std::errc() || next != end || port == 0) return std::nullopt;
  return port;
}

// Takes the first segment, with the '/' before it, off the path.
std::string_view TakeSegment(std::string_view& path) {
  const std::string_view segment = path.substr(0, path.find('/', 1));
  path.remove_prefix(segment.size());
  return segment;
}

// RFC 3986 section 5.2.4. `path` begins with "/".
std::string RemoveDotSegments(std::string_view path) {
  std::string clean;
  while (!path.empty()) {
    const std::string_view segment = TakeSegment(path);
    if (segment != "/." && segment != "/..") {
      clean += segment;
      continue;
    }
    if (segment == "/.." && !clean.empty()) clean.erase(clean.rfind('/'));
    if (path.empty()) clean += '/';
  }
  return clean;
}

}  // namespace

Result<HttpsUrl, std::string> HttpsUrl::Parse(std::string_view text) {
  if (auto why = WhyUnreadable(text); !why.empty()) {
    return Failure(std::move(why));
  }
  if (!HasHttpsScheme(text)) {
    return Failure("the URL does not begin with https://"s);
  }
  text.remove_prefix(kScheme.size());
  const std::string_view authority = text.substr(0, text.find_first_of("/?"));
  text.remove_prefix(authority.size());
  if (authority.find('@') != std::string_view::npos) {
    return Failure("the URL holds user information; expected none"s);
  }
  const std::size_t colon = std::min(authority.rfind(':'), authority.size());
  auto host = Domain::Parse(authority.substr(0, colon));
  if (!host) {
    return Failure("the URL's host is no domain name: " +
                   std::string(ToString(host.error())));
  }
  const auto port = colon == authority.size()
                        ? kDefaultPort
                        : ReadPort(authority.substr(colon + 1));
  if (!port) return Failure("the URL's port is not from 1 to 65535"s);
  const std::size_t query = std::min(text.find('?'), text.size());
  std::string path =
      query == 0 ? "/" : RemoveDotSegments(text.substr(0, query));
  path += text.substr(query);
  return HttpsUrl{*std::move(host), *port, std::move(path)};
}

Result<HttpsUrl, std::string> HttpsUrl::Resolve(
    std::string_view location) const {
  if (auto why = WhyUnreadable(location); !why.empty()) {
    return Failure(std::move(why));
  }
  if (HasScheme(location)) return Parse(location);
  if (location.starts_with("//")) {
    return Parse("https:" + std::string(location));
  }
  const std::string_view own = std::string_view(path).substr(0, path.find('?'));
  std::string base;
  if (location.front() == '?') {
    base = own;
  } else if (location.front() != '/') {
    base = own.substr(0, own.rfind('/') + 1);
  }
  return Parse(HttpsUrl{host, port, base + std::string(location)}.ToText());
}

std::string HttpsUrl::ToText() const {
  std::string text(kScheme);
  text += host.ascii();
  if (port != kDefaultPort) text += ":" + std::to_string(port);
  return text + path;
}

}  // namespace danegate
