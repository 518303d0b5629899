#include "proxy/ops/posh_answer.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/test_certificates.h"
#include "verifier/posh_document.h"

namespace danegate {
namespace {

using test::kDay;
using test::kTestNow;

std::shared_ptr<const Credential> NewCredential(UnixTime not_after) {
  const auto issued = test::Issue({.not_after = not_after});
  return *Credential::FromPem(issued.ToPem(), issued.KeyToPem());
}

std::shared_ptr<const CredentialSource> SourceOf(
    std::shared_ptr<const Credential> credential) {
  return std::make_shared<const CredentialSource>(
      std::make_shared<const CredentialSet>(1, std::move(credential)));
}

class PoshAnswerTest : public ::testing::Test {
 protected:
  PoshAnswerTest() {
    auto tenant = std::make_shared<Tenant>();
    tenant->name = "acme";
    tenant->domains = {*Domain::Parse("acme.example")};
    const auto own = NewCredential(UnixTime{kTestNow.seconds + 2 * kDay});
    tenant->credentials = SourceOf(own);
    leaf_ = own->chain();
    settings_.edge_credential =
        NewCredential(UnixTime{kTestNow.seconds + kDay});
    TenantSet tenants({*Domain::Parse("edge.example")},
                      SourceOf(settings_.edge_credential));
    tenants.Put(tenant);
    tenants_ = std::make_shared<const TenantSet>(tenants);
  }

  PoshAnswer Get(const std::string& path, std::int64_t later = 0,
                 const std::string& method = "GET") {
    return AnswerPosh(method, path, *tenants_, settings_, chains_,
                      {Instant{}, UnixTime{kTestNow.seconds + later}});
  }
  static PoshDocument Read(const PoshAnswer& answer) {
    EXPECT_EQ(answer.status, 200u) << answer.body;
    return *PoshDocument::Parse(answer.body);
  }

  Settings settings_;
  CertificateChain leaf_;
  PoshChains chains_;
  std::shared_ptr<const TenantSet> tenants_;
};

TEST_F(PoshAnswerTest, E21ADocumentNamesWhatIsServed) {
  const auto document = Read(Get("/posh/acme.example.json"));
  EXPECT_EQ(document.Match(leaf_, kTestNow).reason, Reason::kMatched);
  EXPECT_EQ(document.expires(), std::chrono::hours(24));
  Read(Get("/posh/ACME.Example.json", 0, "HEAD"));
}

TEST_F(PoshAnswerTest, E17ItExpiresWithTheCertificateAtTheLatest) {
  settings_.posh_expires = std::chrono::hours(2);
  EXPECT_EQ(Read(Get("/posh/acme.example.json")).expires(),
            std::chrono::hours(2));
  EXPECT_EQ(Read(Get("/posh/acme.example.json", 2 * kDay - 60)).expires(),
            std::chrono::seconds(60));
  EXPECT_EQ(Get("/posh/acme.example.json", 2 * kDay).status, 404u);
}

TEST_F(PoshAnswerTest, AFloodForManySourcesKeepsABoundedNumber) {
  PoshChains chains;
  for (std::size_t i = 0; i < PoshChains::kMost + 10; ++i) {
    const CredentialSource other(
        std::vector{CredentialFiles{"/nonexistent/a", "/nonexistent/b"}});
    EXPECT_FALSE(chains.Of(other, Instant{}).ok());
  }
  EXPECT_EQ(chains.size(), PoshChains::kMost);
}

TEST_F(PoshAnswerTest, D6_AFloodForOneSourceReadsItsFilesOnceInAWhile) {
  char name[] = "/tmp/danegate-posh-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  const CredentialFiles files{folder + "/chain", folder + "/key"};
  const auto issued = test::Issue({});
  std::ofstream(files.chain) << issued.ToPem();
  std::ofstream(files.key) << issued.KeyToPem();
  ::chmod(files.key.c_str(), 0600);
  const CredentialSource source({files});
  PoshChains chains;
  EXPECT_TRUE(chains.Of(source, Instant{}).ok());
  std::filesystem::remove_all(folder);
  constexpr std::chrono::milliseconds kKept = PoshChains::kKept;
  const auto soon = kKept - std::chrono::milliseconds(1);
  EXPECT_TRUE(chains.Of(source, Instant{} + soon).ok());
  EXPECT_FALSE(chains.Of(source, Instant{} + kKept).ok());
}

TEST_F(PoshAnswerTest, WhatIsNotHostedIsNotThere) {
  for (const char* path :
       {"/", "/posh/", "/posh/.json", "/posh/edge.example.json",
        "/posh/other.example.json", "/posh/acme.example", "/acme.example.json",
        "/posh/192.0.2.1.json", "/posh/../posh/acme.example.json",
        "/posh/acme.example.json/"}) {
    EXPECT_EQ(Get(path).status, 404u) << path;
  }
}

TEST_F(PoshAnswerTest, OnlyReadingIsOffered) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "get"}) {
    EXPECT_EQ(Get("/posh/acme.example.json", 0, method).status, 405u);
  }
}

}  // namespace
}  // namespace danegate
