#include "tests/verifier/relay.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "verifier/check.h"

namespace danegate::testing {

namespace {

// "ADDRESS:PORT"
sockaddr_in ParseAddress(const std::string& text) {
  const std::size_t colon = text.find(':');
  DANEGATE_CHECK(colon != text.npos);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port =
      htons(static_cast<std::uint16_t>(std::stoi(text.substr(colon + 1))));
  DANEGATE_CHECK(inet_pton(AF_INET, text.substr(0, colon).c_str(),
                           &address.sin_addr) == 1);
  return address;
}

}  // namespace

std::string ObeyRelay(const std::string& line) {
  const char* control = std::getenv("DANEGATE_TEST_CONTROL");
  DANEGATE_CHECK(control != nullptr);
  const sockaddr_in address = ParseAddress(control);
  const int link = socket(AF_INET, SOCK_STREAM, 0);
  DANEGATE_CHECK(connect(link, reinterpret_cast<const sockaddr*>(&address),
                         sizeof(address)) == 0);
  const std::string sent = line + "\n";
  DANEGATE_CHECK(write(link, sent.data(), sent.size()) ==
                 static_cast<ssize_t>(sent.size()));
  std::string answer;
  for (char c; read(link, &c, 1) == 1 && c != '\n';) answer += c;
  close(link);
  return answer;
}

RelayStop::RelayStop() { DANEGATE_CHECK(ObeyRelay("stop") == "ok"); }

// Forgetting all rules forgets those of resolver_zones.py too.
RelayStop::~RelayStop() {
  for (const char* line :
       {"clear", "drop slow.peer.example A", "servfail refused.peer.example A",
        "drop _xmpp-server._tcp.silent.example SRV"}) {
    DANEGATE_CHECK(ObeyRelay(line) == "ok");
  }
}

}  // namespace danegate::testing
