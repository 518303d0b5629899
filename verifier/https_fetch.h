// HttpsFetch is the door to libcurl: it makes the GETs that a stranger causes,
// on one libuv loop, without blocking it.
//
// Contract: Fetch() never calls back. Replies collect and are taken with
// NextReply(), once a loop turn, until it is empty. Each request gets exactly
// one reply, at the latest a moment after its deadline.
//
// It connects to the request's addresses and to nothing else: libcurl looks
// nothing up and each socket is checked again (threats D5). HTTPS only, TLS 1.2
// or later, the certificate verified for the request's host (E-02, E-10), by
// libcurl in the handshake and by our own rules before there is a reply;
// redirects are replies, not followed; no proxy, cookies, authentication or
// compression; at most kMaxBody and kMaxHeader are read, in kMaxPieces (E-18).
//
// Lifetime: delete it - requests under way are broken off and get no reply -,
// then run the loop once more so that its handles close. Thread: the loop's;
// opening it before the loop's thread starts is fine.
#pragma once

#include <curl/curl.h>
#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "verifier/https_fetch/transfer.h"
#include "verifier/https_request.h"
#include "verifier/instant.h"
#include "verifier/pkix.h"
#include "verifier/result.h"

namespace danegate {

class HttpsFetch {
 public:
  // Under way at a time; further ones fail at once (L-06).
  static constexpr std::size_t kMaxFetches = 64;
  static constexpr std::size_t kMaxBody = HttpsTransfer::kMaxBody;
  static constexpr std::size_t kMaxHeader = HttpsTransfer::kMaxHeader;
  static constexpr std::size_t kMaxPieces = HttpsTransfer::kMaxPieces;

  // The error is a sentence that names the file and says what to do.
  static Result<std::unique_ptr<HttpsFetch>, std::string> Open(
      uv_loop_t* loop, const HttpsSettings&);
  ~HttpsFetch();
  HttpsFetch(const HttpsFetch&) = delete;
  HttpsFetch& operator=(const HttpsFetch&) = delete;

  // `ticket` is the caller's and comes back with the reply.
  void Fetch(std::uint64_t ticket, const HttpsRequest&, Now);

  struct Reply {
    std::uint64_t ticket;
    HttpsReply reply;
  };
  std::optional<Reply> NextReply();

 private:
  struct Watched;  // a socket of libcurl's on the loop
  struct MultiFree {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };

  HttpsFetch(uv_loop_t* loop, HttpsSettings settings, TrustStore trust);
  static int OnSocket(CURL*, curl_socket_t, int what, void* self,
                      void* watched);
  static void OnPoll(uv_poll_t*, int status, int events);
  static int OnTimeout(CURLM*, long milliseconds, void* self);
  void Watch(curl_socket_t, int what, Watched*);
  void Act(curl_socket_t, int events);
  void TakeFinished();
  void Fail(std::uint64_t ticket, std::string why);

  uv_loop_t* loop_;
  HttpsSettings settings_;
  TrustStore trust_;   // what the settings' file holds
  uv_timer_t* timer_;  // closed and deleted by the loop
  std::unique_ptr<CURLM, MultiFree> multi_;
  // Their addresses are known to libcurl, so they stay where they are.
  std::list<HttpsTransfer> transfers_;
  std::deque<Reply> replies_;
};

}  // namespace danegate
