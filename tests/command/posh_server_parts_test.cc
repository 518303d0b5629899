#include <gnutls/gnutls.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "proxy/ops/posh_certificate.h"
#include "proxy/ops/posh_deadlines.h"
#include "tests/support/test_certificates.h"

namespace danegate {
namespace {

using test::TestCertificate;

class PoshCertificateTest : public ::testing::Test {
 protected:
  PoshCertificateTest() {
    char name[] = "/tmp/danegate-posh-XXXXXX";
    folder_ = ::mkdtemp(name);
    WriteChain(first_);
    WriteKey(first_);
  }
  ~PoshCertificateTest() override { std::filesystem::remove_all(folder_); }

  CredentialFiles Files() const {
    return {folder_ + "/chain", folder_ + "/key"};
  }
  void WriteChain(const TestCertificate& issued) const {
    std::ofstream(Files().chain) << issued.ToPem();
  }
  void WriteKey(const TestCertificate& issued) const {
    std::ofstream(Files().key) << issued.KeyToPem();
    ::chmod(Files().key.c_str(), 0600);
  }
  PoshCertificate Open() {
    return PoshCertificate(Files(), [this](const std::string& trouble) {
      troubles_.push_back(trouble);
    });
  }
  // The leaf, at the time of the next look.
  test::Bytes Served(PoshCertificate& certificate) {
    now_ = now_ + PoshCertificate::kLook;
    const auto credentials = certificate.Current(now_);
    gnutls_datum_t leaf{};
    if (credentials == nullptr ||
        gnutls_certificate_get_crt_raw(credentials.get(), 0, 0, &leaf) != 0) {
      return {};
    }
    return {leaf.data, leaf.data + leaf.size};
  }

  std::string folder_;
  const TestCertificate first_ = test::Issue({.subject = "first"});
  const TestCertificate second_ = test::Issue({.subject = "second one"});
  std::vector<std::string> troubles_;
  Instant now_{};
};

TEST_F(PoshCertificateTest, ARenewedPairIsServedAtTheNextHandshake) {
  auto certificate = Open();
  EXPECT_EQ(Served(certificate), first_.der);
  WriteChain(second_);
  WriteKey(second_);
  EXPECT_EQ(Served(certificate), second_.der);
  EXPECT_TRUE(troubles_.empty());
}

TEST_F(PoshCertificateTest, APairThatDoesNotFitIsToldOfOnceAndNotServed) {
  auto certificate = Open();
  EXPECT_EQ(Served(certificate), first_.der);
  WriteChain(second_);
  EXPECT_EQ(Served(certificate), first_.der);
  EXPECT_TRUE(troubles_.empty()) << "the key may be on its way";
  for (int look = 0; look < 3; ++look) {
    EXPECT_EQ(Served(certificate), first_.der);
  }
  ASSERT_EQ(troubles_.size(), 1U);
  EXPECT_NE(troubles_[0].find(Files().key), std::string::npos) << troubles_[0];
  WriteKey(second_);
  EXPECT_EQ(Served(certificate), second_.der);
  EXPECT_EQ(troubles_.size(), 1U);
}

TEST_F(PoshCertificateTest, FilesThatAreGoneLeaveTheFormerCertificate) {
  auto certificate = Open();
  EXPECT_EQ(Served(certificate), first_.der);
  std::filesystem::remove(Files().key);
  for (int look = 0; look < 3; ++look) {
    EXPECT_EQ(Served(certificate), first_.der);
  }
  EXPECT_EQ(troubles_.size(), 1U);
}

class PoshDeadlinesTest : public ::testing::Test {
 protected:
  PoshDeadlinesTest() {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair_), 0);
  }
  ~PoshDeadlinesTest() override {
    ::close(pair_[0]);
    ::close(pair_[1]);
  }
  int pair_[2];
};

TEST_F(PoshDeadlinesTest, D6_ABusySocketIsShutDownInTheEnd) {
  PoshDeadlines deadlines(std::chrono::milliseconds(20));
  deadlines.Begin(pair_[0]);
  while (::send(pair_[1], "x", 1, MSG_NOSIGNAL) == 1) {
    char octet;
    if (::read(pair_[0], &octet, 1) != 1) break;
  }
  char octet;
  EXPECT_EQ(::read(pair_[1], &octet, 1), 0);
  deadlines.End(pair_[0]);
}

TEST_F(PoshDeadlinesTest, ASocketThatHasEndedIsLeftAlone) {
  PoshDeadlines deadlines(std::chrono::milliseconds(20));
  int other[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, other), 0);
  deadlines.Begin(pair_[0]);
  deadlines.End(pair_[0]);
  deadlines.Begin(other[0]);
  char octet;
  EXPECT_EQ(::read(other[1], &octet, 1), 0);
  EXPECT_EQ(::send(pair_[1], "x", 1, MSG_NOSIGNAL), 1);
  ::close(other[0]);
  ::close(other[1]);
}

}  // namespace
}  // namespace danegate
