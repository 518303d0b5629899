// Whatever a web server sends: no crash, and what is read keeps its bounds.
#include "verifier/posh_document.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "verifier/check.h"

using danegate::HttpsUrl;
using danegate::PoshDocument;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = PoshDocument::Parse(text);
  if (!document) {
    // Nothing of the input comes into the words.
    DANEGATE_CHECK(!document.error().empty() && document.error().size() < 200);
    return 0;
  }
  DANEGATE_CHECK(size <= PoshDocument::kMaxOctets);
  DANEGATE_CHECK(document->expires() >= std::chrono::seconds(0) &&
                 document->expires() <= PoshDocument::kMaxLifetime);
  const std::size_t count = document->fingerprints().size();
  DANEGATE_CHECK(count <= PoshDocument::kMaxDescriptors);
  DANEGATE_CHECK((count == 0) == document->reference().has_value());
  if (const auto& url = document->reference()) {
    const auto again = HttpsUrl::Parse(url->ToText());
    DANEGATE_CHECK(again.ok() && *again == *url);
  }
  return 0;
}
