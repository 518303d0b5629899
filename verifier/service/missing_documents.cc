#include "verifier/service/missing_documents.h"

namespace danegate {

void MissingDocuments::Put(const std::string& url, const HttpsReply& reply,
                           Instant now) {
  if (reply.status < 400) return;
  while (!by_age_.empty() && by_age_.front()->second.until <= now) {
    ForgetOldest();
  }
  const auto [entry, is_new] =
      entries_.try_emplace(url, Entry{reply.status, now + kLifetime});
  if (!is_new) return;  // two were under way; the first says how long
  by_age_.push_back(entry);
  if (entries_.size() > kMaxEntries) ForgetOldest();
}

std::optional<HttpsReply> MissingDocuments::Find(const std::string& url,
                                                 Instant now) const {
  const auto entry = entries_.find(url);
  if (entry == entries_.end() || entry->second.until <= now) {
    return std::nullopt;
  }
  HttpsReply reply;
  reply.status = entry->second.status;
  return reply;
}

void MissingDocuments::Clear() {
  by_age_.clear();
  entries_.clear();
}

void MissingDocuments::ForgetOldest() {
  entries_.erase(by_age_.front());
  by_age_.pop_front();
}

}  // namespace danegate
