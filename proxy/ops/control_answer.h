// What is answered on the control socket: one JSON object each. `ok` tells
// whether the question was answered; if not, `error` is a sentence. Pure.
//
// Fields are added, never changed: scripts rely on them.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "proxy/ops/reloader.h"
#include "proxy/shard/counters.h"
#include "proxy/shard/health/backend_health.h"
#include "proxy/shard/stream_list.h"
#include "tenants/tenant_set.h"
#include "verifier/memory_request.h"
#include "verifier/service.h"

namespace danegate {

struct ControlStatus {
  std::string version;
  std::chrono::seconds uptime;
  bool draining;
  std::vector<std::string> starttls;
  std::vector<std::string> direct_tls;
  const TenantSet& tenants;
  const ReloadStatus& reload;
  std::vector<const Counters*> shards;
  std::size_t verifier_threads;
  VerifierService::Counters verifier;
  std::vector<DownBackend> down;
};

std::string ToJson(const ControlStatus&);
// By age, oldest first.
std::string StreamsJson(const std::vector<StreamList>&);
// Each with the tenants that judge by its policy: how many, and some by name.
std::string RefusalsJson(const std::vector<MemoryReply>&, const TenantSet&);
// By name; and the files that wait to be taken up.
std::string TenantsJson(const TenantSet&, const ReloadStatus&);
// With every problem that there is now, those of files that were not read again
// too: whoever asks for a reload wants to know whether all is well. `served`:
// how many tenants are, also where another look has taken up what is new.
std::string ReloadJson(const ReloadReport&, const ReloadStatus&,
                       std::size_t served);
std::string ForgottenJson(const Domain&, std::size_t forgotten);
std::string DrainingJson();
std::string ErrorJson(const std::string& error);

}  // namespace danegate
