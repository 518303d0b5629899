// Property: what a reader reports does not depend on how the input was cut, and
// its memory stays within the budget.
#include "proxy/xmpp/xml_reader.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/xmpp/stream_reader.h"
#include "verifier/check.h"

namespace {

using danegate::XmlReader;

class Recorder final : public XmlReader::Sink {
 public:
  std::string heard;

 private:
  void OnNamespace(std::string_view prefix, std::string_view uri) override {
    heard.append("@").append(prefix).append("=").append(uri);
  }
  void OnStart(std::size_t, const danegate::XmlStart& start) override {
    heard.append("<").append(start.name().uri);
    heard.append(":").append(start.name().local);
    for (std::size_t i = 0; i < start.attribute_count(); ++i) {
      heard.append(" ").append(start.attribute_name(i).local);
      heard.append("=").append(start.attribute_value(i));
    }
  }
  void OnEnd(std::size_t depth) override {
    heard.append(">").append(std::to_string(depth));
  }
  void OnText(std::string_view text) override { heard += text; }
};

struct Reading {
  Reading() : reader(danegate::NegotiationLimits(), recorder) {
    reader.WantText(true);
  }
  Recorder recorder;
  XmlReader reader;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = data[0] % 17 + 1;
  const std::string_view input(reinterpret_cast<const char*>(data + 1),
                               size - 1);
  Reading whole;
  whole.reader.Feed(input);
  Reading cut;
  for (std::size_t i = 0; i < input.size(); i += piece) {
    cut.reader.Feed(input.substr(i, piece));
    DANEGATE_CHECK(cut.reader.memory() <= danegate::NegotiationLimits().memory);
  }
  // A refused comment or a tag that is too long is seen earlier in pieces.
  if (whole.reader.over()) return 0;
  DANEGATE_CHECK(!cut.reader.over());
  DANEGATE_CHECK(whole.recorder.heard == cut.recorder.heard);
  return 0;
}
