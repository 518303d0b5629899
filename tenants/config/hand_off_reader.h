// How streams are handed to a backend: what its settings say of that, and
// whether they go together.
#pragma once

#include "tenants/config/config_error.h"
#include "tenants/config/fields.h"
#include "tenants/tenant.h"

namespace danegate {

// ReadHandOff sets `hand_off`, `secret`, `tls` and `proxy_protocol` of a
// backend whose host is known, or empty if that is a mistake. A hand-off in
// cleartext to another machine is one, unless the operator says that the
// network is to be trusted.
void ReadHandOff(const Fields& backend_fields, Backend*, FileLog*);

}  // namespace danegate
