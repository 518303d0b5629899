// Plays a script against a stream to an authoritative server. A line is an
// event:
//
//   s TEXT  the server sends TEXT     S TEXT  the same, octet by octet
//   c connected   t TLS is up   j / J  its certificate is good / bad
//   x deadline    e / E  the server closed, cleanly or not   z finish
//
// Properties: the key goes out inside TLS only, behind a good judgement; what
// is told of it comes once, before Close; "valid" comes only if the server has
// said so inside TLS, behind a good judgement.
#include "proxy/xmpp/authority_stream.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/xmpp/bytes.h"
#include "tests/fuzz/script.h"
#include "tests/support/domains.h"
#include "verifier/check.h"

namespace {

using namespace danegate;

class Play {
 public:
  Play()
      : stream_({{D("tenant.example"), D("peer.example"), false}, "id", "KEY"},
                now_) {}

  void Line(char event, std::string_view text) {
    switch (event) {
      case 's':
        return Server(text);
      case 'S':
        for (const char& octet : text) Server({&octet, 1});
        return;
      case 'c':
        stream_.OnConnected(now_);
        break;
      case 't':
        secure_ = secure_ || starting_;
        stream_.OnTlsEstablished(now_);
        break;
      case 'j':
        good_ = good_ || judging_;
        stream_.OnAuthorityJudged(true, now_);
        break;
      case 'J':
        stream_.OnAuthorityJudged(false, now_);
        break;
      case 'x':
        if (stream_.deadline() != Instant::Never()) now_ = stream_.deadline();
        stream_.OnDeadline(now_);
        break;
      case 'e':
      case 'E':
        stream_.OnClosed(event == 'e', now_);
        break;
      case 'z':
        finished_ = true;
        stream_.Finish(now_);
        break;
      default:
        break;
    }
    Drain();
  }

 private:
  void Server(std::string_view text) {
    if (good_) said_ += text;
    stream_.OnBytes(AsBytes(text), now_);
    Drain();
  }
  void Drain() {
    while (auto action = stream_.NextAction()) {
      DANEGATE_CHECK(!closed_);
      if (const auto* send = std::get_if<action::Send>(&*action)) {
        if (send->bytes.find("KEY") == std::string::npos) continue;
        DANEGATE_CHECK(secure_ && good_ && !asked_);
        asked_ = true;
      } else if (const auto* key = std::get_if<action::KeyVerified>(&*action)) {
        DANEGATE_CHECK(!told_ && !finished_);
        told_ = true;
        if (key->kind != action::KeyVerified::Kind::kValid) continue;
        DANEGATE_CHECK(asked_ && said_.find("valid") != std::string::npos);
      } else if (std::holds_alternative<action::Close>(*action)) {
        DANEGATE_CHECK(told_ || finished_);
        closed_ = true;
      } else if (std::holds_alternative<action::StartTls>(*action)) {
        starting_ = true;
      } else {
        DANEGATE_CHECK(std::holds_alternative<action::JudgeAuthority>(*action));
        DANEGATE_CHECK(secure_);
        judging_ = true;
      }
    }
  }

  Instant now_{std::chrono::hours(1)};
  AuthorityStream stream_;
  std::string said_;  // by the server, since it was judged
  bool starting_ = false;
  bool secure_ = false;
  bool judging_ = false;
  bool good_ = false;
  bool asked_ = false;
  bool told_ = false;
  bool finished_ = false;
  bool closed_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  Play play;
  ForEachLine(AsScript(data, size), [&](std::string_view line) {
    play.Line(line[0], line.size() > 2 ? line.substr(2) : "");
  });
  return 0;
}
