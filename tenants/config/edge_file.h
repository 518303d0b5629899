// The edge's own file: its settings, and the checks that they are good.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tenants/config/config_error.h"
#include "tenants/config/fields.h"
#include "tenants/config/names.h"
#include "tenants/settings.h"
#include "verifier/instant.h"

namespace danegate {

// ReadEdgeFile reports every mistake to `log`, and takes the edge's hosts in
// `claims`. What is good comes back even where something else is not, so that
// tenants can be checked against it; nothing comes back if the file is no map
// of settings at all. Files are read, and libunbound is set up for a trial;
// nobody is asked, nothing is listened on, and no file is written.
std::optional<Settings> ReadEdgeFile(const std::string& text, UnixTime now,
                                     NameClaims* claims, FileLog* log);

}  // namespace danegate
