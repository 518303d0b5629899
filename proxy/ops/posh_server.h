// PoshServer is the edge's own web server: it serves the tenants' POSH
// documents by HTTPS and nothing else. The door to libmicrohttpd.
//
// Bounded: kMaxConnections at each address, kMaxFromOneAddress of them from one
// peer, kMemory octets for a request's head, kIdle of silence, kTime from
// the first octet to the last, one answer a connection. Each address has a
// thread of its own, and no shard ever waits for it.
//
// Thread: opening and deleting on one; `tenants` is called on the server's own.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proxy/ops/posh_certificate.h"
#include "proxy/ops/posh_chains.h"
#include "proxy/ops/posh_deadlines.h"
#include "tenants/settings.h"
#include "tenants/tenant_set.h"
#include "verifier/result.h"

struct MHD_Connection;
struct MHD_Daemon;

namespace danegate {

class PoshServer {
 public:
  static constexpr unsigned kMaxConnections = 256;
  static constexpr unsigned kMaxFromOneAddress = 16;
  static constexpr std::size_t kMemory = 8192;
  static constexpr std::chrono::seconds kIdle{10};
  static constexpr std::chrono::seconds kTime{15};

  // The tenants of now; thread-safe.
  using CurrentTenants = std::function<std::shared_ptr<const TenantSet>()>;

  // Listens at each address of posh.serve. The error names the address.
  // `tenants` may change what it returns at any time. The settings are copied.
  // `on_trouble` is called on threads of the server's own (posh_certificate.h).
  static Result<std::unique_ptr<PoshServer>, std::string> Open(
      const Settings&, CurrentTenants tenants,
      std::function<void(const std::string&)> on_trouble);
  // Breaks off what is under way.
  ~PoshServer();
  PoshServer(const PoshServer&) = delete;
  PoshServer& operator=(const PoshServer&) = delete;

 private:
  struct Callbacks;
  struct Connection;
  struct Stop {
    void operator()(MHD_Daemon*) const;
  };

  PoshServer(const Settings&, CurrentTenants,
             std::function<void(const std::string&)> on_trouble);
  std::string Listen(const ListenAddress&);
  std::unique_ptr<Connection> Begin(MHD_Connection*);

  const Settings settings_;
  const CurrentTenants tenants_;
  PoshChains chains_;
  PoshCertificate certificate_;
  PoshDeadlines deadlines_{kTime};
  // What a daemon begins with; libmicrohttpd keeps pointers into them.
  std::string chain_;
  std::string key_;
  std::vector<std::unique_ptr<MHD_Daemon, Stop>> daemons_;
};

}  // namespace danegate
