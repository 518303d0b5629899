#include "bench/load/chart/svg.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string_view>

#include "proxy/xmpp/xml_writer.h"

namespace danegate {
namespace {

constexpr double kWidth = 760, kHead = 44, kPanel = 270;
// Of a panel: where its plot is.
constexpr double kLeft = 76, kRight = kWidth - 40, kTop = 44, kPlot = 170;

// What follows the reader's colours has both; what does not gets the light one
// on white.
constexpr std::string_view kStyle =
    "<style>\n"
    "rect.page{fill:#ffffff} text{fill:#24292f} .unit{fill:#57606a}\n"
    ".grid{stroke:#d8dee4} .curve{fill:none;stroke:#1b6ca8;stroke-width:2}\n"
    ".mark{fill:#1b6ca8}\n"
    "@media (prefers-color-scheme:dark){\n"
    "rect.page{fill:#0d1117} text{fill:#e6edf3} .unit{fill:#9da7b3}\n"
    ".grid{stroke:#30363d} .curve{stroke:#58a6ff} .mark{fill:#58a6ff}}\n"
    "</style>\n";

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string Attribute(std::string_view name, double value) {
  return " " + std::string(name) + "=\"" + Number(value) + "\"";
}

std::string Text(double x, double y, std::string_view anchor,
                 std::string_view kind, std::string_view text) {
  std::string out = "<text" + Attribute("x", x) + Attribute("y", y) +
                    " text-anchor=\"" + std::string(anchor) + "\" class=\"" +
                    std::string(kind) + "\">";
  AppendEscaped(out, text);
  return out + "</text>\n";
}

std::string GridLine(double x1, double y1, double x2, double y2) {
  return "<line class=\"grid\"" + Attribute("x1", x1) + Attribute("y1", y1) +
         Attribute("x2", x2) + Attribute("y2", y2) + "/>\n";
}

// A panel's place on the page and its scales.
class Drawing {
 public:
  Drawing(const Panel& panel, double top)
      : panel_(panel), top_(top), y_ticks_(TicksUpTo(panel.highest())) {}

  std::string ToText() const {
    return Text(kLeft, top_ + 16, "start", "title", panel_.title) +
           Text(kLeft - 8, top_ + kTop - 12, "end", "unit", panel_.y_unit) +
           Axes() + Curve() + Marks();
  }

 private:
  double X(double x) const {
    return kLeft + (kRight - kLeft) * x / panel_.x_end;
  }
  double Y(double y) const {
    return top_ + kTop + kPlot * (1 - y / y_ticks_.back());
  }

  std::string Axes() const {
    std::string out;
    for (const double y : y_ticks_) {
      out += GridLine(kLeft, Y(y), kRight, Y(y)) +
             Text(kLeft - 8, Y(y) + 4, "end", "tick", TickText(y));
    }
    const double bottom = Y(0);
    for (const Panel::Tick& tick : panel_.x_ticks) {
      out += GridLine(X(tick.x), bottom, X(tick.x), bottom + 5) +
             Text(X(tick.x), bottom + 18, "middle", "tick", tick.text);
    }
    return out + Text(kRight, bottom + 36, "end", "unit", panel_.x_unit);
  }
  std::string Curve() const {
    std::string points;
    for (const Panel::Point& point : panel_.curve) {
      if (!points.empty()) points += ' ';
      points += Number(X(point.x)) + "," + Number(Y(point.y));
    }
    return "<polyline class=\"curve\" points=\"" + points + "\"/>\n";
  }
  std::string Marks() const {
    std::string out;
    for (const Panel::Mark& mark : panel_.marks) {
      const double x = X(mark.at.x), y = Y(mark.at.y);
      out += "<circle class=\"mark\"" + Attribute("cx", x) +
             Attribute("cy", y) + " r=\"3\"/>\n" +
             Text(x - 6, y - 8, "end", "figure", mark.text);
    }
    return out;
  }

  const Panel& panel_;
  const double top_;
  const std::vector<double> y_ticks_;
};

}  // namespace

std::string ToSvg(const std::string& title, const std::vector<Panel>& panels) {
  std::string drawn;
  double height = kHead;
  for (const Panel& panel : panels) {
    if (panel.curve.empty()) continue;
    drawn += Drawing(panel, height).ToText();
    height += kPanel;
  }
  const std::string size = Number(kWidth) + " " + Number(height);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\"" +
         Attribute("width", kWidth) + Attribute("height", height) +
         " viewBox=\"0 0 " + size +
         "\" font-family=\"sans-serif\" font-size=\"12\">\n" +
         std::string(kStyle) +
         "<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n" +
         Text(12, 26, "start", "title", title) + drawn + "</svg>\n";
}

std::string WriteSvg(const std::string& file, const std::string& title,
                     const std::vector<Panel>& panels) {
  std::ofstream out(file, std::ios::binary);
  out << ToSvg(title, panels) << std::flush;
  if (out) return "";
  return "--svg: cannot write \"" + file + "\": " + std::strerror(errno);
}

}  // namespace danegate
