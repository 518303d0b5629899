#include "verifier/resolver_settings.h"

#include <uv.h>

#include "verifier/check.h"
#include "verifier/resolver/unbound_setup.h"
#include "verifier/resolver/uv_event_base.h"

namespace danegate {

std::optional<ResolverRefusal> WhyResolverRefused(
    const ResolverSettings& settings) {
  uv_loop_t loop;
  DANEGATE_CHECK(uv_loop_init(&loop) == 0);
  std::optional<ResolverRefusal> refusal;
  {
    UvEventBase events(&loop);
    auto opened = OpenUnbound(settings, events.base());
    if (!opened) refusal = opened.error();
  }
  uv_run(&loop, UV_RUN_DEFAULT);  // the handles close
  DANEGATE_CHECK(uv_loop_close(&loop) == 0);
  return refusal;
}

}  // namespace danegate
