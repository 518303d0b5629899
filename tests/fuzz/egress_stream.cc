// Plays a script against an outbound stream. A line is an event:
//
//   s TEXT  the server sends TEXT     S TEXT  the same, octet by octet
//   c connected   t TLS is up   R restart (if Ready came)   z finish
//   x deadline    e / E the server closed, cleanly or not
//   H a challenge   A the answer that takes a hand-off
//
// A script that begins with "h" is a hand-off without TLS and SASL.
//
// Properties: the certificate's identity is claimed inside TLS only; Ready
// comes at most once, and after <auth/> or after a challenge and the right
// answer, with nothing around them; nothing comes after Close; what is shown of
// the backend's features is well-formed by itself.
#include "proxy/xmpp/egress_stream.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/xmpp/bytes.h"
#include "proxy/xmpp/stream_header.h"
#include "proxy/xmpp/stream_reader.h"
#include "tests/fuzz/script.h"
#include "tests/support/domains.h"
#include "verifier/check.h"

namespace {

using namespace danegate;

constexpr char kSecret[] = "0123456789abcdef0123456789abcdef";
const std::string kChallenge(64, 'c');

std::string Digest(const std::string& what, const std::string& text) {
  const std::string label = "danegate hand-off 1 " + what + '\0';
  return std::string(AsText(HmacSha256(kSecret, label + text)));
}

std::string ChallengeLine() {
  return "danegate-1 challenge " + kChallenge + "\r\n";
}

// For a header "H".
std::string AnswerLine() {
  return "danegate-1 taken " +
         Digest("taken", Digest("header", kChallenge + "H")) + "\r\n";
}

class Play {
 public:
  explicit Play(bool is_hand_off)
      : is_hand_off_(is_hand_off),
        stream_({D("peer.example"), D("tenant.example"), false,
                 is_hand_off ? std::optional(HandOffOffer{"H", kSecret})
                             : std::nullopt},
                now_) {}

  void Line(char event, std::string_view text) {
    switch (event) {
      case 's':
        Server(text);
        break;
      case 'S':
        for (const char& octet : text) Server({&octet, 1});
        break;
      case 'A':
        Server(AnswerLine());
        break;
      case 'H':
        Server(ChallengeLine());
        break;
      case 'c':
        stream_.OnConnected(now_);
        break;
      case 't':
        secure_ = secure_ || starting_;
        stream_.OnTlsEstablished(now_);
        break;
      case 'R':
        if (ready_ && !restarted_) {
          restarted_ = true;
          stream_.Restart({}, now_);
        }
        break;
      case 'z':
        stream_.Finish(now_);
        break;
      case 'x':
        if (stream_.deadline() != Instant::Never()) now_ = stream_.deadline();
        stream_.OnDeadline(now_);
        break;
      case 'e':
        stream_.OnClosed(true, now_);
        break;
      case 'E':
        stream_.OnClosed(false, now_);
        break;
      default:
        break;
    }
    Drain();
  }

 private:
  void Server(std::string_view text) {
    if (!ready_) said_ += text;
    stream_.OnBytes(AsBytes(text), now_);
    Drain();
  }
  void Drain() {
    while (auto action = stream_.NextAction()) {
      DANEGATE_CHECK(!closed_);
      if (const auto* send = std::get_if<action::Send>(&*action)) {
        const bool auth = send->bytes.find("<auth") != std::string::npos;
        DANEGATE_CHECK(!auth || secure_);
        authenticated_ = authenticated_ || auth;
      } else if (const auto* features =
                     std::get_if<action::Features>(&*action)) {
        CheckFeatures(features->xml);
      } else {
        starting_ =
            starting_ || std::holds_alternative<action::StartTls>(*action);
        closed_ = std::holds_alternative<action::Close>(*action);
        if (std::holds_alternative<action::Ready>(*action)) {
          DANEGATE_CHECK(!ready_ && HasEarnedIt());
          ready_ = true;
        }
      }
    }
  }
  bool HasEarnedIt() const {
    if (!is_hand_off_) return authenticated_;
    return !authenticated_ && !starting_ &&
           said_ == ChallengeLine() + AnswerLine();
  }
  static void CheckFeatures(const std::string& xml) {
    const auto text =
        WriteHeader({}) + "<stream:features>" + xml + "</stream:features>";
    StreamReader reader(StanzaLimits());
    std::string_view input = text;
    DANEGATE_CHECK(std::holds_alternative<StreamHeader>(*reader.Next(input)));
    DANEGATE_CHECK(std::holds_alternative<XmlElement>(*reader.Next(input)));
    DANEGATE_CHECK(input.empty());
  }

  Instant now_{std::chrono::hours(1)};
  const bool is_hand_off_;
  EgressStream stream_;
  std::string said_;  // by the server, before Ready
  bool starting_ = false;
  bool secure_ = false;
  bool authenticated_ = false;
  bool ready_ = false;
  bool restarted_ = false;
  bool closed_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view script = AsScript(data, size);
  Play play(script.starts_with('h'));
  ForEachLine(script, [&](std::string_view line) {
    play.Line(line[0], line.size() > 2 ? line.substr(2) : "");
  });
  return 0;
}
