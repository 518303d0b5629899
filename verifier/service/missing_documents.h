// MissingDocuments remembers for a few seconds that a web server refused a
// document, so that many certificates of one domain are not as many requests
// (E-11, E-18). Pure; one owner.
//
// Only what a server said counts, by a status of 400 and up. A failure without
// an answer may be the doing of whoever wanted the document: by leading there
// late, or by taking all places for fetches.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "verifier/https_request.h"
#include "verifier/instant.h"

namespace danegate {

class MissingDocuments {
 public:
  static constexpr std::chrono::seconds kLifetime{10};  // D-63: seconds
  // Beyond it the oldest is forgotten; each holds a URL.
  static constexpr std::size_t kMaxEntries = 1024;

  // Keeps the reply if it is a refusal, for kLifetime from `now`.
  void Put(const std::string& url, const HttpsReply&, Instant now);
  // The refusal that is still to be believed.
  std::optional<HttpsReply> Find(const std::string& url, Instant now) const;
  void Clear();

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    unsigned status;
    Instant until;
  };
  // A tree, as strangers choose the URLs.
  using Entries = std::map<std::string, Entry>;

  void ForgetOldest();

  Entries entries_;
  std::deque<Entries::iterator> by_age_;  // oldest first, so first to end
};

}  // namespace danegate
