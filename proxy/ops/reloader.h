// Reloader watches the files of the tenants and of the edge and brings what has
// changed to the shards, on a thread of its own: it reads, checks and takes
// down; a shard only changes a pointer.
//
// A change is noticed by inotify; kQuietTime after the last of a burst, the
// files concerned are read. Files in folders that cannot be watched are looked
// at when asked (SIGHUP, danegate ctl reload). New certificates wait until the
// DNS has been asked whether they fit (tlsa_clearance.h).
//
// Lifetime: Stop() before the edge goes, whose shards answer; destroyed after
// it. Thread: any, where nothing else is said.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "proxy/net/loop.h"
#include "proxy/ops/access_log.h"
#include "proxy/ops/edge.h"
#include "proxy/ops/edge_renewal.h"
#include "proxy/ops/reload_board.h"
#include "proxy/ops/tlsa_clearance.h"
#include "proxy/ops/watched_folders.h"
#include "proxy/shard/tenant_update.h"
#include "tenants/tenant_book.h"
#include "tenants/tenant_file.h"
#include "verifier/mailbox.h"

namespace danegate {

// What came of one reload, when all shards have it.
struct ReloadReport {
  std::uint64_t ticket = 0;  // of who asked for it
  TenantChanges changes;
  std::chrono::microseconds took{0};  // since it was noticed
};

// `wake` must not block. Outlives the reloader.
struct ReloadInbox {
  Mailbox<ReloadReport> reports;
  std::function<void()> wake;
};

struct ReloadRequest {
  std::uint64_t ticket;
  ReloadInbox* inbox;  // null: nobody waits
  // Take a folder that is empty for what is meant, and certificates that the
  // DNS contradicts.
  bool force;
};

class Reloader {
 public:
  static constexpr std::chrono::milliseconds kQuietTime{10};
  // Files whose certificates the DNS contradicts are tried again so often.
  static constexpr std::chrono::seconds kRetryTime{30};
  // A burst that does not end is not waited for longer.
  static constexpr std::chrono::milliseconds kLongestBurst{40};

  // The book has been read. The error says why nothing can be watched.
  static Result<std::unique_ptr<Reloader>, std::string> Start(
      const std::string& config_file, const Settings&,
      std::unique_ptr<TenantBook>, Edge&, AccessLog&);
  ~Reloader();
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  void Reload(ReloadRequest);
  // Nothing more is done. On the thread that has started it.
  void Stop();

  // The tenants as they are served now, and how the files are.
  std::shared_ptr<const TenantSet> tenants() const { return board_.tenants(); }
  std::shared_ptr<const ReloadStatus> status() const { return board_.status(); }

 private:
  // A change on its way to the shards.
  struct Published {
    std::size_t missing;  // answers
    bool was_sent = false;
    Instant noticed;
    TenantChanges changes;
    std::vector<ReloadRequest> requests;
  };

  Reloader(const std::string& config_file, const Settings&,
           std::unique_ptr<TenantBook>, Edge&, AccessLog&);
  void OnFile(const std::string& path);
  void OnLost();
  void OnRequests();
  void OnQuiet();
  void OnClearances();
  void OnStale();
  void OnUpdated();
  void OnRetry();
  void OnAudit();
  void Notice();
  ClearanceOf ClearanceNow();
  void RenewEdge(bool force, TenantChanges*);
  void Publish(TenantChanges, std::vector<ReloadRequest>, Instant noticed);
  void NoteWaiting(const TenantChanges&);
  void Send(Published);
  void Finish(const Published&);
  void WatchFolders(bool anew);
  void Show();

  const Settings settings_;
  const std::unique_ptr<TenantBook> book_;
  EdgeRenewal renewal_;
  Edge& edge_;
  AccessLog& log_;
  Mailbox<ReloadRequest> requests_;
  Mailbox<std::string> stale_;  // files that a handshake has found changed
  TenantUpdateInbox updated_;
  VerifierInbox clearances_;
  std::uint64_t next_ticket_ = 1;
  std::map<std::uint64_t, Published> published_;
  Instant noticed_ = Instant::Never();
  std::set<std::string> paths_;  // that have changed
  bool sweep_ = false;           // anything may have
  bool edge_changed_ = false;    // the edge's own file, or what it points to
  // Of the edge, on its way to the shards with the next snapshot.
  bool has_new_certificate_ = false;
  std::shared_ptr<const Credential> new_edge_ca_;
  std::vector<ConfigError> edge_problems_;
  bool looked_up_ = false;  // the DNS has said something about unknown_
  bool edge_contradicted_ = false;
  std::set<std::string> unknown_;
  std::set<std::string> waiting_;  // those, and those that are looked at again
  std::set<std::string> contradicted_;
  ReloadBoard board_;
  Loop loop_;
  TlsaClearance clearance_;
  Waker request_waker_, update_waker_, clearance_waker_, stale_waker_, stop_;
  Ticker quiet_, retry_, audit_;
  std::optional<WatchedFolders> folders_;
  std::thread thread_;
};

}  // namespace danegate
