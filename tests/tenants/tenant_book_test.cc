// A folder of tenant files as it changes.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "tests/tenants/book_of_workspace.h"

namespace danegate::testing {
namespace {

TEST_F(TenantBookTest, ASweepReadsOnlyWhatHasChanged) {
  EXPECT_EQ(Sweep().files_read, 0U);
  Write("b", "b.example");
  auto changes = Sweep();
  EXPECT_EQ(changes.files_read, 1U);
  EXPECT_EQ(changes.added, 1U);
  EXPECT_EQ(Changed(changes), Names{"b"});
  Write("b", "b.example, c.example");
  changes = Sweep();
  EXPECT_EQ(changes.changed, 1U);
  EXPECT_EQ(OwnerOf("c.example"), "b");
  Remove("b");
  changes = Sweep();
  EXPECT_EQ(changes.removed, 1U);
  EXPECT_EQ(Changed(changes), Names{"b"});
  EXPECT_EQ(OwnerOf("b.example"), "");
  EXPECT_EQ(OwnerOf("acme.example"), "acme");
}

TEST_F(TenantBookTest, TenantsThatDemandTheSameShareTheirPolicy) {
  const auto policy_of = [this](const std::string& tenant) {
    return book_.tenants().FindByName(tenant)->policy;
  };
  Write("b", "b.example", "proof: {require: any}\n");
  Write("c", "c.example", "proof: {require: any}\n");
  Write("d", "d.example", "proof: {require: any, posh: off}\n");
  Write("e", "e.example", "proof: {require: any, deny: [x.example]}\n");
  Sweep();
  EXPECT_EQ(policy_of("b"), policy_of("c"));
  EXPECT_FALSE(policy_of("d")->posh);
  EXPECT_NE(policy_of("b"), policy_of("e"));
  EXPECT_EQ(policy_of("e")->deny.size(), 1U);
  EXPECT_EQ(policy_of("e")->require, ProofRequirement::kAny);
}

// P9: what many tenants have in common is no burden when one of them changes.
TEST_F(TenantBookTest, FilesThatManyRestOnAreForgottenOneByOne) {
  const std::string root = workspace_.Path("roots.pem");
  std::filesystem::copy(workspace_.Path("ca.pem"), root);
  const std::string rest = "proof: {trust: ../roots.pem}\n";
  Write("b", "b.example", rest);
  Write("c", "c.example", rest);
  Sweep();
  EXPECT_EQ(book_.Look({root}, kToday, {}).files_read, 2U);
  Write("b", "b.example");
  Sweep();
  EXPECT_EQ(book_.Look({root}, kToday, {}).files_read, 1U);
  Remove("c");
  Sweep();
  EXPECT_EQ(book_.Look({root}, kToday, {}).files_read, 0U);
}

TEST_F(TenantBookTest, E7ABadFileLeavesTheLastGoodState) {
  Write("b", "b.example");
  Sweep();
  Write("b", "b.example", "identiti: ca\n");
  const auto changes = Sweep();
  EXPECT_EQ(Changed(changes), Names{});
  EXPECT_EQ(OwnerOf("b.example"), "b");
  EXPECT_NE(ProblemOf("b").find("did you mean"), std::string::npos);
  Write("b", "b.example");
  Sweep();
  EXPECT_EQ(ProblemOf("b"), "");
}

TEST_F(TenantBookTest, ANewBadFileTakesNoNames) {
  Write("a", "b.example", "identiti: ca\n");
  Write("b", "b.example");
  Sweep();
  EXPECT_EQ(OwnerOf("b.example"), "b");
  EXPECT_NE(ProblemOf("a"), "");
}

TEST_F(TenantBookTest, ANameInUseIsNotTakenAwayAndIsGivenWhenItIsFree) {
  Write("b", "b.example");
  Sweep();
  Write("a", "b.example, a.example");
  Sweep();
  EXPECT_EQ(OwnerOf("b.example"), "b");
  EXPECT_EQ(OwnerOf("a.example"), "");
  EXPECT_NE(ProblemOf("a").find("b.yaml:2:11"), std::string::npos);
  Remove("b");
  EXPECT_EQ(Changed(Sweep()), (Names{"a", "b"}));
  EXPECT_EQ(OwnerOf("b.example"), "a");
  EXPECT_EQ(ProblemOf("a"), "");
}

TEST_F(TenantBookTest, NamesMayChangeHandsInOneStep) {
  Write("a", "a.example, x.example");
  Write("b", "b.example, y.example");
  Sweep();
  Write("a", "a.example, y.example");
  Write("b", "b.example, x.example");
  EXPECT_EQ(Changed(Sweep()), (Names{"a", "b"}));
  EXPECT_EQ(OwnerOf("y.example"), "a");
  EXPECT_EQ(OwnerOf("x.example"), "b");
}

// b wants what a gives up, but a's new file is bad, so that a keeps it.
TEST_F(TenantBookTest, WhoFailsKeepsWhatItWouldHaveGivenUp) {
  Write("a", "a.example, x.example");
  Write("b", "b.example");
  Sweep();
  Write("a", "a.example, acme.example");
  Write("b", "b.example, x.example");
  EXPECT_EQ(Changed(Sweep()), Names{});
  EXPECT_EQ(OwnerOf("x.example"), "a");
  EXPECT_EQ(OwnerOf("acme.example"), "acme");
  EXPECT_NE(ProblemOf("a"), "");
  EXPECT_NE(ProblemOf("b"), "");
}

// Credentials are read when they are first needed; by then the files may be
// others, which were refused. The last good ones are not there any more, but
// what is there is not served either.
TEST_F(TenantBookTest, B12WhatWasRefusedIsNotServedHoweverLateItIsRead) {
  TenantBook book(*edge_.settings, edge_.claims);
  book.ReadAll(ReadingDepth::kSettings, kToday, 1);
  workspace_.Write("acme.pem", workspace_.Read("edge.pem"));
  const auto changes = book.Look({workspace_.Path("acme.pem")}, kToday, {});
  ASSERT_FALSE(changes.errors.empty());
  EXPECT_NE(changes.errors[0].message.find("does not name acme.example"),
            std::string::npos);
  const auto loaded = book.tenants().FindByName("acme")->credentials->Load();
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().find("has changed since it was checked"),
            std::string::npos);
}

TEST_F(TenantBookTest, B12AnothersCertificateIsNotServedUnchecked) {
  workspace_.Write("acme.pem", workspace_.Read("edge.pem"));
  TenantBook book(*edge_.settings, edge_.claims);
  book.ReadAll(ReadingDepth::kSettings, kToday, 1);
  const auto loaded = book.tenants().FindByName("acme")->credentials->Load();
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().find("does not name acme.example"),
            std::string::npos);
}

// a wants what acme has, so b may have what a would have taken.
TEST_F(TenantBookTest, WhoFailsKeepsNobodyElseFromAName) {
  Write("a", "x.example, acme.example");
  Write("b", "x.example");
  EXPECT_EQ(Changed(Sweep()), Names{"b"});
  EXPECT_EQ(OwnerOf("x.example"), "b");
  EXPECT_NE(ProblemOf("a"), "");
}

// c fails for b's sake, and b for a's, which keeps y.
TEST_F(TenantBookTest, WhoFailsForOneThatFailsTooIsTriedAgain) {
  Write("a", "a.example, y.example");
  Write("b", "b.example");
  Sweep();
  Write("a", "a.example, acme.example");
  Write("b", "b.example, y.example, z.example");
  Write("c", "z.example");
  EXPECT_EQ(Changed(Sweep()), Names{"c"});
  EXPECT_EQ(OwnerOf("z.example"), "c");
  EXPECT_EQ(OwnerOf("y.example"), "a");
}

TEST_F(TenantBookTest, AnAuditLeavesOtherProblemsAlone) {
  Write("b", "acme.example");
  TenantBook book(*edge_.settings, edge_.claims);
  book.ReadAll(ReadingDepth::kSettings, kToday, 1);
  ASSERT_EQ(book.problems().count(File("b")), 1U);
  EXPECT_TRUE(book.Audit(10, kToday).empty());
  EXPECT_EQ(book.problems().count(File("b")), 1U);
}

TEST_F(TenantBookTest, WhatHasBeenToldIsNotToldAgain) {
  Write("b", "acme.example");
  EXPECT_EQ(Sweep().errors.size(), 1U);
  EXPECT_TRUE(book_.Look({File("b")}, kToday, {}).errors.empty());
  EXPECT_EQ(book_.problems().count(File("b")), 1U);
}

TEST_F(TenantBookTest, ANameBelowAnothersWildcardConcernsThatOneToo) {
  Write("b", "b.example, \"*.b.example\"");
  Sweep();
  Write("c", "chat.b.example");
  EXPECT_EQ(Changed(Sweep()), (Names{"b", "c"}));
  EXPECT_EQ(OwnerOf("chat.b.example"), "c");
}

// L-08, and no moment without an owner.
TEST_F(TenantBookTest, ATenantThatWaitsForTheDnsKeepsItsOldFile) {
  Clearance answer{Clearance::Kind::kUnknown};
  const auto clearance = [&](const Tenant&, const CredentialSet&) {
    return answer;
  };
  std::filesystem::rename(File("acme"), File("moved"));
  auto changes = book_.Sweep(kToday, clearance);
  EXPECT_EQ(Changed(changes), Names{});
  EXPECT_EQ(OwnerOf("acme.example"), "acme");
  std::sort(changes.unknown.begin(), changes.unknown.end());
  EXPECT_EQ(changes.unknown, (Names{File("acme"), File("moved")}));
  answer = {Clearance::Kind::kGranted};
  changes = book_.Look(changes.unknown, kToday, clearance);
  EXPECT_EQ(Changed(changes), Names{"acme"});
  EXPECT_EQ(changes.removed, 0U);
  EXPECT_EQ(OwnerOf("acme.example"), "acme");
}

// D-57: the same key elsewhere is another matter.
TEST_F(TenantBookTest, L08AnotherTargetAsksTheDnsAgain) {
  int asked = 0;
  const auto clearance = [&](const Tenant&, const CredentialSet&) {
    ++asked;
    return Clearance{};
  };
  workspace_.Replace("tenants.d/acme.yaml", "identity: edge-key",
                     "identity: own-target\ntarget: acme.edge.example");
  EXPECT_EQ(Changed(book_.Sweep(kToday, clearance)), Names{"acme"});
  EXPECT_EQ(asked, 1);
}

TEST_F(TenantBookTest, ARenamedFileIsTheSameTenant) {
  Write("b", "b.example");
  Sweep();
  std::filesystem::rename(File("b"), File("z"));
  const auto changes = Sweep();
  EXPECT_EQ(changes.changed, 1U);
  EXPECT_EQ(changes.removed + changes.added, 0U);
  EXPECT_EQ(OwnerOf("b.example"), "b");
}

// It may be back, with what it was for, when its rights are.
// B12: who has kept something under the source's id must not serve it for new
// files, nor load it again for a change of anything else.
TEST_F(TenantBookTest, B12ChangedCertificatesAreAnotherSourceAndNothingElseIs) {
  const auto source = [this] {
    return book_.tenants().FindByName("acme")->credentials->id();
  };
  const auto first = source();
  workspace_.Replace("tenants.d/acme.yaml", "tenant: acme",
                     "tenant: acme\nnotes: other");
  EXPECT_EQ(Changed(Sweep()), Names{"acme"});
  EXPECT_EQ(source(), first);
  workspace_.Write("acme.pem", workspace_.Read("acme.pem"));
  const auto changes = book_.Look({workspace_.Path("acme.pem")}, kToday, {});
  EXPECT_EQ(Changed(changes), Names{"acme"});
  EXPECT_NE(source(), first);
}

TEST_F(TenantBookTest, ABadCertificateLeavesTheGoodOne) {
  const auto first = book_.tenants().FindByName("acme");
  workspace_.Write("acme.pem", "nothing");
  EXPECT_EQ(Changed(Sweep()), Names{});
  EXPECT_EQ(book_.tenants().FindByName("acme"), first);
  EXPECT_NE(ProblemOf("acme"), "");
}

TEST_F(TenantBookTest, PathsThatNobodyRestsOnAreNothing) {
  const auto changes = book_.Look(
      {workspace_.Path("other"), workspace_.Path("tenants.d/.hidden.yaml")},
      kToday, {});
  EXPECT_EQ(changes.files_read, 0U);
}

// L-08: certificates that the DNS contradicts are not served.
TEST_F(TenantBookTest, L08NewCertificatesWaitForTheirClearance) {
  using Kind = Clearance::Kind;
  Clearance answer{Kind::kUnknown};
  int asked = 0;
  const auto clearance = [&](const Tenant& tenant, const CredentialSet& set) {
    EXPECT_EQ(tenant.name, "acme");
    EXPECT_EQ(set.size(), 1U);
    ++asked;
    return answer;
  };
  const auto touch = [&] {
    workspace_.Write("acme.pem", workspace_.Read("acme.pem"));
    return book_.Look({workspace_.Path("acme.pem")}, kToday, clearance);
  };
  const auto before = book_.tenants().FindByName("acme");
  auto changes = touch();
  EXPECT_EQ(changes.unknown, Names{File("acme")});
  EXPECT_EQ(Changed(changes), Names{});
  answer = {Kind::kRefused, "the record is another"};
  changes = touch();
  EXPECT_EQ(Changed(changes), Names{});
  EXPECT_EQ(ProblemOf("acme"), "the record is another");
  EXPECT_EQ(book_.tenants().FindByName("acme"), before);
  answer = {Kind::kGranted};
  EXPECT_EQ(Changed(touch()), Names{"acme"});
  EXPECT_EQ(asked, 3);
  // Certificates that stay need none.
  Write("b", "b.example");
  workspace_.Replace("tenants.d/acme.yaml", "tenant: acme",
                     "tenant: acme\nnotes: other");
  EXPECT_EQ(Changed(book_.Sweep(kToday, clearance)), (Names{"acme", "b"}));
  EXPECT_EQ(asked, 3);
}

TEST_F(TenantBookTest, AnAuditFindsWhatAFastStartHasLeft) {
  workspace_.Write("acme.pem", "nothing");
  TenantBook book(*edge_.settings, edge_.claims);
  const auto changes = book.ReadAll(ReadingDepth::kSettings, kToday, 1);
  EXPECT_EQ(Changed(changes), Names{"acme"});
  EXPECT_TRUE(book.problems().empty());
  EXPECT_EQ(book.audits_left(), 1U);
  EXPECT_EQ(book.Audit(10, kToday).size(), 1U);
  EXPECT_EQ(book.problems().size(), 1U);
  EXPECT_EQ(book.audits_left(), 0U);
}

}  // namespace
}  // namespace danegate::testing
