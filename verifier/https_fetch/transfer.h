// HttpsTransfer is one GET as libcurl is told to make it: where it may connect,
// what it must verify, and how much it may read.
#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "verifier/https_request.h"
#include "verifier/instant.h"
#include "verifier/pkix.h"

namespace danegate {

class HttpsTransfer {
 public:
  static constexpr std::size_t kMaxBody = 64 * 1024;    // E-18
  static constexpr std::size_t kMaxHeader = 16 * 1024;  // of all responses
  // TLS records or chunks that the body comes in: 65,536 of one octet each
  // would cost half a second of this thread (measured).
  static constexpr std::size_t kMaxPieces = 1024;

  // REQUIRES: request.addresses is not empty; the deadline is not over.
  HttpsTransfer(std::uint64_t ticket, const HttpsRequest&, const HttpsSettings&,
                Now);
  HttpsTransfer(const HttpsTransfer&) = delete;
  HttpsTransfer& operator=(const HttpsTransfer&) = delete;

  CURL* easy() const { return easy_.get(); }
  std::uint64_t ticket() const { return ticket_; }
  // Of the transfer that libcurl is done with. GnuTLS takes a server whose
  // certificate is for clients only, and one whose name is a common name; what
  // such a server says is dropped (E-02, C-13, C-31).
  HttpsReply Finish(CURLcode, const TrustStore& trust, UnixTime at);

 private:
  struct EasyFree {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  struct ShareFree {
    void operator()(CURLSH* share) const { curl_share_cleanup(share); }
  };
  struct ListFree {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  template <typename Value>
  void Set(CURLoption, Value);
  void SetProtocol();
  void SetTls(const HttpsSettings&);
  void SetAddresses();
  void SetCallbacks();
  std::string Explain(CURLcode) const;
  std::string WhyServerUnproven(const TrustStore& trust, UnixTime at) const;
  HttpsReply Failed(std::string why) const;

  static std::size_t OnBody(char*, std::size_t, std::size_t count, void* self);
  static std::size_t OnHeader(char*, std::size_t, std::size_t count,
                              void* self);
  static curl_socket_t OnOpenSocket(void* self, curlsocktype, curl_sockaddr*);
  bool MayConnectTo(const sockaddr&) const;

  const std::uint64_t ticket_;
  const HttpsRequest request_;
  std::string body_;
  std::size_t header_octets_ = 0;
  std::size_t pieces_ = 0;
  bool is_too_large_ = false;
  char problem_[CURL_ERROR_SIZE] = "";
  // libcurl reads them until the handle is gone, so the handle goes first.
  std::unique_ptr<curl_slist, ListFree> headers_;
  std::unique_ptr<curl_slist, ListFree> addresses_;
  // Its cache of names is its own. In the common one they would stay for ever,
  // and be found by others that ask the same host.
  std::unique_ptr<CURLSH, ShareFree> names_;
  std::unique_ptr<CURL, EasyFree> easy_;
};

}  // namespace danegate
