#include "bench/load/chart/panel.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "bench/load/chart/svg.h"

namespace danegate {
namespace {

using std::chrono::milliseconds;

Histogram Times(int count) {
  Histogram times;
  for (int i = 1; i <= count; ++i) times.Add(std::chrono::microseconds(i));
  return times;
}

TEST(TicksUpTo, AreRoundAndReachTheHighest) {
  const struct {
    double highest;
    std::vector<double> ticks;
  } cases[] = {{0, {0, 0.2}},
               {1, {0, 0.2, 0.4, 0.6, 0.8, 1}},
               {7, {0, 2, 4, 6, 8}},
               {11, {0, 2.5, 5, 7.5, 10, 12.5}},
               {1234, {0, 250, 500, 750, 1000, 1250}}};
  for (const auto& one : cases) {
    const auto ticks = TicksUpTo(one.highest);
    ASSERT_EQ(ticks.size(), one.ticks.size()) << one.highest;
    for (std::size_t i = 0; i < ticks.size(); ++i) {
      EXPECT_NEAR(ticks[i], one.ticks[i], 1e-9) << one.highest;
    }
  }
}

TEST(TickText, IsShort) {
  const struct {
    double value;
    std::string text;
  } cases[] = {{0, "0"},     {2.5, "2.5"},    {0.05, "0.05"},    {40, "40"},
               {250, "250"}, {1500, "1,500"}, {2e6, "2,000,000"}};
  for (const auto& one : cases) EXPECT_EQ(TickText(one.value), one.text);
}

TEST(LatencyPanel, NinesAreEvenlyApart) {
  const Panel panel = LatencyPanel("", Times(10000));
  ASSERT_EQ(panel.x_ticks.size(), 6u);
  EXPECT_EQ(panel.x_ticks[0].text, "0 %");
  EXPECT_EQ(panel.x_ticks[1].text, "50 %");
  for (int nines = 1; nines <= 4; ++nines) {
    const auto& tick = panel.x_ticks[static_cast<std::size_t>(nines) + 1];
    EXPECT_NEAR(tick.x, nines, 1e-9) << tick.text;
  }
  EXPECT_EQ(panel.x_ticks.back().text, "99.99 %");
}

TEST(LatencyPanel, GoesOnlyAsFarAsThereAreTimesToTell) {
  EXPECT_EQ(LatencyPanel("", Times(10)).x_ticks.back().text, "90 %");
  EXPECT_EQ(LatencyPanel("", Times(100)).x_ticks.back().text, "99 %");
  EXPECT_EQ(LatencyPanel("", Times(1000)).x_ticks.back().text, "99.9 %");
  EXPECT_TRUE(LatencyPanel("", Histogram()).curve.empty());
}

TEST(LatencyPanel, MarksItsFiguresOnTheCurve) {
  const Panel panel = LatencyPanel("", Times(1000));
  ASSERT_EQ(panel.marks.size(), 4u);
  EXPECT_EQ(panel.marks[0].text, "0.50 ms");
  EXPECT_EQ(panel.marks.back().at.x, panel.curve.back().x);
  EXPECT_EQ(panel.marks.back().at.y, panel.curve.back().y);
  for (std::size_t i = 1; i < panel.curve.size(); ++i) {
    EXPECT_GT(panel.curve[i].x, panel.curve[i - 1].x);
    EXPECT_GE(panel.curve[i].y, panel.curve[i - 1].y);
  }
}

TEST(RatePanel, IsWhatWasDoneBetweenTwoSamplesByTheirTime) {
  Samples samples;
  samples.Begin(Instant{});
  samples.Add(Instant{milliseconds(100)}, 10);
  samples.Add(Instant{milliseconds(300)}, 70);
  const Panel panel = RatePanel("", samples);
  const Panel::Point steps[] = {{0, 100}, {0.1, 100}, {0.1, 300}, {0.3, 300}};
  ASSERT_EQ(panel.curve.size(), std::size(steps));
  for (std::size_t i = 0; i < std::size(steps); ++i) {
    EXPECT_NEAR(panel.curve[i].x, steps[i].x, 1e-9) << i;
    EXPECT_NEAR(panel.curve[i].y, steps[i].y, 1e-6) << i;
  }
  EXPECT_NEAR(panel.x_end, 0.3, 1e-9);
  EXPECT_EQ(panel.x_ticks.front().text, "0");
}

TEST(RatePanel, AShortEndIsJoinedWithWhatWasBeforeIt) {
  Samples samples;
  samples.Begin(Instant{});
  samples.Add(Instant{milliseconds(100)}, 10);
  samples.Add(Instant{milliseconds(101)}, 15);
  const Panel panel = RatePanel("", samples);
  ASSERT_EQ(panel.curve.size(), 2u);
  EXPECT_NEAR(panel.curve[0].y, 15 / 0.101, 1e-6);
}

TEST(RatePanel, NothingWasDoneInNoTime) {
  EXPECT_TRUE(RatePanel("", Samples()).curve.empty());
  Samples samples;
  samples.Begin(Instant{});
  samples.Add(Instant{}, 5);
  EXPECT_EQ(RatePanel("", samples).highest(), 0);
}

TEST(ToSvg, DrawsTheSameForTheSame) {
  const std::vector<Panel> panels = {LatencyPanel("a", Times(500)),
                                     LatencyPanel("b", Histogram())};
  const std::string svg = ToSvg("<what> & how", panels);
  EXPECT_EQ(svg, ToSvg("<what> & how", panels));
  EXPECT_NE(svg.find("&lt;what"), svg.npos);
  EXPECT_EQ(svg.find("<what"), svg.npos);
  EXPECT_NE(svg.find(">a</text>"), svg.npos);
  EXPECT_EQ(svg.find(">b</text>"), svg.npos) << "there is nothing to draw";
}

}  // namespace
}  // namespace danegate
