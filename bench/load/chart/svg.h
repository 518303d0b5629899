// Charts as SVG: panels below each other, readable on light and on dark.
#pragma once

#include <string>
#include <vector>

#include "bench/load/chart/panel.h"

namespace danegate {

// ToSvg draws the panels that have a curve. The same input gives the same
// octets. `title` is what was measured.
std::string ToSvg(const std::string& title, const std::vector<Panel>&);

// Writes a chart to a file. The error says which file, and why not; empty if
// it was written.
std::string WriteSvg(const std::string& file, const std::string& title,
                     const std::vector<Panel>&);

}  // namespace danegate
