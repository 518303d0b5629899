#include "bench/load/handshakes/expected_leaves.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/test_certificates.h"

namespace danegate {
namespace {

using test::ChainOf;
using test::DnsName;
using test::Issue;
using test::TestCertificate;

const Domain kName = *Domain::Parse("t000001.tenants.example");

class ExpectedLeavesTest : public testing::Test {
 protected:
  ExpectedLeavesTest() {
    std::filesystem::create_directories(folder_ + "/tenants.d");
  }
  ~ExpectedLeavesTest() override { std::filesystem::remove_all(folder_); }

  TestCertificate New() {
    return Issue({.names = {DnsName(kName.ascii())}}, &root_);
  }
  void Write(const std::string& text) { std::ofstream(file_) << text; }
  void Write(const TestCertificate& leaf) {
    Write(leaf.ToPem() + root_.ToPem());
  }

  const std::string folder_ =
      testing::TempDir() + "danegate-expected-" + std::to_string(::getpid());
  const std::string file_ = folder_ + "/tenants.d/t000001.pem";
  const TestCertificate root_ = Issue({.subject = "root", .ca = true});
};

TEST_F(ExpectedLeavesTest, KnowTheLeafOfTheFileAndNoOther) {
  const auto own = New(), other = New();
  Write(own);
  ExpectedLeaves expected(folder_, {kName});
  EXPECT_TRUE(expected.Knows(ChainOf({&own, &root_}), kName));
  EXPECT_FALSE(expected.Knows(ChainOf({&other, &root_}), kName));
}

TEST_F(ExpectedLeavesTest, KnowEveryVersionThatWasSeenSinceTheBeginning) {
  const auto before = New(), first = New(), second = New();
  Write(before);
  Write(first);
  ExpectedLeaves expected(folder_, {kName});
  Write(second);
  EXPECT_TRUE(expected.Knows(ChainOf({&second}), kName));
  EXPECT_TRUE(expected.Knows(ChainOf({&first}), kName));
  EXPECT_FALSE(expected.Knows(ChainOf({&before}), kName));
}

TEST_F(ExpectedLeavesTest, LookAgainAtAFileThatWasHalfWritten) {
  const auto first = New(), second = New();
  Write(first);
  ExpectedLeaves expected(folder_, {kName});
  Write(second.ToPem().substr(0, 100));
  EXPECT_TRUE(expected.Knows(ChainOf({&first}), kName));
  Write(second);
  EXPECT_TRUE(expected.Knows(ChainOf({&second}), kName));
}

TEST_F(ExpectedLeavesTest, KnowNothingOfATenantThatIsNotThere) {
  const auto leaf = New();
  ExpectedLeaves expected(folder_, {kName});
  EXPECT_FALSE(expected.Knows(ChainOf({&leaf}), kName));
  Write(leaf);
  EXPECT_TRUE(expected.Knows(ChainOf({&leaf}), kName));
}

}  // namespace
}  // namespace danegate
