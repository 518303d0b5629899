// CredentialStore reads certificates and keys from files on a thread of its
// own, so that no shard waits for a disk (D12). What it has read belongs to
// those who asked; as long as one of them has it, nobody reads it again.
//
// Thread: any may ask. The inboxes outlive the store.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <semaphore>
#include <string>
#include <thread>
#include <unordered_map>

#include "tenants/credential_source.h"
#include "verifier/credential.h"
#include "verifier/mailbox.h"

namespace danegate {

struct CredentialReply {
  std::uint64_t source;  // CredentialSource::id()
  std::shared_ptr<const CredentialSet> credentials;
  std::string error;  // where they are null: a sentence with the remedy
};

// `wake` is called on the store's thread; it must not block.
struct CredentialInbox {
  Mailbox<CredentialReply> replies;
  std::function<void()> wake;
};

class CredentialStore {
 public:
  CredentialStore();
  // Requests still open get no reply.
  ~CredentialStore();
  CredentialStore(const CredentialStore&) = delete;
  CredentialStore& operator=(const CredentialStore&) = delete;

  // One reply comes. Does not block.
  void Load(std::shared_ptr<const CredentialSource>, CredentialInbox*);

  // `on_stale` hears, on the store's thread, of sources whose files are others
  // than were checked; it must not block. Null: nobody does.
  using Stale = std::function<void(const CredentialSource&)>;
  void TellStale(Stale on_stale);

  // Sources that were read from files, since the start.
  std::uint64_t loads() const { return loads_; }

 private:
  struct Request {
    std::shared_ptr<const CredentialSource> source;
    CredentialInbox* inbox;
  };

  void Run();
  void Answer(const Request&);
  void ForgetReleased();

  Mailbox<Request> requests_;
  std::counting_semaphore<> wanted_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> loads_{0};
  std::mutex mutex_;  // of on_stale_
  Stale on_stale_;
  // The thread's own.
  std::unordered_map<std::uint64_t, std::weak_ptr<const CredentialSet>> known_;
  std::size_t forget_at_ = 1024;
  std::thread thread_;
};

}  // namespace danegate
