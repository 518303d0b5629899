// OrderBackends says in which order a stream tries its tenant's backends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "tenants/tenant.h"

namespace danegate {

// The places of `backends`, each once: the lowest priority first; among equals
// by chance, each in proportion to its weight, as RFC 2782 draws targets of SRV
// (a weight is never 0 here). Those that `is_down` are behind all others, in
// the same order: one that seems down is still better than none. `random` gives
// 64 random bits. Pure.
std::vector<std::size_t> OrderBackends(
    std::span<const Backend> backends,
    const std::function<bool(const Backend&)>& is_down,
    const std::function<std::uint64_t()>& random);

}  // namespace danegate
