#include "tenants/credential_store.h"

#include <algorithm>
#include <utility>

namespace danegate {

CredentialStore::CredentialStore() : thread_([this] { Run(); }) {}

CredentialStore::~CredentialStore() {
  stopping_ = true;
  wanted_.release();
  thread_.join();
}

void CredentialStore::Load(std::shared_ptr<const CredentialSource> source,
                           CredentialInbox* inbox) {
  if (requests_.Put({std::move(source), inbox})) wanted_.release();
}

void CredentialStore::Run() {
  for (;;) {
    wanted_.acquire();
    for (const Request& request : requests_.Drain()) {
      if (stopping_) return;
      Answer(request);
    }
    if (stopping_) return;
    ForgetReleased();
  }
}

void CredentialStore::Answer(const Request& request) {
  auto& known = known_[request.source->id()];
  CredentialReply reply{request.source->id(), known.lock(), ""};
  if (reply.credentials == nullptr) {
    ++loads_;
    if (auto loaded = request.source->Load()) {
      reply.credentials = *std::move(loaded);
      known = reply.credentials;
    } else {
      reply.error = loaded.error();
      const std::lock_guard lock(mutex_);
      if (on_stale_ && request.source->HasChanged()) on_stale_(*request.source);
    }
  }
  request.inbox->replies.Put(std::move(reply));
  request.inbox->wake();
}

void CredentialStore::TellStale(Stale on_stale) {
  const std::lock_guard lock(mutex_);
  on_stale_ = std::move(on_stale);
}

// Once in a while, so that it costs little per load.
void CredentialStore::ForgetReleased() {
  if (known_.size() < forget_at_) return;
  std::erase_if(known_,
                [](const auto& entry) { return entry.second.expired(); });
  forget_at_ = std::max<std::size_t>(1024, 2 * known_.size());
}

}  // namespace danegate
