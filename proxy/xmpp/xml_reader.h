// XmlReader reads the XML of a stream as it arrives: the door to expat, which
// is the parser of Prosody and ejabberd too, so that what is read here is what
// they read (D5).
//
// Beyond well-formed XML with namespaces it refuses what RFC 6120 section 11
// forbids and expat lets pass (A1): comments, processing instructions, DOCTYPE,
// byte order marks, encodings other than UTF-8, XML 1.1, a "stream" prefix that
// is bound again below the root, control characters in namespace names; and
// whatever is beyond its limits. Each ends in error() with the condition of
// spec A.5.
//
// What has arrived is reported at once, down to the last octet (A5), and a tag
// that arrives in a thousand pieces costs little more than one in one piece
// (A4). Plain text that the sink does not want is not given to expat
// (plain_text.h), nor are elements that the owner passes over: they would
// change nothing there. Memory is bounded by XmlLimits::memory, whatever comes.
//
// Thread: one owner. Not movable; expat holds its address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "proxy/xmpp/stream_error.h"
#include "proxy/xmpp/tag_scanner.h"
#include "proxy/xmpp/xml_memory.h"
#include "proxy/xmpp/xml_start.h"

struct XML_ParserStruct;

namespace danegate {

struct XmlLimits {
  std::size_t memory;      // of the parser
  std::size_t tag_bytes;   // one tag, from '<' to '>'
  std::size_t depth;       // open elements, the root included
  std::size_t attributes;  // of one element
};

class XmlReader {
 public:
  // Sink takes what was read, while Feed() runs. It may call Fail(), Stop() and
  // WantText() of the reader, and nothing else that is not const.
  class Sink {
   public:
    // A declaration of the start tag that comes next; `prefix` is empty for the
    // default namespace.
    virtual void OnNamespace(std::string_view prefix, std::string_view uri) = 0;
    // `depth` is 0 for the root.
    virtual void OnStart(std::size_t depth, const XmlStart&) = 0;
    virtual void OnEnd(std::size_t depth) = 0;
    // Character data, in pieces, if it is wanted.
    virtual void OnText(std::string_view text) = 0;

   protected:
    ~Sink() = default;
  };

  // `sink` outlives the reader.
  XmlReader(const XmlLimits& limits, Sink& sink);
  ~XmlReader();
  XmlReader(const XmlReader&) = delete;
  XmlReader& operator=(const XmlReader&) = delete;

  // Feed reads. False if nothing more will be read: error() is set, or the sink
  // has stopped the reader.
  bool Feed(std::string_view bytes);
  // FeedPiece reads some octets and takes them off the front of `bytes`: those
  // in front of what may be another stanza (FindStanza()), or fewer; none if
  // nothing more will be read. REQUIRES: `bytes` are not empty.
  void FeedPiece(std::string_view& bytes);
  // Counts `octets` that are not to be read: whole first-level elements, judged
  // elsewhere. REQUIRES: IsBetweenElements().
  void PassOver(std::size_t octets);

  // For the sink: ends the reading with an error of the sink's own; or without.
  void Fail(StreamCondition condition, std::string text);
  void Stop();
  // For the sink: whether OnText() is called from now on. Off at first.
  void WantText(bool wanted);

  const std::optional<StreamError>& error() const { return error_; }
  bool over() const { return stopped_ || error_.has_value(); }
  // Octets that were fed.
  std::uint64_t fed() const { return fed_; }
  // For the sink: where the tag at hand begins and ends, in octets fed.
  std::uint64_t tag_begin() const;
  std::uint64_t tag_end() const;
  // Octets at the end of what was fed that are an unfinished tag or character.
  std::size_t pending() const { return pending_; }
  // True if the root is the only open element, and nothing else has begun: no
  // tag, and no CDATA section.
  bool IsBetweenElements() const {
    return depth_ == 1 && pending_ == 0 && !within_cdata_;
  }
  // Octets of memory that the parser holds.
  std::size_t memory() const { return memory_.used(); }

 private:
  struct Handlers;  // expat's, which are plain functions

  // xml_reader.cc
  bool MayReadOver() const;
  void ReadOver(std::string_view& bytes);
  static std::string_view Front(std::string_view bytes);
  std::size_t SizeToFinish(std::string_view front) const;
  void FeedFront(std::string_view& bytes, std::string_view front);
  void FeedSlice(std::string_view slice);
  void DeferParsing(std::string_view slice);
  void NotePending(std::string_view slice);
  void OnStart(const char* name, const char** attributes);
  void OnEnd();

  // xml_refusals.cc; a check is false if it has failed the reader.
  bool CheckFirstOctets(std::string_view slice);
  bool CheckTagBytes(std::uint64_t size);
  bool CheckUnfinished(std::string_view begun);
  bool CheckStart(const XmlStart&);
  void NoteParserError();
  void NoteInvalidToken(const std::string& text);
  void OnNamespace(const char* prefix, const char* uri);
  void OnDeclaration(const char* version, const char* encoding);

  const XmlLimits limits_;
  Sink& sink_;
  XmlMemory memory_;
  XML_ParserStruct* parser_;
  std::optional<StreamError> error_;
  bool stopped_ = false;
  bool deferred_ = false;
  TagScanner scanner_;
  bool text_wanted_ = false;
  std::uint64_t fed_ = 0;
  std::uint64_t read_over_ = 0;  // of them, those that expat was not given
  std::size_t pending_ = 0;
  std::size_t depth_ = 0;
  bool within_cdata_ = false;
  std::size_t namespaces_ = 0;  // declarations of the tag at hand
};

}  // namespace danegate
