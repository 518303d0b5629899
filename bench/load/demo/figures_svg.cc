#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>

#include "bench/load/demo/demo_figures.h"
#include "bench/load/figures.h"

namespace danegate {
namespace {

// Times stand on a logarithmic scale, from 10 us to 10 s.
constexpr double kLeast = 0.01, kDecades = 6;
constexpr double kLeft = 72, kTop = 60, kWidth = 600, kHeight = 240;

struct Mark {
  double percent;
  const char* name;
};
constexpr std::array<Mark, 5> kMarks = {
    {{50, "p50"}, {90, "p90"}, {99, "p99"}, {99.9, "p99.9"}, {100, "longest"}}};

double X(std::size_t mark) {
  return kLeft + kWidth * static_cast<double>(mark) / (kMarks.size() - 1);
}

double Y(double milliseconds) {
  const double decades =
      std::log10(std::max(milliseconds, kLeast) / kLeast) / kDecades;
  return kTop + kHeight * (1 - std::min(decades, 1.0));
}

std::string Text(double x, double y, const std::string& words,
                 const std::string& more) {
  return "<text x=\"" + ToDecimal(x, 1) + "\" y=\"" + ToDecimal(y, 1) + "\" " +
         more + ">" + words + "</text>\n";
}

std::string Grid() {
  std::string text;
  for (int decade = 0; decade <= static_cast<int>(kDecades); ++decade) {
    const double milliseconds = kLeast * std::pow(10, decade);
    const std::string y = ToDecimal(Y(milliseconds), 1);
    text += "<line x1=\"72\" x2=\"672\" y1=\"" + y + "\" y2=\"" + y +
            "\" stroke=\"#dddddd\"/>\n";
    text += Text(kLeft - 8, Y(milliseconds) + 4,
                 ToDecimal(milliseconds, decade < 2 ? 2 - decade : 0) + " ms",
                 "text-anchor=\"end\"");
  }
  for (std::size_t mark = 0; mark < kMarks.size(); ++mark) {
    text += Text(X(mark), kTop + kHeight + 20, kMarks[mark].name,
                 "text-anchor=\"middle\"");
  }
  return text;
}

std::string Curve(const Histogram& times, const std::string& colour) {
  std::string points;
  for (std::size_t mark = 0; mark < kMarks.size(); ++mark) {
    const auto time = mark + 1 == kMarks.size()
                          ? times.max()
                          : times.Percentile(kMarks[mark].percent);
    points +=
        ToDecimal(X(mark), 1) + "," +
        ToDecimal(Y(std::chrono::duration<double, std::milli>(time).count()),
                  1) +
        " ";
  }
  return "<polyline points=\"" + points + "\" fill=\"none\" stroke=\"" +
         colour + "\" stroke-width=\"2\"/>\n";
}

std::string Rate(double per_second) {
  return ToGrouped(static_cast<std::uint64_t>(per_second));
}

}  // namespace

std::string ToSvg(const DemoFigures& figures) {
  constexpr char kSetups[] = "#c98a1b", kStanzas[] = "#1b6ca8";
  std::string text =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720\" height=\"370\" "
      "viewBox=\"0 0 720 370\" font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
  text += Text(
      12, 24,
      "danegate: " + Rate(figures.setups_a_second) + " set-ups a second, " +
          Rate(figures.stanzas_a_second) + " stanzas a second, " +
          ToDecimal(figures.octets_a_stream / 1024, 1) + " KiB a stream",
      "font-size=\"15\"");
  text += Grid() + Curve(figures.setup_times, kSetups) +
          Curve(figures.stanza_times, kStanzas);
  text += Text(kLeft, 350, "set-ups, to a stanza",
               std::string("fill=\"") + kSetups + "\"");
  text += Text(kLeft + 130, 350,
               "stanzas under way, " + Rate(figures.calm_rate) + " a second",
               std::string("fill=\"") + kStanzas + "\"");
  return text + "</svg>\n";
}

}  // namespace danegate
