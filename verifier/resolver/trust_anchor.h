// CheckTrustAnchorFile tells whether a file can anchor the validation of the
// whole DNS: it must be readable and hold a DS or DNSKEY record of the root.
//
// libunbound parses the file; it does not mind one without a record of the
// root, and then takes everything for insecure.
#pragma once

#include <string>

namespace danegate {

// Empty if it can; else what was expected, what is there and what to do.
std::string CheckTrustAnchorFile(const std::string& file);

}  // namespace danegate
