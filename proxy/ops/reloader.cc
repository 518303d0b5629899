#include "proxy/ops/reloader.h"

#include <pthread.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "verifier/clock.h"

namespace danegate {
namespace {

// Certificates that a fast start has left unread are read bit by bit, so that a
// change in between does not wait.
constexpr std::chrono::milliseconds kAuditTick{20};
constexpr std::size_t kAuditsAtOnce = 16;

// Whether any of these tenants has a backend that is checked.
bool HasChecks(const TenantSet& tenants,
               const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](const auto& name) {
    const auto tenant = tenants.FindByName(name);
    return tenant != nullptr &&
           std::any_of(tenant->backends.begin(), tenant->backends.end(),
                       [](const Backend& backend) {
                         return backend.health_check != HealthCheck::kOff;
                       });
  });
}

}  // namespace

Result<std::unique_ptr<Reloader>, std::string> Reloader::Start(
    const std::string& config_file, const Settings& settings,
    std::unique_ptr<TenantBook> book, Edge& edge, AccessLog& log) {
  std::unique_ptr<Reloader> reloader(
      new Reloader(config_file, settings, std::move(book), edge, log));
  auto watch = FolderWatch::Open(
      reloader->loop_,
      [self = reloader.get()](const std::string& path) { self->OnFile(path); },
      [self = reloader.get()] { self->OnLost(); });
  if (!watch) return Failure(watch.error());
  reloader->folders_.emplace(*std::move(watch), [&log](const std::string& why) {
    log.OnTrouble(why);
  });
  // What changed while the book was read is noticed by a first sweep.
  reloader->WatchFolders(/*anew=*/true);
  reloader->OnLost();
  reloader->Show();
  reloader->retry_.Start();
  reloader->audit_.Start();
  reloader->thread_ = std::thread([self = reloader.get()] {
    pthread_setname_np(pthread_self(), "reloader");
    self->loop_.Run();
  });
  return reloader;
}

Reloader::Reloader(const std::string& config_file, const Settings& settings,
                   std::unique_ptr<TenantBook> book, Edge& edge, AccessLog& log)
    : settings_(settings),
      book_(std::move(book)),
      renewal_(config_file, settings),
      edge_(edge),
      log_(log),
      board_(book_->tenants()),
      clearance_(settings_, edge.trust(), edge.verifier(), clearances_),
      request_waker_(loop_, [this] { OnRequests(); }),
      update_waker_(loop_, [this] { OnUpdated(); }),
      clearance_waker_(loop_, [this] { OnClearances(); }),
      stale_waker_(loop_, [this] { OnStale(); }),
      stop_(loop_, [this] { loop_.Stop(); }),
      quiet_(loop_, kQuietTime, [this] { OnQuiet(); }),
      retry_(loop_, kRetryTime, [this] { OnRetry(); }),
      audit_(loop_, kAuditTick, [this] { OnAudit(); }) {
  updated_.wake = [this] { update_waker_.Wake(); };
  clearances_.wake = [this] { clearance_waker_.Wake(); };
  edge.credentials().TellStale([this](const CredentialSource& source) {
    for (const CredentialFiles& files : source.files()) stale_.Put(files.chain);
    stale_waker_.Wake();
  });
}

Reloader::~Reloader() {
  Stop();
  folders_.reset();
}

void Reloader::Stop() {
  if (!thread_.joinable()) return;
  edge_.credentials().TellStale(nullptr);
  stop_.Wake();
  thread_.join();
}

void Reloader::Reload(ReloadRequest request) {
  requests_.Put(request);
  request_waker_.Wake();
}

// --- noticing ----------------------------------------------------------------

void Reloader::Notice() {
  const Instant now = ReadNow().monotonic;
  if (noticed_ == Instant::Never()) noticed_ = now;
  // Begins anew with each event of a burst.
  if (!quiet_.running() || now < noticed_ + kLongestBurst) quiet_.Start();
}

void Reloader::OnFile(const std::string& path) {
  paths_.insert(path);
  edge_changed_ = edge_changed_ || renewal_.IsConcerned(path);
  Notice();
}

void Reloader::OnLost() {
  sweep_ = true;
  Notice();
}

// In a folder that is not watched, most likely.
void Reloader::OnStale() {
  for (const std::string& path : stale_.Drain()) OnFile(path);
}

void Reloader::OnQuiet() {
  quiet_.Stop();
  const Instant noticed = std::exchange(noticed_, Instant::Never());
  TenantChanges changes;
  if (std::exchange(looked_up_, false)) paths_.merge(unknown_);
  if (edge_changed_ || sweep_) RenewEdge(/*force=*/false, &changes);
  if (std::exchange(sweep_, false)) {
    WatchFolders(/*anew=*/true);
    paths_.clear();
    changes.Add(book_->Sweep(ReadNow().wall, ClearanceNow()));
  } else {
    const std::vector<std::string> paths(paths_.begin(), paths_.end());
    paths_.clear();
    changes.Add(book_->Look(paths, ReadNow().wall, ClearanceNow()));
  }
  Publish(std::move(changes), {}, noticed);
}

void Reloader::OnRequests() {
  auto requests = requests_.Drain();
  if (requests.empty()) return;
  const bool force =
      std::any_of(requests.begin(), requests.end(),
                  [](const ReloadRequest& request) { return request.force; });
  const Instant noticed = ReadNow().monotonic;
  const auto clearance = force ? ClearanceOf() : ClearanceNow();
  TenantChanges changes;
  RenewEdge(force, &changes);
  changes.Add(book_->Sweep(ReadNow().wall, clearance, force));
  changes.Add(book_->Look({contradicted_.begin(), contradicted_.end()},
                          ReadNow().wall, clearance));
  Publish(std::move(changes), std::move(requests), noticed);
}

// --- clearances --------------------------------------------------------------

ClearanceOf Reloader::ClearanceNow() {
  return [this](const Tenant& tenant, const CredentialSet& set) {
    return clearance_.Of(tenant, set, ReadNow());
  };
}

// What has come in a burst is used at once.
void Reloader::OnClearances() {
  if (!clearance_.OnReplies(ReadNow())) return;
  if (unknown_.empty() && !edge_changed_) return;
  looked_up_ = true;
  Notice();
}

// Of the edge's own, as of a tenant's: what the DNS contradicts is not served.
void Reloader::RenewEdge(bool force, TenantChanges* changes) {
  edge_changed_ = edge_contradicted_ = false;
  const std::string file = renewal_.files().front();
  changes->renewed.push_back(file);
  auto renewed = renewal_.Read(ReadNow().wall);
  if (renewed.certificate && !force) {
    const auto clearance =
        clearance_.OfEdge(CredentialSet{renewed.certificate}, ReadNow());
    if (clearance.kind == Clearance::Kind::kUnknown) {
      edge_changed_ = true;
      changes->unknown.push_back(file);
      return;
    }
    if (clearance.kind == Clearance::Kind::kRefused) {
      edge_contradicted_ = true;
      renewed.certificate = nullptr;
      renewed.errors.push_back(
          {.file = file, .message = "edge.certificate: " + clearance.why});
    }
  }
  renewal_.Accept(renewed);
  if (renewed.certificate) {
    book_->SetEdge(renewed.certificate);
    has_new_certificate_ = true;
    audit_.Start();
  }
  if (renewed.edge_ca) new_edge_ca_ = renewed.edge_ca;
  // What is still so has been told.
  if (renewed.errors != edge_problems_) {
    changes->errors.insert(changes->errors.end(), renewed.errors.begin(),
                           renewed.errors.end());
  }
  edge_problems_ = std::move(renewed.errors);
}

// The record may have been mended, and a folder may be there again. A renewal
// that waits for the DNS goes on waiting.
void Reloader::OnRetry() {
  WatchFolders(/*anew=*/false);
  if (contradicted_.empty() && !edge_contradicted_) return;
  paths_.insert(contradicted_.begin(), contradicted_.end());
  edge_changed_ = edge_changed_ || edge_contradicted_;
  Notice();
}

// --- publishing --------------------------------------------------------------

void Reloader::Publish(TenantChanges changes,
                       std::vector<ReloadRequest> requests, Instant noticed) {
  unknown_.insert(changes.unknown.begin(), changes.unknown.end());
  NoteWaiting(changes);
  for (const auto& file : changes.renewed) contradicted_.erase(file);
  contradicted_.insert(changes.contradicted.begin(),
                       changes.contradicted.end());
  for (const ConfigError& error : changes.errors) log_.OnConfigError(error);
  Published published{.missing = 0,
                      .noticed = noticed,
                      .changes = std::move(changes),
                      .requests = std::move(requests)};
  const bool is_other = !published.changes.tenants.empty() ||
                        has_new_certificate_ || new_edge_ca_ != nullptr;
  if (!is_other) return Finish(published);
  WatchFolders(/*anew=*/false);
  Send(std::move(published));
}

// Told when the wait begins, however often the file is looked at meanwhile.
void Reloader::NoteWaiting(const TenantChanges& changes) {
  const std::set<std::string> unknown(changes.unknown.begin(),
                                      changes.unknown.end());
  for (const auto& file : changes.renewed) {
    if (!unknown.contains(file)) waiting_.erase(file);
  }
  for (const auto& file : unknown) {
    if (waiting_.insert(file).second) log_.OnWaiting(file);
  }
}

void Reloader::Send(Published published) {
  const auto set = std::make_shared<const TenantSet>(book_->tenants());
  const auto names = std::make_shared<const std::vector<std::string>>(
      published.changes.tenants);
  const std::uint64_t ticket = next_ticket_++;
  published.missing = edge_.shards().size();
  published.was_sent = true;
  const bool has_checks =
      HasChecks(*tenants(), *names) || HasChecks(*set, *names);
  published_.emplace(ticket, std::move(published));
  board_.Serve(set);
  for (const auto& shard : edge_.shards()) {
    shard->Publish({ticket, set, names, &updated_, new_edge_ca_});
  }
  has_new_certificate_ = false;
  new_edge_ca_ = nullptr;
  if (has_checks) edge_.WatchHealth(*set);
}

// The snapshots that come back end here.
void Reloader::OnUpdated() {
  for (const TenantUpdateDone& done : updated_.done.Drain()) {
    const auto found = published_.find(done.ticket);
    if (found == published_.end() || --found->second.missing > 0) continue;
    Finish(found->second);
    published_.erase(found);
  }
}

void Reloader::Finish(const Published& published) {
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
      ReadNow().monotonic - published.noticed);
  const TenantChanges& changes = published.changes;
  board_.CountMistakes(changes.errors);
  if (published.was_sent) {
    board_.Count(changes, took);
    log_.OnReload(changes, book_->tenants().size(), took);
  }
  Show();
  for (const ReloadRequest& request : published.requests) {
    if (request.inbox == nullptr) continue;
    request.inbox->reports.Put({request.ticket, changes, took});
    request.inbox->wake();
  }
}

void Reloader::Show() {
  board_.Show(*book_, renewal_.files().front(), edge_problems_, waiting_);
}

// --- watching ----------------------------------------------------------------

// The folders without which nothing would be noticed come first. Of what has
// happened in one that is watched again nobody has told.
void Reloader::WatchFolders(bool anew) {
  std::set<std::string> first = {settings_.tenants_folder};
  for (const auto& file : renewal_.files()) {
    first.insert(std::filesystem::path(file).parent_path().string());
  }
  if (folders_->Want(std::move(first), anew, book_->folders())) OnLost();
}

void Reloader::OnAudit() {
  if (noticed_ != Instant::Never()) return;
  const auto errors = book_->Audit(kAuditsAtOnce, ReadNow().wall);
  for (const ConfigError& error : errors) log_.OnConfigError(error);
  if (book_->audits_left() == 0) audit_.Stop();
  if (!errors.empty() || book_->audits_left() == 0) Show();
}

}  // namespace danegate
