// Stanzas that the benchmarks send: of a size, and as servers write them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace danegate::bench {

// A chat message of `size` octets, for tenant.example. REQUIRES: size >= 150.
inline std::string StanzaOf(std::size_t size) {
  const std::string head =
      "<message from='alice@peer.example/phone' to='bob@tenant.example' "
      "type='chat' id='a1b2c3'><body>";
  const std::string tail = "</body></message>";
  return head + std::string(size - head.size() - tail.size(), 'x') + tail;
}

// As today's clients and servers write them.
inline constexpr std::string_view kMessage =
    "<message from='alice@peer.example/phone' to='bob@tenant.example' "
    "type='chat' id='7c2f1d5e-9d5e-4b0e-8c35-2f9a54d7e1b0' xml:lang='en'>"
    "<body>See you at the station at half past six, platform 4.</body>"
    "<origin-id xmlns='urn:xmpp:sid:0' "
    "id='7c2f1d5e-9d5e-4b0e-8c35-2f9a54d7e1b0'/>"
    "<request xmlns='urn:xmpp:receipts'/>"
    "<markable xmlns='urn:xmpp:chat-markers:0'/>"
    "<active xmlns='http://jabber.org/protocol/chatstates'/></message>";

inline constexpr std::string_view kPresence =
    "<presence from='alice@peer.example/phone' to='bob@tenant.example' "
    "xml:lang='en'><show>away</show><priority>5</priority>"
    "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' "
    "node='https://client.example' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/>"
    "<x xmlns='vcard-temp:x:update'>"
    "<photo>01b87fcd030b72895ff8e88db57ec525450f000d</photo></x></presence>";

inline std::string DiscoAnswer() {
  std::string answer =
      "<iq from='peer.example' to='tenant.example' type='result' id='d1'>"
      "<query xmlns='http://jabber.org/protocol/disco#info'>"
      "<identity category='server' type='im' name='Peer'/>";
  for (int i = 0; i < 30; ++i) {
    answer +=
        "<feature var='urn:xmpp:feature:" + std::to_string(i) + ":of:peer:0'/>";
  }
  return answer + "</query></iq>";
}

inline constexpr std::string_view kReply =
    "<message from='alice@peer.example/phone' to='bob@tenant.example/desk' "
    "type='chat' id='9b0c6c1e-52d1-4d0b-a1f1-0f2f6d3f9a77' xml:lang='zh'>"
    "<body>好的，六点半在车站见。 &quot;4&quot; 号站台 &amp; 别忘了票</body>"
    "<thread>0b6e1c5e-0b9c-4d3b-b8ad-3f1c0f6f7f43</thread>"
    "<active xmlns='http://jabber.org/protocol/chatstates'/>"
    "<request xmlns='urn:xmpp:receipts'/></message>";

inline constexpr std::string_view kComposing =
    "<message from='alice@peer.example/phone' to='bob@tenant.example/desk' "
    "type='chat' id='c1'><composing "
    "xmlns='http://jabber.org/protocol/chatstates'/></message>";

inline constexpr std::string_view kReceipt =
    "<message from='alice@peer.example/phone' to='bob@tenant.example/desk' "
    "id='3f2b0b6e-8d1c-4b4e-9a52-0f7d1d8d0c11'><received "
    "xmlns='urn:xmpp:receipts' id='7c2f1d5e-9d5e-4b0e-8c35-2f9a54d7e1b0'/>"
    "<store xmlns='urn:xmpp:hints'/></message>";

inline constexpr std::string_view kDelayed =
    "<presence from='alice@peer.example/phone' to='bob@tenant.example'>"
    "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' "
    "node='https://client.example' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/>"
    "<delay xmlns='urn:xmpp:delay' from='peer.example' "
    "stamp='2025-03-01T09:15:42Z'/></presence>";

inline constexpr std::string_view kDiscoQuery =
    "<iq from='peer.example' to='tenant.example' type='get' id='d1'>"
    "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>";

// One after the other, each another than the one before: messages, what tells
// that they are written and read, presence, and one question and answer.
inline std::string Mix() {
  std::string mix;
  for (const auto stanza :
       {kMessage, kComposing, kReply, kReceipt, kPresence, kComposing, kMessage,
        kDelayed, kReceipt, kDiscoQuery, kReply, kPresence}) {
    mix += stanza;
  }
  return mix + DiscoAnswer();
}
inline constexpr std::size_t kMixStanzas = 13;

}  // namespace danegate::bench
