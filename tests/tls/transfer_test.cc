// Bytes through an open connection, and how it ends.
#include <gtest/gtest.h>

#include "tests/tls/odd_peer.h"
#include "tests/tls/tls_pair.h"

namespace danegate::test {
namespace {

using State = TlsEngine::State;

class TransferTest : public testing::Test {
 protected:
  void Open(std::size_t step = 1 << 20) {
    Shuttle(client_, server_, step);
    ASSERT_EQ(server_.state(), State::kOpen) << server_.error();
    ASSERT_EQ(client_.state(), State::kOpen) << client_.error();
  }

  const ServerContext server_context_{Serve(SelfSigned("edge.example"))};
  const ClientContext client_context_;
  TlsEngine server_ = TlsEngine::Accept(server_context_, std::nullopt, true);
  TlsEngine client_ = TlsEngine::Connect(
      client_context_, SelfSigned("peer.example"), Name("edge.example"), true);
};

TEST_F(TransferTest, HandshakeAndDataMayComeByTheOctet) {
  Open(1);
  Write(client_, "<stream/>");
  const std::string sealed = TakeCiphertext(client_);
  std::string read;
  for (const char octet : sealed) {
    Feed(server_, {&octet, 1});
    read += ReadAll(server_);
  }
  EXPECT_EQ(read, "<stream/>");
}

TEST_F(TransferTest, AMebibyteGoesThroughBothWays) {
  Open();
  std::string sent(1 << 20, 'x');
  for (std::size_t i = 0; i < sent.size(); ++i) {
    sent[i] = static_cast<char>(i * 7 + i / 251);
  }
  for (auto [from, to] :
       {std::pair(&client_, &server_), {&server_, &client_}}) {
    Write(*from, sent);
    const std::string sealed = TakeCiphertext(*from);
    std::string read;
    for (std::size_t at = 0; at < sealed.size(); at += 65536) {
      Feed(*to, std::string_view(sealed).substr(at, 65536));
      read += ReadAll(*to);
    }
    EXPECT_EQ(read, sent);
    EXPECT_TRUE(from->ciphertext().empty());
  }
}

TEST_F(TransferTest, DataBehindTheClientsFinishedIsNotLost) {
  Feed(server_, TakeCiphertext(client_));
  Feed(client_, TakeCiphertext(server_));
  ASSERT_EQ(client_.state(), State::kOpen);
  Write(client_, "first");
  Write(client_, "second");
  Feed(server_, TakeCiphertext(client_));
  EXPECT_EQ(server_.state(), State::kOpen);
  EXPECT_EQ(ReadAll(server_), "firstsecond");
}

TEST_F(TransferTest, ReadFillsTheBufferFromSeveralRecords) {
  Open();
  for (int i = 0; i < 5; ++i) Write(client_, "12345678");
  Feed(server_, TakeCiphertext(client_));
  std::byte out[30];
  EXPECT_EQ(server_.Read(out), 30u);
  EXPECT_EQ(server_.Read(out), 10u);
  EXPECT_EQ(server_.Read(out), 0u);
}

TEST_F(TransferTest, CloseNotifyClosesAndNothingElseDoes_A101) {
  Open();
  Write(client_, "bye");
  client_.Close();
  client_.Close();
  const std::string sealed = TakeCiphertext(client_);
  // All but the close_notify's last octet: whatever else is missing, this is
  // a truncation, and the engine does not call it closed.
  Feed(server_, std::string_view(sealed).substr(0, sealed.size() - 1));
  EXPECT_EQ(ReadAll(server_), "bye");
  EXPECT_EQ(server_.state(), State::kOpen);
  Feed(server_, std::string_view(sealed).substr(sealed.size() - 1));
  EXPECT_EQ(server_.state(), State::kClosed);
  EXPECT_EQ(ReadAll(server_), "");

  server_.Close();
  Feed(client_, TakeCiphertext(server_));
  EXPECT_EQ(client_.state(), State::kClosed);
  EXPECT_TRUE(server_.error().empty());
}

TEST_F(TransferTest, DataBeforeACloseNotifyIsReadFirst) {
  Open();
  Write(client_, "bye");
  client_.Close();
  Feed(server_, TakeCiphertext(client_));
  EXPECT_EQ(server_.state(), State::kOpen);
  EXPECT_EQ(ReadAll(server_), "bye");
  EXPECT_EQ(server_.state(), State::kClosed);
}

TEST_F(TransferTest, DataStillComesAfterOurClose) {
  Open();
  server_.Close();
  Write(client_, "late");
  Feed(server_, TakeCiphertext(client_));
  EXPECT_EQ(ReadAll(server_), "late");
}

// The answer to "</stream:stream>" that came with a close_notify.
TEST_F(TransferTest, A100_AnAnswerGoesOutAfterTheOthersClose) {
  Open();
  client_.Close();
  Feed(server_, TakeCiphertext(client_));
  EXPECT_EQ(ReadAll(server_), "");
  ASSERT_EQ(server_.state(), State::kClosed);
  Write(server_, "</stream:stream>");
  server_.Close();
  Feed(client_, TakeCiphertext(server_));
  EXPECT_EQ(ReadAll(client_), "</stream:stream>");
  EXPECT_EQ(client_.state(), State::kClosed);
}

TEST_F(TransferTest, BytesAfterTheEndAreIgnored) {
  Open();
  client_.Close();
  Feed(server_, TakeCiphertext(client_) + "garbage");
  EXPECT_EQ(server_.state(), State::kClosed);
  Feed(server_, "more");
  EXPECT_EQ(ReadAll(server_), "");
  EXPECT_EQ(server_.state(), State::kClosed);
}

TEST_F(TransferTest, ADamagedRecordFailsWithAnAlert) {
  Open();
  Write(client_, "before");
  std::string sealed = TakeCiphertext(client_);
  Write(client_, "damaged");
  std::string damaged = TakeCiphertext(client_);
  damaged[damaged.size() / 2] ^= 1;
  Feed(server_, sealed + damaged);
  EXPECT_EQ(ReadAll(server_), "before");
  EXPECT_EQ(server_.state(), State::kFailed);
  EXPECT_EQ(server_.error(),
            "a record did not decrypt: damaged on its way, or forged");
  Feed(client_, TakeCiphertext(server_));
  EXPECT_EQ(client_.state(), State::kFailed);
  EXPECT_EQ(client_.error(),
            "the peer ended TLS with the alert 'bad record mac'");
}

TEST_F(TransferTest, CleartextInsteadOfTlsIsNamed) {
  Feed(server_, "<?xml version='1.0'?><stream:stream>");
  EXPECT_EQ(server_.state(), State::kFailed);
  EXPECT_EQ(server_.error(),
            "expected a TLS record; what came is none: is the peer speaking "
            "cleartext?");
}

TEST_F(TransferTest, HttpInsteadOfTlsIsNamed) {
  Feed(server_, "GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(server_.error(),
            "expected a TLS ClientHello; the peer speaks HTTP");
}

TEST_F(TransferTest, CloseInTheHandshakeFails) {
  OddPeer peer;
  auto server = TlsEngine::Accept(server_context_, std::nullopt, true);
  const char close_notify[] = {21, 3, 1, 0, 2, 1, 0};
  Feed(server, std::string_view(close_notify, sizeof close_notify));
  EXPECT_EQ(server.state(), State::kFailed);
  EXPECT_EQ(server.error(), "the peer ended TLS before the handshake was over");
  server.Close();
}

TEST_F(TransferTest, EnginesMoveWithTheirConnection) {
  Open();
  TlsEngine moved = std::move(server_);
  Write(client_, "moved");
  Feed(moved, TakeCiphertext(client_));
  EXPECT_EQ(ReadAll(moved), "moved");
}

}  // namespace
}  // namespace danegate::test
