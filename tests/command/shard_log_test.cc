// What is said of streams in the log, and how long a line can be (E6).
#include "proxy/ops/shard_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace danegate {
namespace {

using Json = nlohmann::ordered_json;

// As proxy/ops/README.md promises it.
constexpr std::size_t kLongestVerdict = 16 * 1024;

EvidenceStep Step(const std::string& name, const std::string& detail) {
  return {.question = {name, RecordType::kTlsa},
          .status = DnsStatus::kData,
          .security = DnsSecurity::kSecure,
          .detail = detail};
}

// The line of a verdict with these steps; everything else that a peer and its
// zone decide consists of `text`.
std::string LineOf(const std::vector<EvidenceStep>& steps,
                   const std::string& text) {
  const std::string path =
      testing::TempDir() + "log-" + std::to_string(::getpid()) + ".json";
  auto queue = LogQueue::Open(path, "info");
  EXPECT_TRUE(queue.ok());
  StreamRecord record;
  record.peer = record.to = record.tenant = record.proof = text;
  Verdict verdict({*Domain::Parse("peer.example")}, Outcome::kProved,
                  Reason::kMatched);
  verdict.remedy = verdict.evidence.tlsa_owner = text;
  verdict.evidence.tlsa_record = verdict.evidence.matched_name = text;
  verdict.evidence.steps = steps;
  ShardLog(**queue).OnVerdict(record, verdict, false,
                              std::chrono::microseconds(1));
  queue->reset();  // writes what is queued
  std::ifstream file(path);
  std::string line, second;
  EXPECT_TRUE(std::getline(file, line));
  EXPECT_FALSE(std::getline(file, second)) << second;
  std::remove(path.c_str());
  return line;
}

TEST(ShardLog, E6_AZoneWithManyServersDoesNotMakeALineLong) {
  const std::string name(240, 'n'), detail(5000, 'd');
  const std::vector<EvidenceStep> steps(48, Step(name, detail));
  const std::string line = LineOf(steps, std::string(5000, 'x'));
  EXPECT_LT(line.size(), kLongestVerdict);
  const Json json = Json::parse(line);
  EXPECT_GE(json["steps"].size(), 5U);
  EXPECT_EQ(json["steps"].size() + json.value("steps_left_out", 0U), 48U);
}

TEST(ShardLog, E6_OctetsThatGrowWhenTheyAreEscapedDoNotEither) {
  const std::string grows(5000, '\x1B');
  const std::vector<EvidenceStep> steps(48, Step("peer.example", grows));
  const std::string line = LineOf(steps, grows);
  EXPECT_LT(line.size(), kLongestVerdict);
  EXPECT_EQ(line.find('\x1B'), std::string::npos);
  const Json json = Json::parse(line);
  EXPECT_GE(json["steps"].size(), 1U);
  EXPECT_EQ(json["steps"].size() + json.value("steps_left_out", 0U), 48U);
}

TEST(ShardLog, AllStepsOfAUsualVerdictAreThere) {
  const std::vector<EvidenceStep> steps(
      12, Step("_5269._tcp.mx.peer.example", "3 1 1 " + std::string(64, '0')));
  const Json json = Json::parse(LineOf(steps, "peer.example"));
  EXPECT_EQ(json["steps"].size(), 12U);
  EXPECT_EQ(json["steps"][0]["question"], "_5269._tcp.mx.peer.example TLSA");
  EXPECT_FALSE(json.contains("steps_left_out"));
}

}  // namespace
}  // namespace danegate
