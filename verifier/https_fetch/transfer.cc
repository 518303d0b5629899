#include "verifier/https_fetch/transfer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/check.h"

namespace danegate {
namespace {

using Octets = std::vector<std::uint8_t>;

// As CURLOPT_RESOLVE takes it.
std::string AddressText(const Octets& address) {
  char text[INET6_ADDRSTRLEN] = "";
  const bool is_ipv6 = address.size() == 16;
  DANEGATE_CHECK(is_ipv6 || address.size() == 4);
  ::inet_ntop(is_ipv6 ? AF_INET6 : AF_INET, address.data(), text, sizeof text);
  return is_ipv6 ? "[" + std::string(text) + "]" : text;
}

template <typename Address>
Octets ToOctets(const Address& address) {
  Octets octets(sizeof address);
  std::memcpy(octets.data(), &address, sizeof address);
  return octets;
}

curl_slist* Append(curl_slist* list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list, line.c_str());
  DANEGATE_CHECK(longer != nullptr);
  return longer;
}

}  // namespace

// Every option is known to the libcurl that this is built with, so one that is
// refused is a mistake of ours: none may be missing silently.
template <typename Value>
void HttpsTransfer::Set(CURLoption option, Value value) {
  DANEGATE_CHECK(curl_easy_setopt(easy_.get(), option, value) == CURLE_OK);
}

HttpsTransfer::HttpsTransfer(std::uint64_t ticket, const HttpsRequest& request,
                             const HttpsSettings& settings, Now now)
    : ticket_(ticket),
      request_(request),
      names_(curl_share_init()),
      easy_(curl_easy_init()) {
  DANEGATE_CHECK(names_ != nullptr && easy_ != nullptr);
  const auto time = std::chrono::ceil<std::chrono::milliseconds>(
      request.deadline - now.monotonic);
  DANEGATE_CHECK(time.count() > 0);
  Set(CURLOPT_TIMEOUT_MS, static_cast<long>(time.count()));
  Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(time.count()));
  SetProtocol();
  SetTls(settings);
  SetAddresses();
  SetCallbacks();
}

void HttpsTransfer::SetProtocol() {
  const std::string url = "https://" + request_.host.ascii() + ":" +
                          std::to_string(request_.port) + request_.path;
  Set(CURLOPT_URL, url.c_str());
  Set(CURLOPT_PATH_AS_IS, 1L);
  Set(CURLOPT_PROTOCOLS_STR, "https");
  Set(CURLOPT_REDIR_PROTOCOLS_STR, "https");
  Set(CURLOPT_FOLLOWLOCATION, 0L);
  Set(CURLOPT_HTTPGET, 1L);
  Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  Set(CURLOPT_HTTP09_ALLOWED, 0L);
  Set(CURLOPT_ACCEPT_ENCODING, static_cast<char*>(nullptr));
  Set(CURLOPT_HTTP_CONTENT_DECODING, 0L);
  Set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  Set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  headers_.reset(Append(nullptr, "Cache-Control: no-cache"));  // E-16
  Append(headers_.get(), "Accept: application/json");
  Set(CURLOPT_HTTPHEADER, headers_.get());
  Set(CURLOPT_USERAGENT, "danegate");
  Set(CURLOPT_NOSIGNAL, 1L);
}

void HttpsTransfer::SetTls(const HttpsSettings& settings) {
  Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));  // I-01
  Set(CURLOPT_SSL_VERIFYPEER, 1L);
  Set(CURLOPT_SSL_VERIFYHOST, 2L);
  Set(CURLOPT_CERTINFO, 1L);
  Set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
  Set(CURLOPT_CAINFO, settings.ca_file.c_str());
  // libcurl has a folder of its own beside the file.
  Set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
}

void HttpsTransfer::SetAddresses() {
  std::string line =
      request_.host.ascii() + ":" + std::to_string(request_.port) + ":";
  for (const Octets& address : request_.addresses) {
    line += (line.back() == ':' ? "" : ",") + AddressText(address);
  }
  addresses_.reset(Append(nullptr, line));
  DANEGATE_CHECK(curl_share_setopt(names_.get(), CURLSHOPT_SHARE,
                                   CURL_LOCK_DATA_DNS) == CURLSHE_OK);
  Set(CURLOPT_SHARE, names_.get());
  Set(CURLOPT_RESOLVE, addresses_.get());
  // A connection that another request left would lead to its addresses.
  Set(CURLOPT_FRESH_CONNECT, 1L);
  Set(CURLOPT_FORBID_REUSE, 1L);
  // Else the environment says which.
  Set(CURLOPT_PROXY, "");
  Set(CURLOPT_NOPROXY, "*");
}

void HttpsTransfer::SetCallbacks() {
  Set(CURLOPT_PRIVATE, this);
  Set(CURLOPT_ERRORBUFFER, problem_);
  Set(CURLOPT_WRITEFUNCTION, &OnBody);
  Set(CURLOPT_WRITEDATA, this);
  Set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(kMaxBody));
  Set(CURLOPT_HEADERFUNCTION, &OnHeader);
  Set(CURLOPT_HEADERDATA, this);
  Set(CURLOPT_OPENSOCKETFUNCTION, &OnOpenSocket);
  Set(CURLOPT_OPENSOCKETDATA, this);
}

std::size_t HttpsTransfer::OnBody(char* octets, std::size_t, std::size_t count,
                                  void* data) {
  auto* self = static_cast<HttpsTransfer*>(data);
  if (count > kMaxBody - self->body_.size()) {
    self->is_too_large_ = true;
    return 0;  // ends the transfer
  }
  if (++self->pieces_ > kMaxPieces) return 0;
  self->body_.append(octets, count);
  return count;
}

std::size_t HttpsTransfer::OnHeader(char*, std::size_t, std::size_t count,
                                    void* data) {
  auto* self = static_cast<HttpsTransfer*>(data);
  self->header_octets_ += count;
  return self->header_octets_ > kMaxHeader ? 0 : count;
}

// Threats D5: libcurl has been told the addresses, and this is where it would
// show if it had found others.
curl_socket_t HttpsTransfer::OnOpenSocket(void* data, curlsocktype,
                                          curl_sockaddr* address) {
  const auto* self = static_cast<HttpsTransfer*>(data);
  if (!self->MayConnectTo(address->addr)) return CURL_SOCKET_BAD;
  return ::socket(address->family,
                  address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                  address->protocol);
}

bool HttpsTransfer::MayConnectTo(const sockaddr& address) const {
  Octets octets;
  std::uint16_t port = 0;
  if (address.sa_family == AF_INET) {
    const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(address);
    octets = ToOctets(ipv4.sin_addr);
    port = ntohs(ipv4.sin_port);
  } else if (address.sa_family == AF_INET6) {
    const auto& ipv6 = reinterpret_cast<const sockaddr_in6&>(address);
    octets = ToOctets(ipv6.sin6_addr);
    port = ntohs(ipv6.sin6_port);
  }
  const auto& allowed = request_.addresses;
  return port == request_.port &&
         std::find(allowed.begin(), allowed.end(), octets) != allowed.end();
}

HttpsReply HttpsTransfer::Failed(std::string why) const {
  return {.failure = "https://" + request_.host.ascii() + ":" +
                     std::to_string(request_.port) + ": " + std::move(why)};
}

std::string HttpsTransfer::Explain(CURLcode code) const {
  if (is_too_large_ || code == CURLE_FILESIZE_EXCEEDED) {
    return "the answer has more than " + std::to_string(kMaxBody) + " octets";
  }
  if (pieces_ > kMaxPieces) {
    return "the answer comes in more than " + std::to_string(kMaxPieces) +
           " pieces";
  }
  if (header_octets_ > kMaxHeader) {
    return "the answer's header has more than " + std::to_string(kMaxHeader) +
           " octets";
  }
  const std::string problem =
      *problem_ != '\0' ? problem_ : curl_easy_strerror(code);
  // The peer reads this too, which is no business of its: which file we trust.
  return problem.substr(0, problem.find(" CAfile: "));
}

std::string HttpsTransfer::WhyServerUnproven(const TrustStore& trust,
                                             UnixTime at) const {
  constexpr std::string_view kCertificate = "Cert:";
  curl_certinfo* presented = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_CERTINFO, &presented);
  std::string pem;
  for (int i = 0; presented != nullptr && i < presented->num_of_certs; ++i) {
    for (auto* line = presented->certinfo[i]; line != nullptr;
         line = line->next) {
      const std::string_view text = line->data;
      if (text.starts_with(kCertificate)) {
        pem += text.substr(kCertificate.size());
        pem += '\n';
      }
    }
  }
  const auto chain = CertificateChain::ParsePem(pem);
  if (!chain) return chain.error();
  return WhyPathInvalid(*chain, trust, request_.host, at);
}

HttpsReply HttpsTransfer::Finish(CURLcode code, const TrustStore& trust,
                                 UnixTime at) {
  if (code != CURLE_OK) return Failed(Explain(code));
  if (const auto why = WhyServerUnproven(trust, at); !why.empty()) {
    return Failed("the server's certificate does not prove it: " + why);
  }
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  HttpsReply reply{.status = static_cast<unsigned>(status),
                   .body = std::move(body_)};
  curl_header* location = nullptr;
  if (curl_easy_header(easy_.get(), "Location", 0, CURLH_HEADER, -1,
                       &location) == CURLHE_OK) {
    if (location->amount > 1) return Failed("the answer has two Locations");
    reply.location = location->value;
  }
  return reply;
}

}  // namespace danegate
