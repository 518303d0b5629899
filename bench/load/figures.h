// Figures as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace danegate {

// "1,234,567".
std::string ToGrouped(std::uint64_t number);
// "12.35", with so many digits behind the point.
std::string ToDecimal(double number, int digits);

}  // namespace danegate
