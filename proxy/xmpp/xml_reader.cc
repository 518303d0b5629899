#include "proxy/xmpp/xml_reader.h"

#include <expat.h>

#include <algorithm>

#include "proxy/xmpp/limits.h"
#include "proxy/xmpp/plain_stanza.h"
#include "proxy/xmpp/plain_text.h"

namespace danegate {
namespace {

XML_Parser CreateParser() {
  static const XML_Memory_Handling_Suite memory = {
      XmlMemory::Allocate, XmlMemory::Reallocate, XmlMemory::Free};
  const char separator[] = {kXmlNameSeparator, '\0'};
  return XML_ParserCreate_MM("UTF-8", &memory, separator);
}

}  // namespace

struct XmlReader::Handlers {
  static XmlReader& From(void* data) { return *static_cast<XmlReader*>(data); }

  static void Start(void* data, const char* name, const char** attributes) {
    From(data).OnStart(name, attributes);
  }
  static void End(void* data, const char*) { From(data).OnEnd(); }
  static void Namespace(void* data, const char* prefix, const char* uri) {
    From(data).OnNamespace(prefix, uri);
  }
  static void Text(void* data, const char* text, int length) {
    auto& reader = From(data);
    if (reader.over()) return;
    reader.sink_.OnText({text, static_cast<std::size_t>(length)});
  }
  static void CdataBegin(void* data) { From(data).within_cdata_ = true; }
  static void CdataEnd(void* data) { From(data).within_cdata_ = false; }
  static void Comment(void* data, const char*) {
    From(data).Fail(StreamCondition::kRestrictedXml,
                    "comments are not allowed in a stream");
  }
  static void Instruction(void* data, const char*, const char*) {
    From(data).Fail(StreamCondition::kRestrictedXml,
                    "processing instructions are not allowed in a stream");
  }
  static void Doctype(void* data, const char*, const char*, const char*, int) {
    From(data).Fail(StreamCondition::kRestrictedXml,
                    "a DOCTYPE is not allowed in a stream");
  }
  static void Declaration(void* data, const char* version, const char* encoding,
                          int) {
    From(data).OnDeclaration(version, encoding);
  }
};

XmlReader::XmlReader(const XmlLimits& limits, Sink& sink)
    : limits_(limits), sink_(sink), memory_(limits.memory) {
  XmlMemory::Scope scope(memory_);
  parser_ = CreateParser();
  if (parser_ == nullptr) {
    error_ = {StreamCondition::kResourceConstraint, "out of memory"};
    return;
  }
  // The hash salt is left to expat, which draws it from the kernel for every
  // parser, as many bits as its hash takes (A4).
  XML_SetUserData(parser_, this);
  XML_SetReturnNSTriplet(parser_, XML_TRUE);
  XML_SetElementHandler(parser_, Handlers::Start, Handlers::End);
  XML_SetStartNamespaceDeclHandler(parser_, Handlers::Namespace);
  XML_SetCdataSectionHandler(parser_, Handlers::CdataBegin, Handlers::CdataEnd);
  XML_SetCommentHandler(parser_, Handlers::Comment);
  XML_SetProcessingInstructionHandler(parser_, Handlers::Instruction);
  XML_SetStartDoctypeDeclHandler(parser_, Handlers::Doctype);
  XML_SetXmlDeclHandler(parser_, Handlers::Declaration);
#ifdef DANEGATE_EXPAT_DEFERS
  XML_SetReparseDeferralEnabled(parser_, XML_FALSE);
#endif
}

XmlReader::~XmlReader() {
  XmlMemory::Scope scope(memory_);
  XML_ParserFree(parser_);
}

bool XmlReader::Feed(std::string_view bytes) {
  XmlMemory::Scope scope(memory_);
  while (!bytes.empty() && !over()) {
    ReadOver(bytes);
    FeedFront(bytes, Front(bytes));
  }
  return !over();
}

void XmlReader::FeedPiece(std::string_view& bytes) {
  if (over()) return;
  XmlMemory::Scope scope(memory_);
  ReadOver(bytes);
  const auto front = Front(bytes);
  const std::size_t size =
      pending_ > 0 ? SizeToFinish(front) : FindStanza(front, limits::kXmlPiece);
  FeedFront(bytes, front.substr(0, size));
}

// Up to where what is unfinished may end. Expat reads it anew with each piece,
// so each is as long as it at least (A4).
std::size_t XmlReader::SizeToFinish(std::string_view front) const {
  const std::size_t end = front.find('>', pending_ - 1);
  return end == front.npos ? front.size() : end + 1;
}

void XmlReader::PassOver(std::size_t octets) {
  fed_ += octets;
  read_over_ += octets;
}

// Text that nobody wants is most of a long stanza, and expat would look at
// every octet of it.
void XmlReader::ReadOver(std::string_view& bytes) {
  if (!MayReadOver()) return;
  const std::size_t length = PlainPrefix(bytes);
  bytes.remove_prefix(length);
  PassOver(length);
}

// Nothing is unfinished, so expat is between two tags or in a CDATA section.
bool XmlReader::MayReadOver() const {
  return !text_wanted_ && depth_ > 1 && pending_ == 0;
}

// What expat is given at once: no more than comes in front of a run of plain
// text.
std::string_view XmlReader::Front(std::string_view bytes) {
  const auto slice = bytes.substr(0, limits::kXmlSlice);
  const std::size_t run = FindPlainRun(slice);
  return run > 0 ? slice.substr(0, run) : slice;
}

void XmlReader::FeedFront(std::string_view& bytes, std::string_view front) {
  bytes.remove_prefix(front.size());
  FeedSlice(front);
}

void XmlReader::FeedSlice(std::string_view slice) {
  if (fed_ < 2 && !CheckFirstOctets(slice)) return;
  DeferParsing(slice);
  fed_ += slice.size();
  const auto status = XML_Parse(parser_, slice.data(),
                                static_cast<int>(slice.size()), XML_FALSE);
  if (over()) return;
  if (status != XML_STATUS_OK) return NoteParserError();
  NotePending(slice);
}

// A4, A5: expat may put off parsing an unfinished tag only as long as the tag
// cannot end in what it is given.
void XmlReader::DeferParsing([[maybe_unused]] std::string_view slice) {
#ifdef DANEGATE_EXPAT_DEFERS
  const bool may_end = pending_ == 0 || scanner_.EndsIn(slice);
  const bool defer = pending_ >= limits::kXmlReparse && !may_end;
  if (defer == deferred_) return;
  deferred_ = defer;
  XML_SetReparseDeferralEnabled(parser_, defer ? XML_TRUE : XML_FALSE);
#endif
}

void XmlReader::NotePending(std::string_view slice) {
  const bool parsed = XML_GetCurrentByteIndex(parser_) >= 0;
  pending_ = parsed ? static_cast<std::size_t>(fed_ - tag_begin())
                    : pending_ + slice.size();  // only buffered
  if (!CheckTagBytes(pending_)) return;
  if (pending_ == 0 || pending_ > slice.size()) return;
  const auto begun = slice.substr(slice.size() - pending_);
  if (!CheckUnfinished(begun)) return;
  scanner_.Reset();
  scanner_.EndsIn(begun);
}

void XmlReader::OnStart(const char* name, const char** attributes) {
  if (over()) return;
  const XmlStart start(name, attributes);
  if (!CheckStart(start)) return;
  namespaces_ = 0;
  sink_.OnStart(depth_++, start);
}

void XmlReader::OnEnd() {
  if (over()) return;
  sink_.OnEnd(--depth_);
}

void XmlReader::Fail(StreamCondition condition, std::string text) {
  if (over()) return;
  error_ = {condition, std::move(text)};
  XML_StopParser(parser_, XML_FALSE);
}

void XmlReader::Stop() {
  if (over()) return;
  stopped_ = true;
  XML_StopParser(parser_, XML_FALSE);
}

void XmlReader::WantText(bool wanted) {
  text_wanted_ = wanted;
  XML_SetCharacterDataHandler(parser_, wanted ? Handlers::Text : nullptr);
}

std::uint64_t XmlReader::tag_begin() const {
  return read_over_ +
         static_cast<std::uint64_t>(XML_GetCurrentByteIndex(parser_));
}

std::uint64_t XmlReader::tag_end() const {
  return tag_begin() +
         static_cast<std::uint64_t>(XML_GetCurrentByteCount(parser_));
}

}  // namespace danegate
