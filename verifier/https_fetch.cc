#include "verifier/https_fetch.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "verifier/check.h"
#include "verifier/clock.h"

namespace danegate {
namespace {

template <typename Handle>
void CloseAndDelete(Handle* handle) {
  uv_close(reinterpret_cast<uv_handle_t*>(handle), [](uv_handle_t* closed) {
    delete reinterpret_cast<Handle*>(closed);
  });
}

Result<TrustStore, std::string> ReadAuthorities(const std::string& file) {
  std::ifstream input(file, std::ios::binary);
  std::ostringstream pem;
  if (!input || !(pem << input.rdbuf())) {
    return Failure("cannot read '" + file +
                   "', the file with the authorities of the web; install "
                   "ca-certificates, or name another file");
  }
  auto trust = TrustStore::FromPem(pem.str());
  if (!trust) return Failure("'" + file + "': " + trust.error());
  return trust;
}

}  // namespace

struct HttpsFetch::Watched {
  uv_poll_t handle;
  HttpsFetch* fetch;
  curl_socket_t socket;
  int events;  // libuv's
};

Result<std::unique_ptr<HttpsFetch>, std::string> HttpsFetch::Open(
    uv_loop_t* loop, const HttpsSettings& settings) {
  // Once in a process, before the first thread needs it.
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) {
    return Failure("libcurl does not start: " +
                   std::string(curl_easy_strerror(started)));
  }
  auto trust = ReadAuthorities(settings.ca_file);
  if (!trust) return Failure(std::move(trust).error());
  return std::unique_ptr<HttpsFetch>(
      new HttpsFetch(loop, settings, *std::move(trust)));
}

HttpsFetch::HttpsFetch(uv_loop_t* loop, HttpsSettings settings,
                       TrustStore trust)
    : loop_(loop),
      settings_(std::move(settings)),
      trust_(std::move(trust)),
      timer_(new uv_timer_t),
      multi_(curl_multi_init()) {
  DANEGATE_CHECK(multi_ != nullptr);
  uv_timer_init(loop_, timer_);
  timer_->data = this;
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, &OnSocket);
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, &OnTimeout);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
}

HttpsFetch::~HttpsFetch() {
  for (const HttpsTransfer& transfer : transfers_) {
    curl_multi_remove_handle(multi_.get(), transfer.easy());
  }
  transfers_.clear();
  multi_.reset();  // still calls OnSocket() and OnTimeout()
  CloseAndDelete(timer_);
}

void HttpsFetch::Fetch(std::uint64_t ticket, const HttpsRequest& request,
                       Now now) {
  if (transfers_.size() >= kMaxFetches) {
    return Fail(ticket, std::to_string(kMaxFetches) +
                            " requests are under way already; try again later");
  }
  if (request.addresses.empty()) {
    return Fail(ticket, request.host.ascii() + " has no address");
  }
  if (request.deadline <= now.monotonic) {
    return Fail(ticket, "the time for it is over");
  }
  const HttpsTransfer& transfer =
      transfers_.emplace_back(ticket, request, settings_, now);
  DANEGATE_CHECK(curl_multi_add_handle(multi_.get(), transfer.easy()) ==
                 CURLM_OK);
}

std::optional<HttpsFetch::Reply> HttpsFetch::NextReply() {
  if (replies_.empty()) return std::nullopt;
  Reply reply = std::move(replies_.front());
  replies_.pop_front();
  return reply;
}

int HttpsFetch::OnSocket(CURL*, curl_socket_t socket, int what, void* self,
                         void* watched) {
  static_cast<HttpsFetch*>(self)->Watch(socket, what,
                                        static_cast<Watched*>(watched));
  return 0;
}

// The poll handle is closed, not kept: closed later, libuv would take whatever
// socket has the same number by then out of the epoll set.
void HttpsFetch::Watch(curl_socket_t socket, int what, Watched* watched) {
  if (what == CURL_POLL_REMOVE) {
    if (watched == nullptr) return;
    curl_multi_assign(multi_.get(), socket, nullptr);
    CloseAndDelete(watched);
    return;
  }
  if (watched == nullptr) {
    watched = new Watched{{}, this, socket, 0};
    DANEGATE_CHECK(uv_poll_init_socket(loop_, &watched->handle, socket) == 0);
    curl_multi_assign(multi_.get(), socket, watched);
  }
  watched->events = (what & CURL_POLL_IN ? UV_READABLE : 0) |
                    (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
  uv_poll_start(&watched->handle, watched->events, OnPoll);
}

// libuv reports a socket's error as a status and stops polling; libcurl learns
// it from its next read or write.
void HttpsFetch::OnPoll(uv_poll_t* handle, int status, int events) {
  auto* watched = reinterpret_cast<Watched*>(handle);
  if (status < 0) uv_poll_start(handle, watched->events, OnPoll);
  const int ready = (events & UV_READABLE ? CURL_CSELECT_IN : 0) |
                    (events & UV_WRITABLE ? CURL_CSELECT_OUT : 0);
  watched->fetch->Act(watched->socket, status < 0 ? CURL_CSELECT_ERR : ready);
}

int HttpsFetch::OnTimeout(CURLM*, long milliseconds, void* data) {
  auto* self = static_cast<HttpsFetch*>(data);
  if (milliseconds < 0) return uv_timer_stop(self->timer_);
  return uv_timer_start(
      self->timer_,
      [](uv_timer_t* timer) {
        static_cast<HttpsFetch*>(timer->data)->Act(CURL_SOCKET_TIMEOUT, 0);
      },
      static_cast<std::uint64_t>(milliseconds), 0);
}

void HttpsFetch::Act(curl_socket_t socket, int events) {
  int running = 0;
  curl_multi_socket_action(multi_.get(), socket, events, &running);
  TakeFinished();
}

void HttpsFetch::TakeFinished() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    const CURLcode code = message->data.result;
    CURL* const easy = message->easy_handle;  // the message goes with it
    HttpsTransfer* transfer = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    replies_.push_back(
        {transfer->ticket(), transfer->Finish(code, trust_, ReadNow().wall)});
    curl_multi_remove_handle(multi_.get(), easy);
    transfers_.remove_if(
        [&](const HttpsTransfer& one) { return &one == transfer; });
  }
}

void HttpsFetch::Fail(std::uint64_t ticket, std::string why) {
  replies_.push_back({ticket, {.failure = std::move(why)}});
}

}  // namespace danegate
