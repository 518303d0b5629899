// Whatever the text, reading it ends, and the result keeps its promises: places
// are real, limits hold, and a refusal has a reason.
#include "tenants/config/yaml_reader.h"

#include <cstdint>
#include <string_view>

#include "tenants/config/setting_check.h"
#include "tenants/settings.h"
#include "verifier/check.h"

namespace danegate {
namespace {

std::size_t Depth(const YamlNode& node) {
  std::size_t deepest = 0;
  for (const auto& item : node.items) deepest = std::max(deepest, Depth(item));
  for (const auto& entry : node.entries) {
    deepest = std::max(deepest, Depth(entry.value));
  }
  const bool inner =
      node.kind == YamlNode::Kind::kList || node.kind == YamlNode::Kind::kMap;
  return deepest + (inner ? 1 : 0);
}

void CheckKeysAreUnique(const YamlNode& node) {
  for (const auto& entry : node.entries) {
    DANEGATE_CHECK(node.Find(entry.key) == &entry.value);
    CheckKeysAreUnique(entry.value);
  }
  for (const auto& item : node.items) CheckKeysAreUnique(item);
}

}  // namespace
}  // namespace danegate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace danegate;
  FileLog log("fuzz.yaml");
  const auto root = ReadYaml({reinterpret_cast<const char*>(data), size}, &log);
  DANEGATE_CHECK(root.has_value() || !log.ok());
  DANEGATE_CHECK(log.errors().size() <= FileLog::kMaxErrors + 1);
  if (!root) return 0;
  DANEGATE_CHECK(Depth(*root) <= YamlLimits::kDepth);
  CheckKeysAreUnique(*root);
  CheckSettings(*root, EdgeSettings(), &log);
  CheckSettings(*root, TenantSettings(), &log);
  for (const auto& error : log.errors()) {
    DANEGATE_CHECK(error.message.find('\n') == std::string::npos);  // E6
    const SourceExcerpt excerpt = ToExcerpt(error.source);
    DANEGATE_CHECK(excerpt.line.find('\x1B') == std::string::npos);  // E6
    DANEGATE_CHECK(excerpt.marks.size() <= SourceExcerpt::kColumns);
  }
  return 0;
}
