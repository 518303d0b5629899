#include "bench/load/stanzas/stanza_content.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "verifier/check.h"

namespace danegate {
namespace {

constexpr std::string_view kBody = "<body>";
static_assert(kBody.size() == kLeastContent);

// As a server writes it that has read it: all five are escaped.
constexpr std::string_view kProse =
    "Grüße aus Köln! Kommst du Sonntag mit zum See? Müller &amp; Söhne "
    "verleihen Kanus, „früh &lt; spät&quot; heißt es dort. 🛶 "
    "Привет, "
    "Маша! "
    "Встреча переносится на четверг, в половине седьмого; у нас все "
    "по-прежнему хорошо. It&apos;s 5 &gt; 4, isn&apos;t it? "
    "👩🏽‍🚀🎉 "
    "明日の会議は午後三時からです。資料はもう送りましたか？ 今天天气很好，我们"
    "去公园散步吧。오늘 저녁에 시간 있어요? Ça va, l&apos;été approche déjà… "
    "żółć i źdźbło trawy &amp; ½ kg &quot;sól&quot; — Καλημέρα σε όλους! ";

constexpr std::string_view kEventBegin =
    "<event xmlns='http://jabber.org/protocol/pubsub#event'>"
    "<items node='urn:xmpp:bookmarks:1'>";
constexpr std::string_view kEventEnd = "</items></event>";
constexpr std::array<std::string_view, 4> kItems = {
    "<item id='garden@rooms.example' publisher='anna@home.example'>"
    "<conference xmlns='urn:xmpp:bookmarks:1' name='Garden' autojoin='true'>"
    "<nick>anna</nick></conference></item>",
    "<retract id='attic@rooms.example'/>",
    "<item id='b7c1' publisher='jan@work.example/desk'>"
    "<mood xmlns='http://jabber.org/protocol/mood'><happy/></mood></item>",
    "<item id='current' publisher='eva@home.example'>"
    "<metadata xmlns='urn:xmpp:avatar:metadata'><info bytes='12345' "
    "height='64' id='111f4b3c50d7b0df' type='image/png' width='64'/>"
    "</metadata></item>"};

// The most octets of `text`, up to `most`, that cut neither a character nor an
// entity. REQUIRES: most < text.size().
std::size_t CutAt(std::string_view text, std::size_t most) {
  std::size_t cut = most;
  while ((static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
  const auto entity = text.substr(0, cut).rfind('&');
  if (entity != text.npos && text.find(';', entity) >= cut) return entity;
  return cut;
}

void AppendProse(std::string& out, std::size_t octets) {
  for (; octets >= kProse.size(); octets -= kProse.size()) out += kProse;
  const std::size_t cut = CutAt(kProse, octets);
  out += kProse.substr(0, cut);
  out.append(octets - cut, 'x');
}

// Returns how many octets there were.
std::size_t AppendEvent(std::string& out, std::size_t most) {
  const std::size_t begin = out.size();
  const std::size_t around = kEventBegin.size() + kEventEnd.size();
  if (most < around) return 0;
  out += kEventBegin;
  std::size_t left = most - around;
  for (std::size_t i = 0; kItems[i % kItems.size()].size() <= left; ++i) {
    out += kItems[i % kItems.size()];
    left -= kItems[i % kItems.size()].size();
  }
  out += kEventEnd;
  return out.size() - begin;
}

}  // namespace

const char* ToString(StanzaKind kind) {
  switch (kind) {
    case StanzaKind::kAscii:
      return "ascii";
    case StanzaKind::kText:
      return "text";
    case StanzaKind::kNested:
      return "nested";
  }
  return "";
}

void AppendContent(std::string& out, StanzaKind kind, std::size_t octets) {
  DANEGATE_CHECK(octets >= kLeastContent);
  std::size_t left = octets - kBody.size();
  if (kind == StanzaKind::kNested) left -= AppendEvent(out, left);
  out += kBody;
  if (kind == StanzaKind::kText) return AppendProse(out, left);
  out.append(left, 'x');
}

}  // namespace danegate
