// The resolver against a real NSD with real signed zones: resolver_zones.py.
#include "verifier/resolver.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/verifier/asking.h"
#include "tests/verifier/relay.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

using std::chrono::seconds;
using testing::Asking;

constexpr char kSrv[] = "_xmpp-server._tcp.";
constexpr char kTlsa[] = "_5269._tcp.mx.";

void ExpectFailure(const Answer& answer, DnsSecurity security,
                   const std::string& word) {
  EXPECT_EQ(answer.status, DnsStatus::kFailed) << answer.question.name;
  EXPECT_EQ(answer.security, security) << answer.question.name;
  EXPECT_TRUE(answer.rdata.empty());
  EXPECT_EQ(answer.lifetime, seconds(0));
  EXPECT_NE(answer.failure.find(word), std::string::npos) << answer.failure;
}

TEST(ResolverTest, SignedRecordsAreSecure) {
  Asking asking;
  const auto answers =
      asking.AskAll({{"mx.peer.example", RecordType::kA},
                     {"mx.peer.example", RecordType::kAaaa},
                     {std::string(kSrv) + "peer.example", RecordType::kSrv},
                     {std::string(kTlsa) + "peer.example", RecordType::kTlsa}});
  for (const Answer& answer : answers) {
    EXPECT_EQ(answer.status, DnsStatus::kData) << answer.failure;
    EXPECT_EQ(answer.security, DnsSecurity::kSecure);
    EXPECT_EQ(answer.rdata.size(), 1u);
    EXPECT_EQ(answer.canonical_name, answer.question.name);
    EXPECT_GT(answer.lifetime, seconds(50));
    EXPECT_LE(answer.lifetime, seconds(60));
    EXPECT_EQ(answer.failure, "");
  }
  EXPECT_EQ(answers[0].rdata[0], (std::vector<std::uint8_t>{192, 0, 2, 1}));
  EXPECT_EQ(answers[1].rdata[0].size(), 16u);
  EXPECT_EQ(answers[3].rdata[0].size(), 35u);
}

TEST(ResolverTest, SrvTargetComesWithoutCompression) {
  Asking asking;
  const Answer answer =
      asking.Ask(std::string(kSrv) + "peer.example", RecordType::kSrv);
  const std::string wire("\0\x0a\0\x05\x14\x95\2mx\4peer\7example\0", 23);
  ASSERT_EQ(answer.rdata.size(), 1u) << answer.failure;
  EXPECT_EQ(std::string(answer.rdata[0].begin(), answer.rdata[0].end()), wire);
}

TEST(ResolverTest, UnsignedDelegationIsInsecure) {
  Asking asking;
  const Answer answer = asking.Ask("mx.unsigned.example", RecordType::kA);
  EXPECT_EQ(answer.status, DnsStatus::kData) << answer.failure;
  EXPECT_EQ(answer.security, DnsSecurity::kInsecure);
  EXPECT_EQ(answer.rdata.size(), 1u);
}

// L-05, D-21
TEST(ResolverTest, BogusIsAFailureAndNeverAnAbsence) {
  const struct {
    std::string name;
    RecordType type;
  } cases[] = {
      {"mx.tampered.example", RecordType::kA},
      {std::string(kTlsa) + "tampered.example", RecordType::kTlsa},
      {std::string(kSrv) + "tampered.example", RecordType::kSrv},
      {"mx.stripped.example", RecordType::kA},
      {"mx.expired.example", RecordType::kA},
      {"nothing.expired.example", RecordType::kA},
      {"mx.wrong-ds.example", RecordType::kA},
      {"nothing.bad-denial.example", RecordType::kTlsa},
      {"mx.bad-denial.example", RecordType::kSrv},
  };
  for (const auto& [name, type] : cases) {
    Asking asking;
    ExpectFailure(asking.Ask(name, type), DnsSecurity::kBogus, "validation");
    // The second time from libunbound's cache.
    ExpectFailure(asking.Ask(name, type), DnsSecurity::kBogus, "validation");
  }
}

// D-20
TEST(ResolverTest, ProvenAbsenceIsSecureAndLivesAsLongAsItsProof) {
  Asking asking;
  for (const char* zone : {"peer.example", "nsec3.example"}) {
    const Answer no_name =
        asking.Ask(std::string("nothing.") + zone, RecordType::kA);
    EXPECT_EQ(no_name.status, DnsStatus::kNoName) << no_name.failure;
    EXPECT_EQ(no_name.security, DnsSecurity::kSecure);
    EXPECT_GT(no_name.lifetime, seconds(50));
    EXPECT_LE(no_name.lifetime, seconds(60));
    const Answer no_data =
        asking.Ask(std::string("mx.") + zone, RecordType::kSrv);
    EXPECT_EQ(no_data.status, DnsStatus::kNoData) << no_data.failure;
    EXPECT_EQ(no_data.security, DnsSecurity::kSecure);
    EXPECT_GT(no_data.lifetime, seconds(50));
    EXPECT_LE(no_data.lifetime, seconds(60));
  }
}

// D-20
TEST(ResolverTest, AbsenceUnderOptOutIsInsecure) {
  Asking asking;
  const Answer answer =
      asking.Ask("_5269._tcp.other.opt-out.example", RecordType::kTlsa);
  EXPECT_EQ(answer.status, DnsStatus::kNoName) << answer.failure;
  EXPECT_EQ(answer.security, DnsSecurity::kInsecure);
}

TEST(ResolverTest, AbsenceInAnUnsignedZoneIsInsecure) {
  Asking asking;
  const Answer answer = asking.Ask("nothing.unsigned.example", RecordType::kA);
  EXPECT_EQ(answer.status, DnsStatus::kNoName) << answer.failure;
  EXPECT_EQ(answer.security, DnsSecurity::kInsecure);
}

TEST(ResolverTest, AliasesAreFollowedToTheNameThatOwnsTheRecords) {
  Asking asking;
  for (const char* name :
       {"alias.peer.example", "alias-of-alias.peer.example"}) {
    const Answer answer = asking.Ask(name, RecordType::kA);
    EXPECT_EQ(answer.status, DnsStatus::kData) << answer.failure;
    EXPECT_EQ(answer.security, DnsSecurity::kSecure);
    EXPECT_EQ(answer.canonical_name, "mx.peer.example");
    EXPECT_EQ(answer.rdata.size(), 1u);
  }
}

TEST(ResolverTest, AliasItselfCanBeAskedFor) {
  Asking asking;
  const Answer answer = asking.Ask("alias.peer.example", RecordType::kCname);
  EXPECT_EQ(answer.status, DnsStatus::kData) << answer.failure;
  EXPECT_EQ(answer.canonical_name, "alias.peer.example");
  ASSERT_EQ(answer.rdata.size(), 1u);
  EXPECT_EQ(std::string(answer.rdata[0].begin(), answer.rdata[0].end()),
            std::string("\2mx\4peer\7example\0", 17));
}

// D-10
TEST(ResolverTest, AliasIntoAnUnsignedZoneIsInsecure) {
  Asking asking;
  const Answer answer = asking.Ask("to-unsigned.peer.example", RecordType::kA);
  EXPECT_EQ(answer.status, DnsStatus::kData) << answer.failure;
  EXPECT_EQ(answer.security, DnsSecurity::kInsecure);
  EXPECT_EQ(answer.canonical_name, "mx.unsigned.example");
}

TEST(ResolverTest, AliasToNothingIsNoName) {
  Asking asking;
  const Answer answer = asking.Ask("to-nothing.peer.example", RecordType::kA);
  EXPECT_EQ(answer.status, DnsStatus::kNoName) << answer.failure;
  EXPECT_EQ(answer.security, DnsSecurity::kSecure);
  EXPECT_EQ(answer.canonical_name, "nothing.peer.example");
}

// D-19
TEST(ResolverTest, CirclesAndLongChainsOfAliasesFail) {
  Asking asking;
  for (const char* name : {"circle.peer.example", "chain0.peer.example"}) {
    EXPECT_EQ(asking.Ask(name, RecordType::kA).status, DnsStatus::kFailed);
  }
}

// D-58
TEST(ResolverTest, SixKilobytesOfTlsaComeOverTcp) {
  Asking asking;
  const Answer answer =
      asking.Ask(std::string(kTlsa) + "large.example", RecordType::kTlsa);
  EXPECT_EQ(answer.status, DnsStatus::kData) << answer.failure;
  EXPECT_EQ(answer.security, DnsSecurity::kSecure);
  EXPECT_EQ(answer.rdata.size(), 7u);
}

TEST(ResolverTest, TwoHundredTargetsComeWhole) {
  Asking asking;
  const Answer answer =
      asking.Ask(std::string(kSrv) + "targets.example", RecordType::kSrv);
  EXPECT_EQ(answer.security, DnsSecurity::kSecure) << answer.failure;
  EXPECT_EQ(answer.rdata.size(), 200u);
}

// D-60
TEST(ResolverTest, EndOfASignatureBoundsTheLifetime) {
  Asking asking;
  const Answer answer = asking.Ask("mx.ending.example", RecordType::kA);
  EXPECT_EQ(answer.security, DnsSecurity::kSecure) << answer.failure;
  EXPECT_GT(answer.lifetime, seconds(1000));
  EXPECT_LE(answer.lifetime, seconds(1200));
}

// D-61
TEST(ResolverTest, LifetimeIsTheTtlWithinADay) {
  Asking asking;
  const struct {
    const char* name;
    int shortest;
    int longest;
  } cases[] = {{"mx.brief.example", 0, 1},
               {"mx.peer.example", 50, 60},
               {"mx.weeks.example", 86000, 86400}};
  for (const auto& [name, shortest, longest] : cases) {
    const Answer answer = asking.Ask(name, RecordType::kA);
    EXPECT_EQ(answer.security, DnsSecurity::kSecure) << answer.failure;
    EXPECT_GE(answer.lifetime, seconds(shortest)) << name;
    EXPECT_LE(answer.lifetime, seconds(longest)) << name;
  }
}

// L-05, D-21
TEST(ResolverTest, ServerFailureIsAFailure) {
  Asking asking;
  ExpectFailure(asking.Ask("refused.peer.example", RecordType::kA),
                DnsSecurity::kInsecure, "SERVFAIL");
}

// L-05, D-21
TEST(ResolverTest, DroppedQuestionFailsAtItsDeadline) {
  Asking asking;
  const Now now = ReadNow();
  asking.resolver().Ask(7, {"slow.peer.example", RecordType::kA}, now);
  EXPECT_FALSE(asking.resolver().NextAnswer());
  EXPECT_EQ(asking.resolver().deadline(), now.monotonic + Resolver::kTimeLimit);
  asking.resolver().OnDeadline(
      {now.monotonic + Resolver::kTimeLimit, now.wall});
  const auto reply = asking.resolver().NextAnswer();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->ticket, 7u);
  ExpectFailure(reply->answer, DnsSecurity::kInsecure, "within 6 s");
  EXPECT_EQ(asking.resolver().deadline(), Instant::Never());
}

TEST(ResolverTest, AnswerAfterTheDeadlineIsNotGivenTwice) {
  Asking asking;
  const Now now = ReadNow();
  asking.resolver().Ask(1, {"mx.peer.example", RecordType::kA}, now);
  asking.resolver().OnDeadline(
      {now.monotonic + Resolver::kTimeLimit, now.wall});
  EXPECT_TRUE(asking.resolver().NextAnswer());
  // This one is answered after the first, which libunbound finishes too.
  EXPECT_EQ(asking.Ask("mx.peer.example", RecordType::kAaaa).status,
            DnsStatus::kData);
  EXPECT_FALSE(asking.resolver().NextAnswer());
}

TEST(ResolverTest, ServerThatDiedIsAFailureAndIsUsedAgainWhenItIsBack) {
  Asking asking;
  {
    const testing::RelayStop stop;
    EXPECT_EQ(asking.Ask("mx.peer.example", RecordType::kA).status,
              DnsStatus::kFailed);
  }
  // libunbound lets one question in 2 s try it; on a busy machine some of those
  // are lost to the relay's slowness. Names that nobody has asked for yet,
  // since failures are remembered, and whether they exist or not.
  const Instant back = ReadNow().monotonic;
  for (int i = 0;; ++i) {
    const Answer answer =
        asking.Ask("h" + std::to_string(i) + ".many.example", RecordType::kA);
    if (answer.status != DnsStatus::kFailed) break;
    ASSERT_LT(ReadNow().monotonic, back + seconds(30)) << answer.failure;
    asking.loop().Turn(std::chrono::milliseconds(20));
  }
}

// The joining that resolver.h leaves to libunbound.
TEST(ResolverTest, EqualQuestionsAtATimeAreOneToTheServers) {
  Asking asking;
  const auto count = [] {
    return testing::ObeyRelay("count joined.peer.example AAAA");
  };
  ASSERT_EQ(count(), "0");
  const std::vector<Question> questions(
      100, {"joined.peer.example", RecordType::kAaaa});
  for (const Answer& answer : asking.AskAll(questions)) {
    EXPECT_EQ(answer.status, DnsStatus::kData) << answer.failure;
  }
  EXPECT_EQ(count(), "1");
}

TEST(ResolverTest, TwoThousandQuestionsAtOnceAreAllAnswered) {
  Asking asking(testing::TreeSettings());
  std::vector<Question> questions;
  for (int i = 0; i < 2000; ++i) {
    questions.push_back(
        {"h" + std::to_string(i) + ".many.example", RecordType::kA});
  }
  for (const Answer& answer : asking.AskAll(questions)) {
    ASSERT_EQ(answer.status, DnsStatus::kData) << answer.failure;
    ASSERT_EQ(answer.security, DnsSecurity::kSecure);
  }
}

// L-06
TEST(ResolverTest, MoreQuestionsThanTheBoundFailAtOnce) {
  Asking asking;
  const testing::RelayStop stop;
  const Now now = ReadNow();
  for (std::size_t i = 0; i <= Resolver::kMaxQuestions; ++i) {
    asking.resolver().Ask(
        i, {"n" + std::to_string(i) + ".many.example", RecordType::kA}, now);
  }
  const auto reply = asking.resolver().NextAnswer();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->ticket, Resolver::kMaxQuestions);
  ExpectFailure(reply->answer, DnsSecurity::kInsecure, "under way");
}

// L-06: whoever lets many wait for one silent server holds one place.
TEST(ResolverTest, EqualQuestionsShareOnePlaceAndOneAnswer) {
  Asking asking;
  const Now now = ReadNow();
  const Question slow{"slow.peer.example", RecordType::kA};
  constexpr std::size_t kMany = Resolver::kMaxQuestions + 10;
  for (std::size_t i = 0; i < kMany; ++i) asking.resolver().Ask(i, slow, now);
  EXPECT_FALSE(asking.resolver().NextAnswer());
  const Now late{now.monotonic + Resolver::kTimeLimit, now.wall};
  asking.resolver().OnDeadline(late);
  for (std::size_t i = 0; i < kMany; ++i) {
    const auto reply = asking.resolver().NextAnswer();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->ticket, i);
    ExpectFailure(reply->answer, DnsSecurity::kInsecure, "within 6 s");
  }
  // libunbound still works on it; the next waits for that, with its own time.
  asking.resolver().Ask(kMany, slow, late);
  EXPECT_FALSE(asking.resolver().NextAnswer());
  EXPECT_EQ(asking.resolver().deadline(),
            late.monotonic + Resolver::kTimeLimit);
}

TEST(ResolverTest, NamesOtherThanALabelsAreNotAsked) {
  Asking asking;
  const std::string names[] = {"",
                               ".",
                               "a..b",
                               ".a",
                               "a.",
                               "A.example",
                               "a b.example",
                               "a\\.b.example",
                               "a\n.example",
                               "bücher.example",
                               std::string("a\0b", 3),
                               std::string(64, 'a') + ".example",
                               std::string(254, 'a')};
  for (const std::string& name : names) {
    ExpectFailure(asking.Ask(name, RecordType::kA), DnsSecurity::kInsecure,
                  "cannot be looked up");
  }
}

TEST(ResolverTest, LongestNamesAreAsked) {
  Asking asking;
  const std::string label(63, 'a');
  const std::string name = label + "." + label + "." + label + "." +
                           std::string(48, 'b') + ".peer.example";
  ASSERT_EQ(name.size(), 253u);
  EXPECT_EQ(asking.Ask(name, RecordType::kA).status, DnsStatus::kNoName);
}

TEST(ResolverTest, CanBeDeletedWithQuestionsUnderWay) {
  Asking asking;
  for (std::uint64_t i = 0; i < 200; ++i) {
    asking.resolver().Ask(
        i, {"h" + std::to_string(i) + ".many.example", RecordType::kA},
        ReadNow());
  }
  asking.loop().Turn(std::chrono::milliseconds(10));
  EXPECT_NE(asking.resolver().deadline(), Instant::Never());  // under way
}

}  // namespace
}  // namespace danegate
