#include "bench/load/chart/panel.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "bench/load/figures.h"

namespace danegate {
namespace {

constexpr double kNinesBetweenPoints = 0.05;

double ToMilliseconds(std::chrono::microseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

double ToSeconds(Duration time) {
  return std::chrono::duration<double>(time).count();
}

double ToPercent(double nines) { return 100 * (1 - std::pow(10, -nines)); }

// One time of so many is longer than this percentile.
struct Percent {
  std::uint64_t one_of;
  const char* text;
};
constexpr Percent kPercents[] = {
    {1, "0 %"},       {2, "50 %"},        {10, "90 %"},        {100, "99 %"},
    {1000, "99.9 %"}, {10000, "99.99 %"}, {100000, "99.999 %"}};

Panel::Mark MarkAt(const Histogram& times, double nines) {
  const double ms = ToMilliseconds(times.Percentile(ToPercent(nines)));
  return {{nines, ms}, ToDecimal(ms, 2) + " ms"};
}

}  // namespace

double Panel::highest() const {
  double highest = 0;
  for (const Point& point : curve) highest = std::max(highest, point.y);
  return highest;
}

std::vector<double> TicksUpTo(double highest) {
  const double least = highest > 0 ? highest / 5 : 0.2;
  const double unit = std::pow(10, std::floor(std::log10(least)));
  double step = unit;
  for (const double factor : {1.0, 2.0, 2.5, 5.0, 10.0}) {
    step = factor * unit;
    if (step >= least) break;
  }
  std::vector<double> ticks = {0};
  do {
    ticks.push_back(step * static_cast<double>(ticks.size()));
  } while (ticks.back() < highest);
  return ticks;
}

std::string TickText(double value) {
  if (value >= 1000) return ToGrouped(static_cast<std::uint64_t>(value + 0.5));
  std::string text = ToDecimal(value, 6);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

Panel LatencyPanel(std::string title, const Histogram& times) {
  Panel panel{std::move(title), "percentile", "ms", {}, 1, {}, {}};
  for (const auto& [one_of, text] : kPercents) {
    const double nines = std::log10(static_cast<double>(one_of));
    panel.x_ticks.push_back({nines, text});
    if (nines > 0) panel.marks.push_back(MarkAt(times, nines));
    if (one_of >= 10 && times.count() < 10 * one_of) break;
  }
  if (times.count() == 0) return panel;
  const double end = panel.x_end = panel.x_ticks.back().x;
  for (int i = 0; i * kNinesBetweenPoints < end; ++i) {
    const double nines = i * kNinesBetweenPoints;
    panel.curve.push_back(
        {nines, ToMilliseconds(times.Percentile(ToPercent(nines)))});
  }
  panel.curve.push_back({end, panel.marks.back().at.y});
  return panel;
}

Panel RatePanel(std::string title, const Samples& samples) {
  Panel panel{std::move(title), "s", "a second", {}, 1, {}, {}};
  const auto& all = samples.all();
  for (std::size_t i = 1; i < all.size(); ++i) {
    std::size_t from = i - 1;
    // The end does not wait for the next sample: a rate of a moment is none.
    if (i > 1 && 2 * (all[i].at - all[from].at) < Samples::kBetween) {
      panel.curve.resize(panel.curve.size() - 2);
      --from;
    }
    const double begin = ToSeconds(all[from].at), end = ToSeconds(all[i].at);
    const auto done = static_cast<double>(all[i].count - all[from].count);
    const double rate = end > begin ? done / (end - begin) : 0;
    panel.curve.push_back({begin, rate});
    panel.curve.push_back({end, rate});
  }
  if (panel.curve.empty() || panel.curve.back().x <= 0) return panel;
  panel.x_end = panel.curve.back().x;
  for (const double at : TicksUpTo(panel.x_end)) {
    if (at <= panel.x_end) panel.x_ticks.push_back({at, TickText(at)});
  }
  return panel;
}

}  // namespace danegate
