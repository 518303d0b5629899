// CloseReason is the one word for why a stream ended: action::Close::reason,
// and from there logs and metrics.
#pragma once

#include <string_view>

namespace danegate {

enum class CloseReason {
  kClosed,         // in good order
  kTruncated,      // the link ended and the stream did not
  kPeerError,      // the other side sent a stream error or a SASL failure
  kDeadline,       // a phase took too long (E1)
  kDrained,        // we were asked to end it
  kBadStream,      // the other side broke the protocol
  kBadAddress,     // `from` or `to` of a header
  kInjection,      // cleartext behind <starttls/> or <proceed/> (A-41, A-42)
  kNotProven,      // the verdict, or no certificate
  kAuthFailed,     // EXTERNAL
  kBadStanza,      // the stanza guard
  kBackendFailed,  // no backend, or it is gone
  kHostGone,       // the tenant is served no more
  kReconfigured,   // the tenant has changed
};

constexpr std::string_view ToString(CloseReason reason) {
  switch (reason) {
    case CloseReason::kClosed:
      return "closed";
    case CloseReason::kTruncated:
      return "truncated";
    case CloseReason::kPeerError:
      return "peer-error";
    case CloseReason::kDeadline:
      return "deadline";
    case CloseReason::kDrained:
      return "drained";
    case CloseReason::kBadStream:
      return "bad-stream";
    case CloseReason::kBadAddress:
      return "bad-address";
    case CloseReason::kInjection:
      return "injection";
    case CloseReason::kNotProven:
      return "not-proven";
    case CloseReason::kAuthFailed:
      return "auth-failed";
    case CloseReason::kBadStanza:
      return "bad-stanza";
    case CloseReason::kBackendFailed:
      return "backend-failed";
    case CloseReason::kHostGone:
      return "host-gone";
    case CloseReason::kReconfigured:
      return "reconfigured";
  }
  return "";
}

}  // namespace danegate
