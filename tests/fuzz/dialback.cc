// Reads the first element of a stream as dialback.
//
// Properties: what is read as a request is written and read again as the same;
// every answer to it is well-formed and has its addresses swapped (G-03).
#include "proxy/xmpp/dialback.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/xmpp/stream_header.h"
#include "proxy/xmpp/stream_reader.h"
#include "verifier/check.h"

namespace {

using namespace danegate;

std::optional<DialbackElement> Read(std::string_view xml) {
  const std::string text = WriteHeader({}) + std::string(xml);
  StreamReader reader(NegotiationLimits());
  std::string_view input = text;
  reader.Next(input);
  const auto event = reader.Next(input);
  if (!event) return std::nullopt;
  const auto* element = std::get_if<XmlElement>(&*event);
  if (element == nullptr || !IsDialback(*element)) return std::nullopt;
  auto read = ReadDialback(*element);
  if (!read) return std::nullopt;
  return *std::move(read);
}

void CheckAnswer(const DialbackElement& request, const std::string& answer,
                 DialbackElement::Type type) {
  if (answer.size() > 4000) return;  // longer than a tag may be
  const auto read = Read(answer);
  DANEGATE_CHECK(read && read->type == type && read->kind == request.kind);
  DANEGATE_CHECK(read->from.text == request.to.text);
  DANEGATE_CHECK(read->to.text == request.from.text);
  DANEGATE_CHECK(read->id == request.id);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using Type = DialbackElement::Type;
  const auto request = Read({reinterpret_cast<const char*>(data), size});
  if (!request || request->type != Type::kRequest) return 0;
  const auto again =
      Read(request->kind == DialbackElement::Kind::kResult
               ? WriteResultRequest(request->from.domain, request->to.domain,
                                    request->key)
               : WriteVerifyRequest(request->from.domain, request->to.domain,
                                    request->id, request->key));
  if (!again) return 0;  // escaping has made it longer than an element may be
  DANEGATE_CHECK(again->from.domain == request->from.domain);
  DANEGATE_CHECK(again->to.domain == request->to.domain);
  DANEGATE_CHECK(again->id == request->id && again->key == request->key);
  CheckAnswer(*request, WriteValid(*request), Type::kValid);
  CheckAnswer(*request, WriteInvalid(*request), Type::kInvalid);
  CheckAnswer(*request,
              WriteError(*request, {DialbackCondition::kForbidden, "a<b"}),
              Type::kError);
  return 0;
}
