// Domains and "*.", as settings write them.
#pragma once

#include <optional>
#include <string>

#include "tenants/config/config_error.h"
#include "tenants/config/fields.h"
#include "verifier/policy.h"

namespace danegate {

// The domain that `text` is, or with "*." before it, those below it; where it
// is neither, says so to `log`.
std::optional<DomainPattern> ReadDomainPattern(const LocatedText& text,
                                               FileLog* log);

// "acme.example", "*.acme.example".
std::string ToText(const DomainPattern&);

}  // namespace danegate
