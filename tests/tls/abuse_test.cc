// What a peer may try once a connection is open (A-53, B7).
#include <gtest/gtest.h>

#include "tests/tls/odd_peer.h"
#include "tests/tls/tls_pair.h"

namespace danegate::test {
namespace {

using State = TlsEngine::State;

class AbuseTest : public testing::Test {
 protected:
  // TLS 1.2 with AES-128-GCM, as OddPeer::Seal() needs it.
  static void UseTls12(SSL_CTX* settings) {
    SSL_CTX_set_max_proto_version(settings, TLS1_2_VERSION);
  }
  void Open(OddPeer& peer) {
    ASSERT_TRUE(peer.Shake(server_)) << server_.error();
    ASSERT_EQ(server_.state(), State::kOpen);
  }

  const ServerContext context_{Serve(SelfSigned("edge.example"))};
  TlsEngine server_ = TlsEngine::Accept(context_, std::nullopt, true);
};

// A ClientHello that need not even be right.
TEST_F(AbuseTest, RenegotiationEndsTheConnection_A53) {
  OddPeer peer(&UseTls12);
  Open(peer);
  const std::string hello = {SSL3_MT_CLIENT_HELLO, 0, 0, 4, 3, 3, 0, 0};
  peer.Seal(server_, SSL3_RT_HANDSHAKE, hello);
  EXPECT_EQ(server_.state(), State::kFailed);
  EXPECT_EQ(server_.error(),
            "the peer tried to renegotiate, which is not supported");
  peer.Exchange(server_);
  EXPECT_EQ(peer.alert(), SSL_AD_NO_RENEGOTIATION);
}

TEST_F(AbuseTest, SealedRecordsOfOddPeersAreRead) {
  OddPeer peer(&UseTls12);
  Open(peer);
  peer.Seal(server_, SSL3_RT_APPLICATION_DATA, "hello");
  EXPECT_EQ(ReadAll(server_), "hello");
}

TEST_F(AbuseTest, WarningAlertsAreCounted_B7) {
  OddPeer peer(&UseTls12);
  Open(peer);
  const std::string warning = {SSL3_AL_WARNING, SSL_AD_NO_RENEGOTIATION};
  int sent = 0;
  for (; sent < 100 && server_.state() == State::kOpen; ++sent) {
    peer.Seal(server_, SSL3_RT_ALERT, warning);
  }
  EXPECT_LE(sent, 5);
  EXPECT_EQ(server_.error(), "the peer sent too many warning alerts");
}

TEST_F(AbuseTest, EmptyRecordsAreCounted_B7) {
  OddPeer peer(&UseTls12);
  Open(peer);
  int sent = 0;
  for (; sent < 100 && server_.state() == State::kOpen; ++sent) {
    peer.Seal(server_, SSL3_RT_APPLICATION_DATA, "");
  }
  EXPECT_LE(sent, 33);
  EXPECT_EQ(server_.error(), "the peer sent too many empty records");
}

TEST_F(AbuseTest, KeyUpdatesAreCounted_B7) {
  OddPeer peer;
  Open(peer);
  int sent = 0;
  for (; sent < 100 && server_.state() == State::kOpen; ++sent) {
    ASSERT_TRUE(SSL_key_update(peer.ssl(), SSL_KEY_UPDATE_NOT_REQUESTED));
    // A KeyUpdate goes out before the next record of its sender.
    ASSERT_LE(SSL_write(peer.ssl(), "", 0), 0);
    peer.Exchange(server_);
  }
  EXPECT_LE(sent, 33);
  EXPECT_EQ(server_.error(),
            "the peer sent too many KeyUpdates without data between them");
}

TEST_F(AbuseTest, OneKeyUpdateIsFine) {
  OddPeer peer;
  Open(peer);
  ASSERT_TRUE(SSL_key_update(peer.ssl(), SSL_KEY_UPDATE_REQUESTED));
  ASSERT_EQ(SSL_write(peer.ssl(), "after", 5), 5);
  peer.Exchange(server_);
  EXPECT_EQ(server_.state(), State::kOpen);
  Write(server_, "and back");
  peer.Exchange(server_);
  EXPECT_EQ(peer.alert(), 0);
}

TEST_F(AbuseTest, HandshakeMessagesOver16KiBAreRefused) {
  std::string record = {
      SSL3_RT_HANDSHAKE,    3, 1, 0, 4,
      SSL3_MT_CLIENT_HELLO, 1, 0, 0};  // a ClientHello of 64 KiB is announced
  Feed(server_, record);
  EXPECT_EQ(server_.state(), State::kFailed);
  EXPECT_EQ(server_.error(),
            "a handshake message or certificate chain over 16 KiB");
}

}  // namespace
}  // namespace danegate::test
