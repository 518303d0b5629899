// StreamList is what an operator is told of a shard's streams: a snapshot that
// the shard makes by itself, for it shares nothing. Values that threads
// exchange.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "proxy/shard/stream_record.h"
#include "verifier/mailbox.h"

namespace danegate {

struct StreamList {
  std::uint64_t ticket;  // the request's
  unsigned shard;
  std::vector<StreamRecord> streams;
};

// Where the lists arrive. `wake` is called on a shard's thread; it must be
// thread-safe and must not block. Outlives the shards.
struct StreamListInbox {
  Mailbox<StreamList> lists;
  std::function<void()> wake;
};

struct StreamListRequest {
  std::uint64_t ticket;
  StreamListInbox* inbox;
};

}  // namespace danegate
