// OpenUnbound makes a libunbound context that is ready to be asked.
//
// Whatever libunbound would only find out at the first question is found out
// here, so that a wrong setting is an error at the start and never an answer
// that everything is insecure.
#pragma once

#include <unbound-event.h>
#include <unbound.h>

#include <memory>

#include "verifier/resolver_settings.h"
#include "verifier/result.h"

namespace danegate {

struct UnboundDeleter {
  void operator()(ub_ctx* context) const { ub_ctx_delete(context); }
};
using UniqueUnbound = std::unique_ptr<ub_ctx, UnboundDeleter>;

// `events` outlives the context. Blocks on files. Any thread; calls take turns,
// because libunbound's set-up is not thread-safe (D10).
Result<UniqueUnbound, ResolverRefusal> OpenUnbound(const ResolverSettings&,
                                                   ub_event_base* events);

}  // namespace danegate
