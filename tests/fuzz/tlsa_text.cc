// Whatever is written as a TLSA record: no crash, and what is read is written
// so that it reads as the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "verifier/check.h"
#include "verifier/tlsa.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto record = danegate::TlsaRecord::ParseText(
      {reinterpret_cast<const char*>(data), size});
  if (!record) {
    DANEGATE_CHECK(!record.error().empty());
    return 0;
  }
  DANEGATE_CHECK(!record->data.empty());
  const auto again = danegate::TlsaRecord::ParseText(record->ToText());
  DANEGATE_CHECK(again.ok() && *again == *record);
  return 0;
}
