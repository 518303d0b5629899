// The backends of a tenant's file.
#pragma once

#include <vector>

#include "tenants/config/config_error.h"
#include "tenants/config/credential_files.h"
#include "tenants/config/fields.h"
#include "tenants/settings.h"
#include "tenants/tenant.h"

namespace danegate {

// ReadBackends reports every mistake to `log`; a backend on another machine
// without `trust` is a warning, since whoever answers there gets the streams.
// `listeners` are the edge's own: a backend that is one of them would make a
// circle.
std::vector<Backend> ReadBackends(const Fields& tenant,
                                  const std::vector<ListenAddress>& listeners,
                                  TrustFiles*, FileLog* log);

}  // namespace danegate
