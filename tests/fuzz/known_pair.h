// KnownPair is what the world around an inbound stream knows of one pair.
#pragma once

#include <cstddef>
#include <optional>

#include "proxy/xmpp/pair_number.h"
#include "tests/support/backend_view.h"
#include "verifier/check.h"
#include "verifier/domain.h"
#include "verifier/instant.h"

namespace danegate {

struct KnownPair {
  std::optional<ClaimedDomain> asked;
  bool awaits_verdict = false;
  bool may_dial_back = false;  // the verdict said so
  bool dialled = false;        // and the key's answer is due
  bool proved = false;
  Instant expires;      // of the verdict
  int judged_at = 0;    // the line of the script
  bool by_key = false;  // proved by the key, not by the verdict
  bool ready = false;
  bool featured = false;
  bool over = false;     // its backend leg
  bool granted = false;  // <success/> or "valid" was said
  std::optional<ProvenDomain> proven;
  std::optional<Domain> to;
  std::optional<BackendView> view;
  std::size_t stanzas = 0;

  // A backend reads nothing else than what was relayed.
  void Check() const {
    if (!view) return DANEGATE_CHECK(stanzas == 0);
    DANEGATE_CHECK(view->good());
    DANEGATE_CHECK(view->stanzas().size() == stanzas);
    for (const auto& stanza : view->stanzas()) {
      DANEGATE_CHECK(stanza.from == proven->domain().ascii());
      DANEGATE_CHECK(stanza.to == to->ascii());
    }
  }
};

}  // namespace danegate
