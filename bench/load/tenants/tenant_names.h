// How the load generator names tenants and their files: t000001 is the first,
// its domain t000001.tenants.example, its chain tenants.d/t000001.pem.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "verifier/domain.h"

namespace danegate {

inline constexpr char kTenantsFolder[] = "tenants.d";
inline constexpr char kHaproxyFolder[] = "haproxy";
inline constexpr char kNamesFile[] = "names.txt";

// `number` counts from 1. REQUIRES: at most six digits.
std::string TenantName(std::size_t number);
// The number of the tenant that has a file of this name.
std::optional<std::size_t> TenantOfFile(std::string_view name);
// FOLDER/tenants.d/NAME.pem of the tenant that has this domain.
std::string ChainFileOf(const std::string& folder, const Domain& domain);

}  // namespace danegate
