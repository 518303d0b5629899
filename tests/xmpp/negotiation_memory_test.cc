// What a connection may hold of our heap before it is authenticated (A3): what
// jemalloc, which danegate is linked with, counts on this thread.
#include <gtest/gtest.h>
#include <jemalloc/jemalloc.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/xmpp/limits.h"
#include "tests/support/ingress_script.h"

namespace danegate {
namespace {

// threats A3, B8
constexpr std::size_t kMostHeld = 64 * 1024;
// The peer's octets come in pieces of this size, and each may be the most that
// is ever held.
constexpr std::size_t kPiece = 256;

std::uint64_t Counter(const char* name) {
  std::uint64_t value = 0;
  std::size_t size = sizeof(value);
  if (::mallctl(name, &value, &size, nullptr, 0) != 0) return 0;
  return value;
}

// Octets that this thread has allocated and not freed.
std::uint64_t Held() {
  return Counter("thread.allocated") - Counter("thread.deallocated");
}

std::string Repeated(std::string_view what, std::size_t octets) {
  std::string out;
  while (out.size() + what.size() <= octets) out += what;
  return out;
}

std::string Numbered(std::string_view before, std::string_view behind,
                     std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out.append(before).append(std::to_string(i)).append(behind);
  }
  return out;
}

struct Row {
  const char* claim;
  std::string input;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.claim; }

// Each is as long as a negotiation may be, or as the element where that ends.
std::vector<Row> Rows() {
  const std::string uri(2000, 'u');
  const std::size_t all = limits::kNegotiationBytes;
  return {
      {"a long namespace and many children",
       "<x xmlns='" + uri + "'>" + Repeated("<a/>", all)},
      {"a long namespace of a prefix",
       "<x xmlns:p='" + uri + "'>" + Repeated("<p:a/>", all)},
      {"a long namespace of attributes",
       "<x xmlns:p='" + uri + "'>" +
           Repeated("<a p:b='' p:c='' p:d=''/>", all)},
      {"many children", "<x>" + Repeated("<a/>", all)},
      {"a few children", "<x>" + Repeated("<a/>", 4 * 40)},
      {"children of children", "<x>" + Repeated("<a><b><c/></b></a>", all)},
      {"elements in each other", Repeated("<a>", all)},
      {"attributes",
       "<x>" + Repeated("<a " + Numbered("b", "='' ", 32) + "/>", all)},
      {"long values", "<x>" + Repeated("<a b='" + uri + "'/>", all)},
      {"namespaces", "<x " + Numbered("xmlns:p", "='urn:u' ", 24) + ">" +
                         Repeated("<p1:a p2:b='' p3:c=''/>", all)},
      {"ever new names", "<x>" + Numbered("<name", "/>", all)},
      {"a long tag", "<x a='" + Repeated("v", all)},
      {"a long name", "<" + Repeated("x", all)},
      {"text", "<x>" + Repeated("t", all)},
      {"text and children",
       "<x>" + Repeated("t", 4000) + Repeated("<a/>", all)},
      {"references", "<x>" + Repeated("&lt;", all)},
      {"small elements, complete", Repeated("<iq/>", all)},
      {"elements of dialback, complete",
       Repeated("<db:verify xmlns:db='jabber:server:dialback' from='a.example' "
                "to='tenant.example' id='i'>k</db:verify>",
                all)},
  };
}

class UnprovenPeer : public testing::TestWithParam<Row> {
 protected:
  // The most that is held from now on, beyond `base`.
  static std::uint64_t MostHeld(IngressScript& script, std::uint64_t base) {
    std::uint64_t most = 0;
    std::string_view rest = GetParam().input;
    while (!rest.empty() && !script.closed) {
      script.Peer(rest.substr(0, kPiece));
      rest.remove_prefix(std::min(kPiece, rest.size()));
      most = std::max(most, Held() - base);
    }
    return most;
  }
};

TEST_P(UnprovenPeer, HoldsLittleBeforeTls) {  // A3
  const auto base = Held();
  IngressScript script;
  script.Peer(PeerHeader());
  EXPECT_LE(MostHeld(script, base), kMostHeld);
}

TEST_P(UnprovenPeer, HoldsLittleInTls) {  // A3
  const auto base = Held();
  IngressScript script;
  script.ReachAuth();
  EXPECT_LE(MostHeld(script, base), kMostHeld);
}

TEST_P(UnprovenPeer, HoldsLittleWhereDialbackMayProve) {  // A3
  const auto base = Held();
  IngressScript script;
  script.addressee.allows_dialback = true;
  script.may_dial_back = true;
  script.outcome = Outcome::kAbsent;
  script.ReachTls();
  script.Peer(PeerHeader());
  EXPECT_LE(MostHeld(script, base), kMostHeld);
}

TEST_P(UnprovenPeer, HoldsLittleWhileWeWait) {  // A3
  const auto base = Held();
  IngressScript script;
  script.answers_look_up = false;
  script.Peer(PeerHeader());
  EXPECT_LE(MostHeld(script, base), kMostHeld);
}

TEST_P(UnprovenPeer, HoldsLittleInPlaceOfAHeader) {  // A3
  const auto base = Held();
  IngressScript script;
  EXPECT_LE(MostHeld(script, base), kMostHeld);
}

INSTANTIATE_TEST_SUITE_P(All, UnprovenPeer, testing::ValuesIn(Rows()));

TEST(Held, CountsWhatIsAllocated) {
  const auto base = Held();
  const std::string text(100'000, 'x');
  EXPECT_GE(Held() - base, text.size());
}

}  // namespace
}  // namespace danegate
