#include "proxy/ops/posh_server.h"

#include <gnutls/gnutls.h>
#include <microhttpd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "proxy/net/address.h"
#include "proxy/ops/posh_answer.h"
#include "verifier/check.h"
#include "verifier/clock.h"
#include "verifier/credential_pem.h"

namespace danegate {
namespace {

constexpr char kPriorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

void Label(MHD_Response* response, unsigned status) {
  MHD_add_response_header(
      response, MHD_HTTP_HEADER_CONTENT_TYPE,
      status == MHD_HTTP_OK ? "application/json" : "text/plain");
  if (status == MHD_HTTP_METHOD_NOT_ALLOWED) {
    MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
  }
  // E-21: what it says changes with the certificate.
  MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache");
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
}

MHD_Result Send(MHD_Connection* connection, const PoshAnswer& answer) {
  MHD_Response* const response = MHD_create_response_from_buffer(
      answer.body.size(), const_cast<char*>(answer.body.data()),
      MHD_RESPMEM_MUST_COPY);
  if (response == nullptr) return MHD_NO;
  Label(response, answer.status);
  const MHD_Result queued =
      MHD_queue_response(connection, answer.status, response);
  MHD_destroy_response(response);
  return queued;
}

// Of a daemon that has not started; 0: it was not the system that refused.
std::string WhyNot(int error) {
  if (error == 0) {
    return " with its certificate and key; look whether GnuTLS can read them "
           "(certtool --certificate-info)";
  }
  const char* const remedy =
      error == EADDRINUSE ? "; end what listens there, or choose another port"
      : error == EADDRNOTAVAIL
          ? "; choose an address of this host, or 0.0.0.0 or [::]"
      : error == EACCES ? "; choose a port from 1024 on, or let the edge have "
                          "CAP_NET_BIND_SERVICE"
                        : "; choose another address or port";
  return std::string(": ") + std::strerror(error) + remedy;
}

}  // namespace

// What a connection holds until it ends.
struct PoshServer::Connection {
  int socket;
  PoshCertificate::Credentials credentials;
};

// libmicrohttpd comes a first time with the request's head and then with what
// follows; who wants to upload something is answered at once.
struct PoshServer::Callbacks {
  static MHD_Result OnRequest(void* self, MHD_Connection* connection,
                              const char* url, const char* method, const char*,
                              const char*, std::size_t*, void** seen) {
    static char mark;
    auto& server = *static_cast<PoshServer*>(self);
    const std::string_view word(method);
    if (std::exchange(*seen, &mark) == nullptr &&
        (word == MHD_HTTP_METHOD_GET || word == MHD_HTTP_METHOD_HEAD)) {
      return MHD_YES;
    }
    return Send(connection,
                AnswerPosh(word, url, *server.tenants_(), server.settings_,
                           server.chains_, ReadNow()));
  }

  // Comes before the handshake, and before the socket is closed.
  static void OnConnection(void* self, MHD_Connection* connection, void** state,
                           MHD_ConnectionNotificationCode what) {
    auto& server = *static_cast<PoshServer*>(self);
    switch (what) {
      case MHD_CONNECTION_NOTIFY_STARTED:
        *state = server.Begin(connection).release();
        return;
      case MHD_CONNECTION_NOTIFY_CLOSED:
        const std::unique_ptr<Connection> ended(
            static_cast<Connection*>(*state));
        server.deadlines_.End(ended->socket);
        return;
    }
  }
};

std::unique_ptr<PoshServer::Connection> PoshServer::Begin(
    MHD_Connection* connection) {
  const auto about = [connection](MHD_ConnectionInfoType what) {
    const MHD_ConnectionInfo* const found =
        MHD_get_connection_info(connection, what);
    DANEGATE_CHECK(found != nullptr);
    return found;
  };
  auto begun = std::make_unique<Connection>();
  begun->socket = about(MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
  begun->credentials = certificate_.Current(ReadNow().monotonic);
  if (begun->credentials != nullptr) {
    gnutls_credentials_set(
        static_cast<gnutls_session_t>(
            about(MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session),
        GNUTLS_CRD_CERTIFICATE, begun->credentials.get());
  }
  deadlines_.Begin(begun->socket);
  return begun;
}

void PoshServer::Stop::operator()(MHD_Daemon* daemon) const {
  MHD_stop_daemon(daemon);
}

PoshServer::PoshServer(const Settings& settings, CurrentTenants tenants,
                       std::function<void(const std::string&)> on_trouble)
    : settings_(settings),
      tenants_(std::move(tenants)),
      certificate_(settings.posh_files, std::move(on_trouble)),
      chain_(ToPem(settings.posh_credential->chain())),
      key_(KeyToPem(*settings.posh_credential)) {}

PoshServer::~PoshServer() {
  daemons_.clear();
  ClearSecret(key_);
}

Result<std::unique_ptr<PoshServer>, std::string> PoshServer::Open(
    const Settings& settings, CurrentTenants tenants,
    std::function<void(const std::string&)> on_trouble) {
  std::unique_ptr<PoshServer> server(
      new PoshServer(settings, std::move(tenants), std::move(on_trouble)));
  for (const ListenAddress& listen : settings.posh_serve) {
    auto error = server->Listen(listen);
    if (!error.empty()) return Failure(std::move(error));
  }
  return server;
}

std::string PoshServer::Listen(const ListenAddress& listen) {
  const auto address = SocketAddress::Parse(listen.host, listen.port);
  if (!address) return "posh.serve: " + address.error();
  unsigned flags =
      MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL | MHD_USE_TLS;
  if (address->family() == AF_INET6) flags |= MHD_USE_IPv6;
  errno = 0;
  MHD_Daemon* const daemon = MHD_start_daemon(
      flags, listen.port, nullptr, nullptr, &Callbacks::OnRequest, this,
      MHD_OPTION_SOCK_ADDR, address->get(),  //
      MHD_OPTION_NOTIFY_CONNECTION, &Callbacks::OnConnection, this,
      MHD_OPTION_HTTPS_MEM_CERT, chain_.c_str(),               //
      MHD_OPTION_HTTPS_MEM_KEY, key_.c_str(),                  //
      MHD_OPTION_HTTPS_PRIORITIES, kPriorities,                //
      MHD_OPTION_CONNECTION_LIMIT, kMaxConnections,            //
      MHD_OPTION_PER_IP_CONNECTION_LIMIT, kMaxFromOneAddress,  //
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, kMemory,             //
      MHD_OPTION_CONNECTION_TIMEOUT, static_cast<unsigned>(kIdle.count()),
      MHD_OPTION_END);
  if (daemon == nullptr) {
    return "posh.serve: cannot listen on " + address->ToString() +
           WhyNot(errno);
  }
  daemons_.emplace_back(daemon);
  return {};
}

}  // namespace danegate
