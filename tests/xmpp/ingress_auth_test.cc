// SASL EXTERNAL on an inbound stream (spec B).
#include <gtest/gtest.h>

#include "tests/support/ingress_script.h"

namespace danegate {
namespace {

constexpr std::string_view kSuccess =
    "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";

std::string Auth(std::string_view text,
                 std::string_view mechanism = "EXTERNAL") {
  return "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='" +
         std::string(mechanism) + "'>" + std::string(text) + "</auth>";
}

std::string Failed(std::string_view condition) {
  return "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><" +
         std::string(condition) + "/>";
}

TEST(IngressAuth, TakesEveryFormOfTheRightIdentity) {  // B-06, B-08, B-10
  for (const char* text : {"=", "cGVlci5leGFtcGxl", "UEVFUi5FWEFNUExF"}) {
    IngressScript script;
    script.ReachAuth();
    script.Forget();
    script.Peer(Auth(text));
    EXPECT_EQ(script.sent, kSuccess) << text;
  }
}

TEST(IngressAuth, AsksForAResponseThatIsNotThere) {  // B-07
  for (const char* text : {"", "=", "cGVlci5leGFtcGxl"}) {
    IngressScript script;
    script.ReachAuth();
    script.Forget();
    script.Peer(Auth(""));
    EXPECT_EQ(script.sent,
              "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    script.Forget();
    script.Peer("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>" +
                std::string(text) + "</response>");
    EXPECT_EQ(script.sent, kSuccess) << text;
  }
}

TEST(IngressAuth, FailsAnExchangeAndGoesOn) {
  const struct {
    const char* claim;
    std::string input;
    const char* condition;
  } rows[] = {
      {"B-18 another mechanism", Auth("=", "PLAIN"), "invalid-mechanism"},
      {"B-18 no mechanism",
       "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>=</auth>",
       "invalid-mechanism"},
      {"B-08 a node", Auth("YUBwZWVyLmV4YW1wbGU="), "invalid-authzid"},
      {"B-09 another domain", Auth("ZXZpbC5leGFtcGxl"), "invalid-authzid"},
      {"B-12 a space", Auth("cGVl ci5leGFtcGxl"), "incorrect-encoding"},
      {"B-12 padding in front", Auth("=AAA"), "incorrect-encoding"},
      {"B-12 bits under the padding", Auth("Zh=="), "incorrect-encoding"},
      {"B-07 a response without challenge",
       "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
       "malformed-request"},
      {"B-19 abort", "<abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
       "aborted"},
  };
  for (const auto& row : rows) {
    IngressScript script;
    script.ReachAuth();
    script.Forget();
    script.Peer(row.input);
    EXPECT_TRUE(script.sent.starts_with(Failed(row.condition)))
        << row.claim << ": " << script.sent;
    EXPECT_EQ(script.Condition(), "open") << row.claim;
    script.Forget();
    script.Peer(kAuth);
    EXPECT_EQ(script.sent, kSuccess) << row.claim;
  }
}

TEST(IngressAuth, RequiresEncryption) {
  IngressScript script;
  script.Peer(PeerHeader());
  script.Forget();
  script.Peer(kAuth);
  EXPECT_TRUE(script.sent.starts_with(Failed("encryption-required")));
  script.Peer(kStartTls);
  EXPECT_TRUE(script.Did("starttls tenant.example"));
}

TEST(IngressAuth, ForgivesFiveFailuresAndNoSixth) {  // B-16
  IngressScript script;
  script.ReachAuth();
  for (int i = 0; i < 5; ++i) script.Peer(Auth("=", "PLAIN"));
  EXPECT_EQ(script.Condition(), "open");
  script.Peer(Auth("=", "PLAIN"));
  EXPECT_EQ(script.Condition(), "policy-violation");
}

TEST(IngressAuth, LetsASecondAuthReplaceTheFirst) {  // B-16
  IngressScript script;
  script.ReachAuth();
  script.Peer(Auth(""));
  script.Forget();
  script.Peer(kAuth);
  EXPECT_EQ(script.sent, kSuccess);
}

TEST(IngressAuth, AbortsAnExchange) {  // B-19
  IngressScript script;
  script.ReachAuth();
  script.Peer(Auth(""));
  script.Peer("<abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
  script.Forget();
  script.Peer("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
  EXPECT_TRUE(script.sent.starts_with(Failed("malformed-request")));
}

TEST(IngressAuth, WaitsForTheBackendBeforeSuccess) {
  IngressScript script;
  script.backend_ready = false;
  script.ReachAuth();
  script.Forget();
  script.Peer(kAuth);
  EXPECT_EQ(script.sent, "");
  script.BackendReady();
  EXPECT_EQ(script.sent, kSuccess);
}

TEST(IngressAuth, AnswersABackendThatIsDownWithATemporaryFailure) {  // B-18
  for (const bool before : {true, false}) {
    IngressScript script;
    script.backend_ready = false;
    script.ReachAuth();
    script.Forget();
    if (!before) script.Peer(kAuth);
    script.BackendFailed(BackendFailure::Kind::kUnreachable);
    if (before) {
      EXPECT_EQ(script.sent, "");
      script.Peer(kAuth);
    }
    EXPECT_EQ(script.Condition(), "sasl temporary-auth-failure");
    EXPECT_TRUE(script.sent.starts_with(Failed("temporary-auth-failure")));
    EXPECT_TRUE(script.sent.ends_with("</failure></stream:stream>"));
    EXPECT_FALSE(script.Sent("10.0.0.1"));
    EXPECT_EQ(script.closed->detail, "10.0.0.1:5269: refused");
  }
}

TEST(IngressAuth, GivesUpOnASilentBackend) {
  IngressScript script;
  script.backend_ready = false;
  script.ReachSuccess();
  script.Expire();
  EXPECT_EQ(script.Condition(), "sasl temporary-auth-failure");
}

TEST(IngressAuth, EndsTheStreamWhenTheBackendFailsAfterSuccess) {
  IngressScript script;
  script.ReachSuccess();
  script.Forget();
  script.BackendFailed(BackendFailure::Kind::kUnreachable);
  EXPECT_EQ(script.Condition(), "internal-server-error");
  EXPECT_TRUE(script.sent.starts_with("<?xml"));
}

// --- B-11: a peer that names itself only by its authorization identity

constexpr std::string_view kNoFrom = "to='tenant.example' version='1.0'";

TEST(IngressAuth, ProvesTheAuthzidWhereFromIsMissing) {
  IngressScript script;
  script.ReachTls();
  script.Peer(PeerHeader(kNoFrom));
  EXPECT_FALSE(script.Did("verify peer.example"));
  script.Forget();
  script.Peer(Auth("cGVlci5leGFtcGxl"));
  EXPECT_TRUE(script.Did("look up tenant.example for peer.example"));
  EXPECT_TRUE(script.Did("verify peer.example"));
  EXPECT_EQ(script.sent, kSuccess);
  script.Peer(PeerHeader(kNoFrom));
  EXPECT_TRUE(script.stream.established());
}

TEST(IngressAuth, RefusesAPeerWithoutAnyIdentity) {
  IngressScript script;
  script.ReachTls();
  script.Peer(PeerHeader(kNoFrom));
  script.Forget();
  script.Peer(kAuth);
  EXPECT_TRUE(script.sent.starts_with(Failed("not-authorized")));
}

TEST(IngressAuth, MapsVerdictsOfAnAuthzidToSaslFailures) {
  const std::pair<Outcome, const char*> rows[] = {
      {Outcome::kDisproved, "sasl not-authorized"},
      {Outcome::kAbsent, "sasl not-authorized"},
      {Outcome::kIndeterminate, "sasl temporary-auth-failure"},
  };
  for (const auto& [outcome, condition] : rows) {
    IngressScript script;
    script.outcome = outcome;
    script.ReachTls();
    script.Peer(PeerHeader(kNoFrom));
    script.Peer(Auth("cGVlci5leGFtcGxl"));
    EXPECT_EQ(script.Condition(), condition);
  }
}

TEST(IngressAuth, RefusesAHostedAuthzid) {  // A-20, D3
  IngressScript script;
  script.ReachTls();
  script.Peer(PeerHeader(kNoFrom));
  script.addressee.from_is_hosted = true;
  script.Peer(Auth("cGVlci5leGFtcGxl"));
  EXPECT_EQ(script.Condition(), "sasl invalid-authzid");
  EXPECT_FALSE(script.Did("verify peer.example"));
}

}  // namespace
}  // namespace danegate
