#include "tenants/config/yaml_reader.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tenants/config/yaml_parser_mistake.h"
#include "tenants/config/yaml_quotes.h"
#include "tenants/config/yaml_text.h"

namespace danegate {
namespace {

Position ToPosition(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {static_cast<std::size_t>(mark.line) + 1,
          static_cast<std::size_t>(mark.column) + 1};
}

// TreeBuilder makes a YamlNode of the parser's events. Past a limit it drops
// what comes; the parser has a depth limit of its own.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const YamlQuotes& quotes, FileLog* log)
      : quotes_(quotes), log_(log) {}

  YamlNode TakeRoot() { return std::move(root_); }
  bool stopped() const { return stopped_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    root_.at = ToPosition(mark);
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Refuse(mark, "", anchor);
    Place({YamlNode::Kind::kNull, ToPosition(mark), {}, {}, {}});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Stop(mark, "expected a value; found an alias (*); write the value out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag,
                YAML::anchor_t anchor, const std::string& value) override {
    Refuse(mark, tag, anchor);
    if (const auto mistake = quotes_.MistakeAt(ToPosition(mark))) {
      Stop(mark, *mistake);
    }
    Place({YamlNode::Kind::kScalar, ToPosition(mark), value, {}, {}});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Refuse(mark, tag, anchor);
    Open({YamlNode::Kind::kList, ToPosition(mark), {}, {}, {}});
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag,
                  YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    Refuse(mark, tag, anchor);
    Open({YamlNode::Kind::kMap, ToPosition(mark), {}, {}, {}});
  }
  void OnMapEnd() override { Close(); }

 private:
  // A list or map that is not complete yet.
  struct Level {
    YamlNode node;
    YamlEntry entry;        // of a map: the key whose value comes next
    bool has_key = false;   // entry is in use
    bool repeated = false;  // the key was there before: drop its value
    std::set<std::string> keys;
  };

  void Refuse(const YAML::Mark& mark, const std::string& tag,
              YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      Stop(mark,
           "expected a value; found an anchor (&); write the value out "
           "where it is needed");
    }
    if (!tag.empty() && tag != "?" && tag != "!") {
      Stop(mark,
           "expected a value; found the tag " + InQuotes(tag) + "; remove it");
    }
  }

  void Stop(const YAML::Mark& mark, std::string message) {
    if (!stopped_) log_->Error(ToPosition(mark), std::move(message));
    stopped_ = true;
  }

  void Open(YamlNode node) {
    if (stopped_) return;
    if (levels_.size() >= YamlLimits::kDepth) {
      StopAt(node.at, TooDeep());
      return;
    }
    Level level;
    level.node = std::move(node);
    levels_.push_back(std::move(level));
  }

  void Close() {
    if (stopped_) return;
    YamlNode node = std::move(levels_.back().node);
    levels_.pop_back();
    Place(std::move(node));
  }

  // A complete value goes to where it belongs.
  void Place(YamlNode node) {
    if (stopped_) return;
    if (++nodes_ > YamlLimits::kNodes) {
      StopAt(node.at, "expected at most " + std::to_string(YamlLimits::kNodes) +
                          " values; found more; split the file");
      return;
    }
    if (levels_.empty()) {
      root_ = std::move(node);
    } else if (levels_.back().node.kind == YamlNode::Kind::kList) {
      levels_.back().node.items.push_back(std::move(node));
    } else {
      PlaceInMap(std::move(node), &levels_.back());
    }
  }

  void PlaceInMap(YamlNode node, Level* map) {
    if (!map->has_key) {
      TakeKey(std::move(node), map);
      return;
    }
    map->has_key = false;
    if (map->repeated) return;
    // Nothing stands nowhere: the parser gives the place of what follows.
    if (node.kind == YamlNode::Kind::kNull) node.at = map->entry.at;
    map->entry.value = std::move(node);
    map->node.entries.push_back(std::move(map->entry));
  }

  void TakeKey(YamlNode node, Level* map) {
    if (node.kind != YamlNode::Kind::kScalar) {
      StopAt(node.at, "expected a key; found " + node.Describe() +
                          "; write a key and ':' before it");
      return;
    }
    map->has_key = true;
    map->repeated = !map->keys.insert(node.text).second;
    if (map->repeated) {
      log_->Error(node.at, "the key " + InQuotes(node.text) +
                               " is there already; keep one of the two");
    }
    map->entry = {std::move(node.text), node.at, {}};
  }

  void StopAt(Position at, std::string message) {
    if (!stopped_) log_->Error(at, std::move(message));
    stopped_ = true;
  }

  const YamlQuotes& quotes_;
  FileLog* log_;
  YamlNode root_;
  std::vector<Level> levels_;
  std::size_t nodes_ = 0;
  bool stopped_ = false;
};

// An empty document counts as no second one: a closing "---" does no harm.
void RefuseSecondDocument(YAML::Parser* parser, const YamlQuotes& quotes,
                          FileLog* log) {
  FileLog ignored(log->file());
  TreeBuilder second(quotes, &ignored);
  if (!parser->HandleNextDocument(second)) return;
  log->Error(second.TakeRoot().at,
             "expected one YAML document; found a second one; put it into a "
             "file of its own");
}

}  // namespace

std::optional<YamlNode> ReadYaml(std::string_view text, FileLog* log) {
  log->KeepText(text);
  if (!CheckYamlText(text, log)) return std::nullopt;
  const YamlQuotes quotes(text);
  TreeBuilder builder(quotes, log);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(builder)) {
      return YamlNode{YamlNode::Kind::kMap, {1, 1}, {}, {}, {}};
    }
    if (builder.stopped()) return std::nullopt;
    RefuseSecondDocument(&parser, quotes, log);
  } catch (const YAML::Exception& exception) {
    if (!builder.stopped()) {
      const auto mistake =
          ToYamlMistake(text, exception.msg, ToPosition(exception.mark));
      log->Error(mistake.at, mistake.message, Extent::kPoint);
    }
    return std::nullopt;
  }
  return builder.TakeRoot();
}

}  // namespace danegate
