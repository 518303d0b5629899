#include "bench/load/demo/zone_question.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string_view>

namespace danegate {
namespace {

using namespace std::string_view_literals;  // NOLINT: sv for embedded zeros

constexpr std::string_view kHeader = "\x44\x47\0\0\0\1\0\0\0\0\0\0"sv;
constexpr std::string_view kSoaInternet = "\0\0\6\0\1"sv;  // after the labels

std::string Question(const std::string& zone) {
  std::string text(kHeader);
  std::string_view rest = zone;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('.'), rest.size());
    text.push_back(static_cast<char>(end));
    text += rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return text += kSoaInternet;
}

// Ours, an answer, no error, and something in it.
bool IsGoodAnswer(std::string_view answer) {
  return answer.size() > kHeader.size() &&
         answer.substr(0, 2) == kHeader.substr(0, 2) &&
         (answer[2] & 0x80) != 0 && (answer[3] & 0x0f) == 0 &&
         (answer[6] != 0 || answer[7] != 0);
}

bool Ask(int socket, const ConfiguredAddress& server, const std::string& text,
         Duration limit) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port);
  if (::inet_pton(AF_INET, server.host.c_str(), &address.sin_addr) != 1 ||
      ::connect(socket, reinterpret_cast<sockaddr*>(&address),
                sizeof address) != 0 ||
      ::send(socket, text.data(), text.size(), 0) < 0) {
    return false;
  }
  pollfd waiting{socket, POLLIN, 0};
  const auto milliseconds =
      std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  if (::poll(&waiting, 1, static_cast<int>(milliseconds)) != 1) return false;
  char answer[4096];
  const ssize_t count = ::recv(socket, answer, sizeof answer, 0);
  return count > 0 && IsGoodAnswer({answer, static_cast<std::size_t>(count)});
}

}  // namespace

bool IsZoneServed(const ConfiguredAddress& server, const std::string& zone,
                  Duration limit) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  const bool served = Ask(socket, server, Question(zone), limit);
  ::close(socket);
  return served;
}

}  // namespace danegate
