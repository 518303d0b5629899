// H-06, B4: only "xmpp-server" is spoken here.
#include <gtest/gtest.h>

#include "tests/tls/odd_peer.h"
#include "tests/tls/tls_pair.h"

namespace danegate::test {
namespace {

std::string Protocols(std::initializer_list<std::string> names) {
  std::string list;
  for (const std::string& name : names) {
    list += static_cast<char>(name.size());
    list += name;
  }
  return list;
}

struct Row {
  const char* name;
  std::string offered;  // empty: no ALPN
  bool direct;
  bool accepted;
  const char* selected;
};

TEST(Alpn, OnlyXmppServerIsAccepted_B4) {
  const Row rows[] = {
      {"none, direct", "", true, true, ""},
      {"ours, direct", Protocols({"xmpp-server"}), true, true, "xmpp-server"},
      {"both, direct", Protocols({"h2", "xmpp-server"}), true, true,
       "xmpp-server"},
      {"h2, direct", Protocols({"h2"}), true, false, ""},
      {"client, direct", Protocols({"xmpp-client"}), true, false, ""},
      {"prefix, direct", Protocols({"xmpp-serve"}), true, false, ""},
      {"longer, direct", Protocols({"xmpp-server2"}), true, false, ""},
      {"case, direct", Protocols({"XMPP-SERVER"}), true, false, ""},
      {"none, STARTTLS", "", false, true, ""},
      {"ours, STARTTLS", Protocols({"xmpp-server"}), false, true,
       "xmpp-server"},
      {"h2, STARTTLS", Protocols({"h2"}), false, true, ""},
  };
  const ServerContext context(Serve(SelfSigned("edge.example")));
  for (const Row& row : rows) {
    OddPeer peer;
    SSL_set_alpn_protos(
        peer.ssl(), reinterpret_cast<const std::uint8_t*>(row.offered.data()),
        static_cast<unsigned>(row.offered.size()));
    auto server = TlsEngine::Accept(context, std::nullopt, row.direct);
    EXPECT_EQ(peer.Shake(server), row.accepted) << row.name << server.error();
    const std::uint8_t* selected = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(peer.ssl(), &selected, &size);
    EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(selected), size),
              row.selected)
        << row.name;
    if (row.accepted) continue;
    EXPECT_EQ(peer.alert(), SSL_AD_NO_APPLICATION_PROTOCOL) << row.name;
    EXPECT_EQ(server.error(),
              "the peer offered application protocols (ALPN) without "
              "'xmpp-server'; expected it, or none");
  }
}

// Towards a backend it is offered on direct TLS only.
TEST(Alpn, TheClientOffersItOnDirectTls_H05) {
  const ClientContext client_context;
  const std::string needle = Protocols({"xmpp-server"});
  for (const bool direct : {true, false}) {
    auto client = TlsEngine::Connect(client_context, nullptr,
                                     Name("backend.example"), direct);
    const std::string hello = TakeCiphertext(client);
    EXPECT_EQ(hello.find(needle) != std::string::npos, direct);
    EXPECT_NE(hello.find("backend.example"), std::string::npos);
  }
}

}  // namespace
}  // namespace danegate::test
