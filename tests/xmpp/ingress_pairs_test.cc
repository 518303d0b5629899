// Further pairs of domains on one stream (spec F-06, F-10, G.3, G.5).
#include <gtest/gtest.h>

#include <chrono>
#include <tuple>

#include "tests/support/ingress_script.h"
#include "tests/support/stanza_texts.h"

namespace danegate {
namespace {

using namespace std::chrono_literals;

// Established by EXTERNAL; further pairs need dialback.
struct PairScript : IngressScript {
  PairScript() {
    Establish();
    outcome = Outcome::kAbsent;
    may_dial_back = true;
  }
  // Makes from->to valid, as pair `number`.
  void Prove(std::string_view from, std::string_view to, PairNumber number) {
    Peer(DbResult(from, to));
    KeyIsRight(number);
    ASSERT_TRUE(Sent(DbValid(from, to))) << sent;
  }
};

const std::string kHeaderMessage =
    MessageStanza("peer.example", "tenant.example");

TEST(IngressPairs, ComeAfterExternal) {  // G-41, F-06
  PairScript script;
  script.Peer(DbResult("b.example", "tenant.example"));
  EXPECT_EQ(
      script.done,
      (std::vector<std::string>{
          "#1 look up tenant.example for b.example", "#1 verify b.example",
          "#1 dial back b.example for tenant.example id id3 key k"}));
  script.Forget();
  script.KeyIsRight(1);
  EXPECT_EQ(script.done,
            (std::vector<std::string>{"#1 open tenant.example as b.example",
                                      "#1 restart"}));
  EXPECT_EQ(script.sent, DbValid("b.example", "tenant.example"));
  script.Peer(kHeaderMessage + MessageStanza("b.example", "tenant.example") +
              kHeaderMessage);
  EXPECT_EQ(script.relayed_by[0], kHeaderMessage + kHeaderMessage);
  EXPECT_EQ(script.relayed_by[1], MessageStanza("b.example", "tenant.example"));
}

TEST(IngressPairs, NeedNoKeyWhereTheCertificateProves) {  // G-51, G-52, F-06
  IngressScript script;
  script.Establish();
  script.Peer(DbResult("b.example", "tenant.example", ""));
  EXPECT_EQ(
      script.done,
      (std::vector<std::string>{
          "#1 look up tenant.example for b.example", "#1 verify b.example",
          "#1 open tenant.example as b.example", "#1 restart"}));
  EXPECT_EQ(script.sent, DbValid("b.example", "tenant.example"));
}

TEST(IngressPairs, AreJudgedEachByItself) {  // F-10, G-52, G-66, C7
  PairScript script;
  script.Prove("b.example", "x.example", 1);
  script.Forget();
  script.may_dial_back = false;  // y.example wants more
  script.Peer(DbResult("b.example", "y.example"));
  EXPECT_TRUE(script.Did("#2 verify b.example"));
  EXPECT_TRUE(script.Sent(StanzaError("not-authorized")));
  script.Peer(
      DbResult("peer.example", "y.example"));  // the header's sender too
  EXPECT_TRUE(script.Did("#3 verify peer.example"));
  script.Peer(MessageStanza("b.example", "y.example"));
  EXPECT_EQ(script.Condition(), "host-unknown");
}

TEST(IngressPairs, CountAsPairs) {  // B-26, G-62, L-02
  const std::tuple<const char*, const char*, const char*> rows[] = {
      {"a.example", "x.example", "open"},
      {"b.example", "y.example", "open"},
      {"a.example", "y.example", "invalid-from"},
      {"b.example", "x.example", "invalid-from"},
      {"peer.example", "y.example", "invalid-from"},
      {"a.example", "tenant.example", "invalid-from"},
      {"a.example", "z.example", "host-unknown"},
      {"c.example", "x.example", "invalid-from"},
  };
  for (const auto& [from, to, condition] : rows) {
    PairScript script;
    script.Prove("a.example", "x.example", 1);
    script.Prove("b.example", "y.example", 2);
    script.Peer(MessageStanza(from, to));
    EXPECT_EQ(script.Condition(), condition) << from << " to " << to;
    EXPECT_EQ(script.relayed.empty(), condition != std::string("open"));
  }
}

TEST(IngressPairs, RelayNothingBeforeTheirAnswer) {  // G-20, L-02
  for (int step = 0; step < 4; ++step) {
    PairScript script;
    script.backend_ready = false;
    script.answers_restart = false;
    script.Peer(DbResult("b.example", "tenant.example"));
    if (step > 0) script.KeyIsRight(1);
    if (step > 1) script.BackendReady(1);
    if (step > 2) script.BackendFeatures("", 1);
    script.Peer(MessageStanza("b.example", "tenant.example"));
    EXPECT_EQ(script.Condition(), step > 2 ? "open" : "invalid-from") << step;
    EXPECT_EQ(script.relayed.empty(), step <= 2) << step;
  }
}

TEST(IngressPairs, DoNotWaitForEachOther) {  // G-22
  PairScript script;
  script.Peer(DbResult("slow.example", "tenant.example"));
  script.Prove("b.example", "tenant.example", 2);
  script.Peer(
      "<db:verify from='c.example' to='tenant.example' id='7'>k</db:verify>" +
      MessageStanza("b.example", "tenant.example") + kHeaderMessage);
  EXPECT_TRUE(
      script.Did("check 1 from c.example to tenant.example id 7 key k"));
  EXPECT_EQ(script.stanzas, 2u);
  script.Forget();
  script.KeyIsRight(1);
  EXPECT_EQ(script.sent, DbValid("slow.example", "tenant.example"));
}

TEST(IngressPairs, FailWithoutTheStream) {  // G-21, G-24, G-25, G-64, L-05
  using Kind = Addressee::Kind;
  const struct {
    const char* claim;
    Addressee addressee;
    Outcome outcome;
    bool may_dial_back;
    const char* condition;
  } rows[] = {
      {"G-21 an unknown addressee",
       {Kind::kUnknown, ""},
       Outcome::kProved,
       true,
       "item-not-found"},
      {"A-20 G-64 a hosted sender",
       {Kind::kTenant, "acme", 20000, true},
       Outcome::kProved,
       true,
       "not-acceptable"},
      {"C7 disproved",
       {Kind::kTenant, "acme"},
       Outcome::kDisproved,
       true,
       "not-authorized"},
      {"nothing proves it",
       {Kind::kTenant, "acme"},
       Outcome::kAbsent,
       false,
       "not-authorized"},
      {"L-05 indeterminate",
       {Kind::kTenant, "acme"},
       Outcome::kIndeterminate,
       true,
       "remote-connection-failed"},
  };
  for (const auto& row : rows) {
    PairScript script;
    script.addressee = row.addressee;
    script.outcome = row.outcome;
    script.may_dial_back = row.may_dial_back;
    script.Peer(DbResult("b.example", "y.example"));
    EXPECT_TRUE(script.sent.starts_with(
        "<db:result from='y.example' to='b.example' type='error'>"))
        << row.claim << ": " << script.sent;
    EXPECT_TRUE(script.Sent(StanzaError(row.condition))) << row.claim;
    script.Peer(kHeaderMessage);
    EXPECT_EQ(script.relayed, kHeaderMessage) << row.claim;
  }
}

TEST(IngressPairs, OfAnotherTenantThanSniAskedForAreUnknown) {  // B3, H-11
  for (const bool by_sni : {false, true}) {
    IngressScript script;
    script.tls.served_tenant = "acme";
    script.tls.served_by_sni = by_sni;
    script.Establish();
    script.addressee.tenant = "other";
    script.Peer(DbResult("peer.example", "y.example"));
    EXPECT_EQ(script.Sent(StanzaError("item-not-found")), by_sni);
  }
}

TEST(IngressPairs, WithAnInvalidKeyAreForbiddenOnly) {  // G-24
  PairScript script;
  script.Peer(DbResult("b.example", "tenant.example"));
  script.KeyIsWrong(1);
  EXPECT_TRUE(script.Sent(StanzaError("forbidden")));
  EXPECT_EQ(script.Condition(), "open");
  script.Peer(kHeaderMessage);
  EXPECT_EQ(script.relayed, kHeaderMessage);
}

TEST(IngressPairs, AskedForTwiceAreVerifiedOnce) {  // threats D7
  PairScript script;
  for (int i = 0; i < 5; ++i)
    script.Peer(DbResult("b.example", "tenant.example"));
  script.Peer(DbResult("B.Example.", "tenant.example"));
  EXPECT_EQ(script.done.size(), 3u);
  script.Forget();
  script.KeyIsRight(1);
  EXPECT_EQ(script.sent, DbValid("b.example", "tenant.example"));
  script.Forget();
  script.Peer(DbResult("b.example", "tenant.example"));  // valid already
  EXPECT_EQ(script.sent, DbValid("b.example", "tenant.example"));
  script.Forget();
  script.Peer(DbResult("peer.example", "tenant.example"));  // the header's
  EXPECT_EQ(script.sent, DbValid("peer.example", "tenant.example"));
  EXPECT_TRUE(script.done.empty());
}

TEST(IngressPairs, AreBounded) {  // G-44, L-06
  PairScript pending;
  for (int i = 0; i < 4; ++i) {
    pending.Peer(DbResult("b" + std::to_string(i) + ".example", "x.example"));
  }
  EXPECT_EQ(pending.sent, "");
  pending.Forget();
  pending.Peer(DbResult("b9.example", "x.example"));
  EXPECT_TRUE(pending.Sent(StanzaError("resource-constraint")));
  EXPECT_TRUE(pending.done.empty());
  pending.DialbackCame(1, {.kind = DialbackResult::Kind::kError});
  pending.Peer(DbResult("b9.example", "x.example"));
  EXPECT_TRUE(pending.Did("#5 verify b9.example"));

  PairScript valid;
  for (PairNumber i = 1; i <= 7; ++i) {
    valid.Prove("b" + std::to_string(i) + ".example", "x.example", i);
  }
  valid.Forget();
  valid.Peer(DbResult("b8.example", "x.example"));
  EXPECT_TRUE(valid.Sent(StanzaError("resource-constraint")));
  EXPECT_TRUE(valid.done.empty());
  for (PairNumber i = 1; i <= 7; ++i) {
    valid.Peer(
        MessageStanza("b" + std::to_string(i) + ".example", "x.example"));
  }
  valid.Peer(kHeaderMessage);
  EXPECT_EQ(valid.stanzas, 8u);
}

TEST(IngressPairs, AreAnsweredInTime) {  // E1
  for (const bool opening : {false, true}) {
    PairScript script;
    script.backend_ready = false;
    script.Peer(DbResult("b.example", "tenant.example"));
    EXPECT_EQ(script.stream.deadline(), script.now + 75s);
    if (opening) script.KeyIsRight(1);
    script.Forget();
    script.Expire();
    EXPECT_EQ(script.done, std::vector<std::string>{"#1 drop"});
    EXPECT_TRUE(script.Sent(StanzaError("remote-server-timeout")));
    EXPECT_EQ(script.stream.deadline(), Instant::Never());
    script.Forget();
    script.KeyIsRight(1);  // too late
    script.BackendReady(1);
    script.BackendFeatures("", 1);
    EXPECT_EQ(script.sent, "");
    EXPECT_TRUE(script.done.empty());
  }
}

TEST(IngressPairs, AreForgottenWithTheStream) {  // G-65
  PairScript script;
  script.Peer(DbResult("b.example", "tenant.example"));
  script.Peer("</stream:stream>");
  EXPECT_TRUE(script.closed);
  EXPECT_EQ(script.stream.deadline(), Instant::Never());
  script.Forget();
  script.KeyIsRight(1);
  EXPECT_EQ(script.sent, "");
  EXPECT_TRUE(script.done.empty());
}

TEST(IngressPairs, EndTheStreamWithTheirBackend) {
  for (const bool closed : {false, true}) {
    PairScript script;
    script.Prove("b.example", "x.example", 1);
    if (closed) {
      script.BackendClosed(StreamError{StreamCondition::kReset, ""}, 1);
    } else {
      script.BackendFailed(BackendFailure::Kind::kUnreachable, 1);
    }
    EXPECT_EQ(script.Condition(), closed ? "reset" : "internal-server-error");
    EXPECT_NE(script.closed->error->text.find("x.example"), std::string::npos);
  }
}

TEST(IngressPairs, HoldTheLimitOfTheirTenant) {
  PairScript script;
  script.addressee.stanza_bytes = 1000;
  script.Prove("b.example", "x.example", 1);
  const auto message = [](std::string_view from, std::string_view to) {
    return "<message from='" + std::string(from) + "' to='" + std::string(to) +
           "'>" + std::string(2000, 'x') + "</message>";
  };
  script.Peer(message("peer.example", "tenant.example"));
  EXPECT_EQ(script.Condition(), "open");
  script.Peer(message("b.example", "x.example"));
  EXPECT_EQ(script.Condition(), "policy-violation");
  EXPECT_EQ(script.stanzas, 1u);
}

// A pair that is not valid yet is refused by itself; the peer cannot be told
// that a valid one is over, but the stream, which is not gone for the header's
// host.
TEST(IngressPairs, MayBeOfATenantThatGoes) {
  PairScript script;
  script.Prove("b.example", "x.example", 1);
  script.Peer(DbResult("b.example", "y.example"));
  script.Forget();
  script.HostGone(2);
  EXPECT_TRUE(script.Sent(StanzaError("item-not-found"))) << script.sent;
  EXPECT_EQ(script.Condition(), "open");
  script.HostGone(7);  // of a pair that is over
  EXPECT_EQ(script.Condition(), "open");
  script.Forget();
  script.HostGone(1);
  EXPECT_TRUE(script.Sent("<reset xmlns=")) << script.sent;
  EXPECT_TRUE(script.Sent("x.example is not served here any more"));
}

}  // namespace
}  // namespace danegate
