// A stream that dialback alone proves (spec G.3, G.7).
#include <gtest/gtest.h>

#include <chrono>

#include "tests/support/ingress_script.h"
#include "tests/support/stanza_texts.h"

namespace danegate {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kResult =
    "<db:result from='peer.example' to='tenant.example'>k1</db:result>";
constexpr std::string_view kMessage =
    "<message from='a@peer.example' to='b@tenant.example'/>";
constexpr std::string_view kValid =
    "<db:result from='tenant.example' to='peer.example' type='valid'/>";
constexpr std::string_view kInvalid =
    "<db:result from='tenant.example' to='peer.example' type='invalid'/>";
constexpr std::string_view kFeature =
    "<dialback xmlns='urn:xmpp:features:dialback'><errors/></dialback>";

// A peer without proof, to a tenant that takes dialback.
struct WeakScript : IngressScript {
  explicit WeakScript(bool has_certificate = true) {
    addressee.allows_dialback = true;
    outcome = Outcome::kAbsent;
    may_dial_back = true;
    tls.has_certificate = has_certificate;
  }
  void ReachDialback() {
    ReachAuth();
    Forget();
  }
  void EstablishByDialback() {
    ReachDialback();
    Peer(kResult);
    KeyIsRight(1);
    Forget();
  }
};

// --- being proven by dialback alone

TEST(IngressDialback, OffersNothingElseWhereNothingElseDecides) {  // B-03, G-40
  for (const bool has_certificate : {true, false}) {
    WeakScript script(has_certificate);
    script.ReachAuth();
    EXPECT_TRUE(script.sent.ends_with(
        "<stream:features>" + std::string(kFeature) + "</stream:features>"));
    EXPECT_TRUE(script.Did("verify peer.example"));
    EXPECT_EQ(script.Condition(), "open");
  }
}

TEST(IngressDialback, GoesTheWayOfAPair) {  // G-01, G-02, G-20, A-06
  WeakScript script;
  script.ReachTls();
  script.Peer(PeerHeader(
      "xmlns:x='urn:x' from='peer.example' to='tenant.example' version='1.0'"));
  script.Forget();
  script.Peer(kResult);
  EXPECT_EQ(script.done,
            (std::vector<std::string>{
                "#1 look up tenant.example for peer.example",
                "#1 verify peer.example",
                "#1 dial back peer.example for tenant.example id id2 key k1"}));
  EXPECT_EQ(script.sent, "");
  script.Forget();
  script.KeyIsRight(1);
  EXPECT_EQ(script.done,
            (std::vector<std::string>{"#1 open tenant.example as peer.example",
                                      "#1 restart"}));
  EXPECT_EQ(script.declarations.namespaces[0].second, "urn:x");
  EXPECT_EQ(script.sent, kValid);
  EXPECT_TRUE(script.stream.established());
  EXPECT_EQ(script.stream.deadline(), Instant::Never());
  const std::string message =
      "<message from='a@peer.example' to='b@tenant.example'><x:y/></message>";
  script.Peer(message);
  EXPECT_EQ(script.relayed_by[1], message);
}

TEST(IngressDialback, WorksOctetByOctet) {
  WeakScript script;
  script.ReachDialback();
  for (const char& octet : kResult) script.Peer({&octet, 1});
  script.KeyIsRight(1);
  for (const char& octet : kMessage) script.Peer({&octet, 1});
  EXPECT_EQ(script.relayed, kMessage);
}

TEST(IngressDialback, ReadsAnElementThatWasCutByTheAnswer) {
  const std::string verify =
      "<db:verify from='a.example' to='tenant.example' id='7'>k</db:verify>";
  for (std::size_t cut = 0; cut <= verify.size(); ++cut) {
    WeakScript script;
    script.ReachDialback();
    script.Peer(std::string(kResult) + " " + verify.substr(0, cut));
    script.KeyIsRight(1);
    script.Peer(verify.substr(cut) + std::string(kMessage));
    ASSERT_TRUE(
        script.Did("check 1 from a.example to tenant.example id 7 key k"))
        << cut;
    ASSERT_EQ(script.relayed, kMessage) << cut;
  }
}

TEST(IngressDialback, RelaysNothingBeforeTheAnswer) {  // A-32, G-20, L-02
  for (int step = 0; step < 4; ++step) {
    WeakScript script;
    script.answers_restart = false;
    script.ReachDialback();
    if (step > 0) script.Peer(kResult);
    if (step > 1) script.KeyIsRight(1);
    if (step > 2) script.Peer(" ");
    script.Peer(kMessage);
    EXPECT_EQ(script.Condition(), "not-authorized") << step;
    EXPECT_EQ(script.relayed, "") << step;
  }
}

TEST(IngressDialback, SaysValidWhenTheBackendIsReadyAndNotBefore) {
  WeakScript script;
  script.backend_ready = false;
  script.answers_restart = false;
  script.ReachDialback();
  script.Peer(kResult);
  script.KeyIsRight(1);
  EXPECT_EQ(script.sent, "");
  script.BackendReady(1);
  EXPECT_EQ(script.sent, "");
  script.BackendFeatures("", 1);
  EXPECT_EQ(script.sent, kValid);
}

TEST(IngressDialback, TellsABackendThatIsDownAsAnError) {
  const std::pair<BackendFailure::Kind, const char*> rows[] = {
      {BackendFailure::Kind::kUnreachable, "remote-server-timeout"},
      {BackendFailure::Kind::kRefused, "internal-server-error"},
      {BackendFailure::Kind::kOverloaded, "resource-constraint"},
  };
  for (const auto& [kind, condition] : rows) {
    for (const bool ready : {false, true}) {
      WeakScript script;
      script.backend_ready = ready;
      script.answers_restart = false;
      script.ReachDialback();
      script.Peer(kResult);
      script.KeyIsRight(1);
      script.BackendFailed(kind, 1);
      EXPECT_TRUE(script.Sent(StanzaError(condition))) << condition;
      EXPECT_EQ(script.Sent("10.0.0.1"),  // the text is for the peer too
                kind == BackendFailure::Kind::kOverloaded);
      EXPECT_EQ(script.Condition(), "open");
      script.Forget();
      script.Peer(kResult);  // and the peer may try again
      EXPECT_TRUE(script.Did("#2 verify peer.example"));
    }
  }
}

TEST(IngressDialback, ClosesTheStreamOnAnInvalidKey) {  // G-24
  WeakScript script;
  script.ReachDialback();
  script.Peer(kResult);
  script.Forget();
  script.KeyIsWrong(1);
  EXPECT_EQ(script.sent, std::string(kInvalid) + "</stream:stream>");
  EXPECT_TRUE(script.Did("close not-proven"));
  EXPECT_EQ(script.Condition(), "none");
}

TEST(IngressDialback, PassesOnWhyTheKeyIsNotKnown) {  // G-25
  for (const auto condition : {DialbackCondition::kRemoteConnectionFailed,
                               DialbackCondition::kRemoteServerNotFound,
                               DialbackCondition::kRemoteServerTimeout,
                               DialbackCondition::kNotAuthorized}) {
    WeakScript script;
    script.ReachDialback();
    script.Peer(kResult);
    script.DialbackCame(
        1, {.kind = DialbackResult::Kind::kError, .error = {condition, "why"}});
    EXPECT_TRUE(script.Sent(StanzaError(ToString(condition))));
    EXPECT_EQ(script.Condition(), "open");
  }
}

TEST(IngressDialback, DialsBackWithNoEmptyKey) {  // G-69
  WeakScript script;
  script.ReachDialback();
  script.Peer(
      "<db:result from='peer.example' to='tenant.example'> </db:result>");
  EXPECT_EQ(script.sent, std::string(kInvalid) + "</stream:stream>");
}

TEST(IngressDialback, RefusesExternalWhereItIsNotOffered) {  // B-17
  WeakScript script;
  script.ReachDialback();
  script.Peer(kAuth);
  EXPECT_TRUE(script.Sent("<not-authorized/>"));
  script.Peer(kResult);
  script.Peer(kAuth);
  script.Forget();
  script.KeyIsRight(1);
  EXPECT_EQ(script.sent, kValid);
}

TEST(IngressDialback, EndsWhenTheFirstPairTakesTooLong) {  // E1
  WeakScript script;
  script.ReachDialback();
  EXPECT_EQ(script.stream.deadline(), script.now + 45s);
  script.Peer(kResult);
  script.Expire();
  EXPECT_EQ(script.Condition(), "connection-timeout");
}

TEST(IngressDialback, TakesAPeerWithoutFrom) {
  WeakScript script(false);
  script.ReachTls();
  script.Peer(PeerHeader("to='tenant.example' version='1.0'"));
  EXPECT_TRUE(script.Sent(kFeature));
  script.Peer(kResult);
  script.KeyIsRight(1);
  EXPECT_TRUE(script.stream.established());
}

TEST(IngressDialback, KnowsADomainInEverySpelling) {  // G-03, G-63
  WeakScript script;
  script.ReachDialback();
  script.Peer(
      "<x:result xmlns:x='jabber:server:dialback' from='PEER.Example.' "
      "to='Tenant.EXAMPLE'>k1</x:result>");
  script.Forget();
  script.KeyIsRight(1);
  EXPECT_EQ(script.sent,
            "<db:result from='Tenant.EXAMPLE' to='PEER.Example.' "
            "type='valid'/>");
  script.Peer(kMessage);
  EXPECT_EQ(script.relayed, kMessage);
}

// --- forgeries

TEST(IngressDialback, IgnoresAnswersThatNobodyAskedFor) {  // C6, G-06, G-60
  for (const char* answer :
       {"<db:result from='peer.example' to='tenant.example' type='valid'/>",
        "<db:result from='tenant.example' to='peer.example' type='valid'/>",
        "<db:verify from='peer.example' to='tenant.example' id='id2' "
        "type='valid'/>",
        "<db:verify from='tenant.example' to='peer.example' id='id2' "
        "type='valid'/>",
        "<db:result type='error'/>", "<db:result type=''>k</db:result>"}) {
    for (const bool asked : {false, true}) {
      WeakScript script;
      script.ReachDialback();
      if (asked) script.Peer(kResult);
      script.Forget();
      script.Peer(answer);
      EXPECT_EQ(script.sent, "") << answer;
      EXPECT_TRUE(script.done.empty()) << answer;
      script.Peer(kMessage);
      EXPECT_EQ(script.Condition(), "not-authorized") << answer;
    }
  }
}

TEST(IngressDialback, TakesNoVerdictThatDialbackDidNotProve) {  // C6, L-03
  const auto verdict = [](std::string_view domain, Outcome outcome,
                          Prooftype prooftype) {
    auto made = std::make_shared<Verdict>(ClaimedDomain{D(domain)}, outcome,
                                          Reason::kMatched);
    made->prooftype = prooftype;
    return made;
  };
  const std::shared_ptr<const Verdict> rows[] = {
      nullptr,
      verdict("evil.example", Outcome::kProved, Prooftype::kDialback),
      verdict("peer.example", Outcome::kProved, Prooftype::kDaneEe),
      verdict("peer.example", Outcome::kAbsent, Prooftype::kDialback),
  };
  for (const auto& row : rows) {
    WeakScript script;
    script.ReachDialback();
    script.Peer(kResult);
    script.DialbackCame(1, {DialbackResult::Kind::kValid, row});
    EXPECT_TRUE(script.Sent(StanzaError("internal-server-error")));
    EXPECT_FALSE(script.Did("#1 open tenant.example as peer.example"));
  }
}

TEST(IngressDialback, FindsNoPairForALateAnswer) {  // G-23, G-65
  WeakScript script;
  script.ReachDialback();
  script.Peer(kResult);
  script.DialbackCame(1, {.kind = DialbackResult::Kind::kError});
  script.answers_verify = false;
  script.Peer(kResult);
  script.Forget();
  script.KeyIsRight(1);  // the pair of before
  script.DialbackCame(2, {DialbackResult::Kind::kInvalid});  // not asked yet
  script.DialbackCame(7, {DialbackResult::Kind::kInvalid});
  script.BackendReady(2);
  script.BackendFeatures("", 2);
  EXPECT_EQ(script.sent, "");
  EXPECT_TRUE(script.done.empty());
  EXPECT_EQ(script.Condition(), "open");
}

// Threats C7, D6: dialback decides only where nothing stronger does, whatever
// certificate was presented.
TEST(IngressDialback, SavesNobodyWhomAStrongerProofHasFailed) {
  const struct {
    Outcome outcome;
    bool may_dial_back;
    const char* header;  // how the stream ends at the header
    const char* pair;    // what a later <db:result/> is told
  } rows[] = {
      {Outcome::kDisproved, true, "not-authorized", "not-authorized"},
      {Outcome::kDisproved, false, "not-authorized", "not-authorized"},
      {Outcome::kIndeterminate, true, "remote-connection-failed",
       "remote-connection-failed"},
      {Outcome::kIndeterminate, false, "remote-connection-failed",
       "remote-connection-failed"},
      {Outcome::kAbsent, false, "policy-violation", "not-authorized"},
  };
  for (const bool has_certificate : {true, false}) {
    for (const auto& row : rows) {
      WeakScript header(has_certificate);
      header.outcome = row.outcome;
      header.may_dial_back = row.may_dial_back;
      header.ReachAuth();
      EXPECT_EQ(header.Condition(), row.header);
      EXPECT_FALSE(header.Sent("<dialback"));

      WeakScript pair(has_certificate);
      pair.ReachDialback();
      pair.outcome = row.outcome;
      pair.may_dial_back = row.may_dial_back;
      pair.Peer(kResult);
      EXPECT_TRUE(pair.Sent(StanzaError(row.pair))) << pair.sent;
      EXPECT_EQ(pair.done.back(), "#1 drop");
      EXPECT_TRUE(pair.Did("#1 verify peer.example"));
    }
  }
}

TEST(IngressDialback, NeedsItsAttributes) {  // G-05
  for (const char* element :
       {"<db:result from='peer.example'>k</db:result>",
        "<db:result from='peer.example' to='a@b'>k</db:result>",
        "<db:verify from='a.example' to='tenant.example'>k</db:verify>"}) {
    for (const bool established : {false, true}) {
      WeakScript script;
      if (established) {
        script.EstablishByDialback();
      } else {
        script.ReachDialback();
      }
      script.Peer(element);
      EXPECT_EQ(script.Condition(), "improper-addressing") << element;
    }
  }
}

}  // namespace
}  // namespace danegate
