// Panel is one curve with its axes, in the units of what it shows. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/load/measure/histogram.h"
#include "bench/load/measure/samples.h"

namespace danegate {

struct Panel {
  struct Point {
    double x;
    double y;
  };
  // Something to read at a place of the x axis.
  struct Tick {
    double x;
    std::string text;
  };
  // A point that is told apart, and its figure.
  struct Mark {
    Point at;
    std::string text;
  };

  std::string title;
  std::string x_unit;
  std::string y_unit;
  std::vector<Tick> x_ticks;
  double x_end = 1;          // of the axis, which begins with 0
  std::vector<Point> curve;  // from left to right; may be empty
  std::vector<Mark> marks;

  // The largest y of the curve.
  double highest() const;
};

// "nice" places from 0 to the first one that is not below `highest`; three to
// six of them. REQUIRES: highest >= 0.
std::vector<double> TicksUpTo(double highest);
// As people read it: "0", "2.5", "1,500".
std::string TickText(double);

// Milliseconds by percentile. The x axis is one of nines: 90 %, 99 % and 99.9 %
// are evenly apart, and it goes as far as there are times to tell.
Panel LatencyPanel(std::string title, const Histogram&);
// How many a second between each two samples, as steps.
Panel RatePanel(std::string title, const Samples&);

}  // namespace danegate
