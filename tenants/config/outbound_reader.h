// What the edge's file says about connections that strangers cause (posh,
// outbound) and about dialback keys.
#pragma once

#include "tenants/config/config_error.h"
#include "tenants/config/fields.h"
#include "tenants/settings.h"

namespace danegate {

// Reads "posh", "outbound" and "dialback" into the settings.
void ReadOutbound(const Fields& edge, Settings*, FileLog*);

}  // namespace danegate
