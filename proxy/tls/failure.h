// Failures of BoringSSL in words for a log. Private to proxy/tls.
#pragma once

#include <string>

namespace danegate {

// TakeFailure says what the oldest error in this thread's BoringSSL queue
// means, in one sentence, and empties the queue.
std::string TakeFailure();

}  // namespace danegate
