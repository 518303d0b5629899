// The keys of ours that peers ask about (spec G.4).
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
std::string Verify(std::string_view id = "id-60",
                   std::string_view to = "tenant.example") {
  return "<db:verify from='asker.example' to='" + std::string(to) + "' id='" +
         std::string(id) + "'>k</db:verify>";
}

TEST(IngressKeys, AreAnsweredWhateverTheAnswer) {  // G-03, G-32, G-68
  const std::pair<KeyAnswer, std::string> rows[] = {
      {KeyAnswer::kValid, " type='valid'/>"},
      {KeyAnswer::kInvalid, " type='invalid'/>"},
      {KeyAnswer::kNotHosted,
       " type='error'><error type='cancel'>" + StanzaError("item-not-found")},
  };
  for (const auto& [answer, xml] : rows) {
    IngressScript script;
    script.Establish();
    script.Peer(Verify("&lt;&apos;&#10;+"));
    EXPECT_EQ(script.done,
              std::vector<std::string>{
                  "check 1 from asker.example to tenant.example id <'\n+ key "
                  "k"});
    script.KeyChecked(1, answer);
    EXPECT_TRUE(script.sent.starts_with(
        "<db:verify from='tenant.example' to='asker.example' "
        "id='&lt;&apos;&#10;+'" +
        xml))
        << script.sent;
    script.Forget();
    script.KeyChecked(1, answer);  // once
    script.KeyChecked(9, answer);
    EXPECT_EQ(script.sent, "");
    EXPECT_EQ(script.Condition(), "open");
  }
}

TEST(IngressKeys, MayBeAskedAboutByAPeerThatNothingProves) {  // G-28, B-20
  for (const bool has_certificate : {false, true}) {
    IngressScript script(false, true);
    script.tls.has_certificate = has_certificate;
    script.outcome = Outcome::kAbsent;
    script.ReachAuth();
    EXPECT_TRUE(script.sent.ends_with("<stream:features/>"));
    script.Peer(Verify("1") + Verify("2"));
    script.KeyChecked(2, KeyAnswer::kInvalid);
    script.KeyChecked(1, KeyAnswer::kValid);
    EXPECT_TRUE(script.Sent("id='2' type='invalid'/>"));
    EXPECT_TRUE(script.Sent("id='1' type='valid'/>"));
    script.Forget();
    script.Peer("</stream:stream>");
    EXPECT_EQ(script.done, std::vector<std::string>{"close closed"});
  }
}

TEST(IngressKeys, AreAllThatSuchAPeerMayAskFor) {  // B-20, L-02
  const std::string rows[] = {
      std::string(kAuth),
      std::string(kResult),
      std::string(kMessage),
      "<x xmlns='urn:x'/>",
      std::string(kStartTls),
      "<db:verify from='a.example' to='b.example' id='1' type='valid'/>",
      "<db:other/>"};
  for (const bool has_certificate : {false, true}) {
    const auto reach = [&](IngressScript& script) {
      script.tls.has_certificate = has_certificate;
      script.outcome = Outcome::kAbsent;
      script.remedy = "sign your zone";
      script.ReachAuth();
    };
    IngressScript at_once;
    reach(at_once);
    const auto refusal = at_once.closed->error->text;
    for (const auto& row : rows) {
      IngressScript script(false, true);
      reach(script);
      EXPECT_EQ(script.Condition(), "open");
      script.Peer(row);
      EXPECT_EQ(script.Condition(), "policy-violation") << row;
      EXPECT_EQ(script.closed->error->text, refusal) << row;
      EXPECT_TRUE(script.Did("close not-proven")) << row;
    }
    IngressScript silent(false, true);
    reach(silent);
    silent.Expire();
    EXPECT_EQ(silent.closed->error->text, refusal);
  }
}

TEST(IngressKeys, AreNotAskedAboutByThoseWhoAreDisproved) {  // C7
  for (const auto outcome : {Outcome::kDisproved, Outcome::kIndeterminate}) {
    IngressScript script(false, true);
    script.outcome = outcome;
    script.ReachAuth();
    EXPECT_TRUE(script.Did("close not-proven"));
  }
}

TEST(IngressKeys, AreBoundedInTime) {  // G-34, L-06
  IngressScript script;
  script.Establish();
  for (int minute = 0; minute < 3; ++minute) {
    for (int i = 0; i < 32; ++i) script.Peer(Verify());
    EXPECT_EQ(script.Condition(), "open");
    script.Wait(60s);
    for (int i = 1; i <= 32; ++i) {
      script.KeyChecked(static_cast<KeyTicket>(32 * minute + i),
                        KeyAnswer::kInvalid);
    }
  }
  for (int i = 0; i < 33; ++i) script.Peer(Verify());
  EXPECT_EQ(script.Condition(), "policy-violation");
}

TEST(IngressKeys, AreBoundedWhereNobodyAnswers) {  // G-34
  IngressScript script;
  script.Establish();
  for (int i = 0; i < 32; ++i) script.Peer(Verify());
  script.Wait(60s);
  script.Forget();
  script.Peer(Verify());
  EXPECT_TRUE(script.Sent(StanzaError("resource-constraint")));
  EXPECT_TRUE(script.done.empty());
}

TEST(IngressKeys, AreAnsweredAfterARestartThatWasUnderWay) {  // B-13
  IngressScript script;
  script.backend_ready = false;
  script.ReachAuth();
  script.Peer(Verify());
  script.Peer(kAuth);
  script.Forget();
  script.KeyChecked(1, KeyAnswer::kValid);
  EXPECT_EQ(script.sent, "");
  script.BackendReady();
  script.Peer(PeerHeader());
  EXPECT_TRUE(script.sent.ends_with(
      "<stream:features/><db:verify from='tenant.example' to='asker.example' "
      "id='id-60' type='valid'/>"));
}

}  // namespace
}  // namespace danegate
