#!/usr/bin/python3
"""XML that is not XMPP's, not well-formed or too much of it, before authentication and on
an established stream; and stanzas that try to pass one parser and fool the next
(spec A.4, threats A1 to A7)."""

import re
import time
import unittest

from edge_case import CONTRABAND, EdgeTest
from scripted import stream_text
from scripted.stream_text import header

START = "<message from='romeo@peer.example' to='juliet@acme.example'><body>" + CONTRABAND
END = '</body></message>'
RESTRICTED, MALFORMED = 'restricted-xml', 'not-well-formed'
ENCODING, TOO_MUCH = 'unsupported-encoding', 'policy-violation'


def stanza(inside):
    """A stanza around some octets that must keep it from getting through."""
    inside = inside.encode() if isinstance(inside, str) else inside
    return START.encode() + inside + END.encode()


# What is said on an established stream, and the condition it gets. Each holds CONTRABAND
# or something else that must not reach the backend.
VECTORS = [
    ('A-60 a comment between stanzas', b'<!-- x -->', RESTRICTED),
    ('A-60 a comment inside a stanza', stanza('<!-- x -->'), RESTRICTED),
    ('A-60 a processing instruction between stanzas', b'<?pi x?>', RESTRICTED),
    ('A-60 a processing instruction inside a stanza', stanza('<?pi x?>'), RESTRICTED),
    ('A-60 a DOCTYPE between stanzas', b'<!DOCTYPE x>', RESTRICTED),
    ('A2 a DOCTYPE inside a stanza', stanza('<!DOCTYPE x [<!ENTITY a "b">]>'),
     RESTRICTED),
    ('A2 an entity of its own', stanza('&lol;'), RESTRICTED),
    ('A-62 a second XML declaration', b"<?xml version='1.0'?>", MALFORMED),
    ('A-63 an overlong sequence', stanza(b'\xc0\x80'), ENCODING),
    ('A-63 a surrogate', stanza(b'\xed\xa0\x80'), ENCODING),
    ('A-63 beyond U+10FFFF', stanza(b'\xf4\x90\x80\x80'), ENCODING),
    ('A1.1 a sequence cut short', stanza(b'\xe2\x82'), ENCODING),
    ('A1.1 bad UTF-8 in an attribute', stanza(b"<x a='\xff'/>"), ENCODING),
    ('A1.1 bad UTF-8 in a name', stanza(b'<x\xff/>'), ENCODING),
    ('A-64 a null character reference', stanza('&#0;'), MALFORMED),
    ('A-64 a control character reference', stanza('&#x1F;'), MALFORMED),
    ('A-64 a control character', stanza(b'\x01'), MALFORMED),
    ('A-64 U+FFFE', stanza('\ufffe'), MALFORMED),
    ('A-61 an undeclared prefix', stanza('<x:y/>'), MALFORMED),
    ('A-61 an undeclared prefix of an attribute', stanza("<y x:a='b'/>"), MALFORMED),
    ('A-61 a prefix undeclared again', stanza("<y xmlns:a=''/>"), MALFORMED),
    ('A-61 xml bound to something else', stanza("<y xmlns:xml='urn:x'/>"), MALFORMED),
    ('A1.2 a separator in a namespace', stanza(b"<y xmlns='urn:\x01x'/>"), MALFORMED),
    ('A1.2 a line break in a namespace', stanza("<y xmlns='urn:&#10;x'/>"), MALFORMED),
    ('A1.3 stream: bound to something else',
     b"<message xmlns:stream='urn:x' from='a@peer.example' to='b@acme.example'><stream:x/>"
     + CONTRABAND.encode() + b'</message>', 'bad-namespace-prefix'),
    ('A1.8 the same attribute twice', stanza("<x a='1' a='2'/>"), MALFORMED),
    ('A1.8 the same attribute by two prefixes',
     stanza("<x xmlns:p='urn:x' xmlns:q='urn:x' p:a='1' q:a='2'/>"), MALFORMED),
    ('A-05 a prefixed stanza', b"<foo:message xmlns:foo='jabber:server' from='a@peer.example' "
     b"to='b@acme.example'>" + CONTRABAND.encode() + b'</foo:message>',
     'bad-namespace-prefix'),
    ('A-66 an element of an unknown namespace',
     b"<foo xmlns='urn:x' from='a@peer.example' to='b@acme.example'>" + CONTRABAND.encode()
     + b'</foo>', 'unsupported-stanza-type'),
    ('A-66 a client stanza', b"<message xmlns='jabber:client' from='a@peer.example' "
     b"to='b@acme.example'>" + CONTRABAND.encode() + b'</message>',
     'unsupported-stanza-type'),
    ('A6 compression', b"<compress xmlns='http://jabber.org/protocol/compress'>"
     b'<method>zlib</method></compress>', 'unsupported-stanza-type'),
    ('A-52 STARTTLS inside TLS', stream_text.STARTTLS.encode(), 'unsupported-stanza-type'),
    ('text between stanzas', b'contraband', 'bad-format'),
    ('a wrong end tag', START.encode() + b'</message>', MALFORMED),
    ('A1.5 a stream end in CDATA, then more', stanza('<![CDATA[</stream:stream>]]>&#0;'),
     MALFORMED),
    ('A1.9 a byte order mark between stanzas', b'\xef\xbb\xbf' + stanza(''),
     'bad-format'),
    ('A3 too deep', stanza('<a>' * 1000), TOO_MUCH),
    ('A3 too many attributes', stanza('<a ' + ''.join(f"b{i}='' " for i in range(2000)) + '/>'),
     TOO_MUCH),
    ('A3 too many namespaces',
     stanza('<a ' + ''.join(f"xmlns:b{i}='urn:{i}' " for i in range(500)) + '/>'), TOO_MUCH),
    ('A3 too long a name', stanza('<' + 'a' * 70000), TOO_MUCH),
    ('A-68 too long a stanza', stanza('x' * 300000), TOO_MUCH),
    ('A7 endless white space', b' ' * 1000000, TOO_MUCH),
]

BEFORE_THE_HEADER = [
    ('A-60 a comment', b'<!-- x -->', RESTRICTED),
    ('A-60 a processing instruction', b'<?pi x?>', RESTRICTED),
    ('A2 a DOCTYPE', b'<!DOCTYPE x [<!ENTITY a "lol">]>', RESTRICTED),
    ('A-63 UTF-16 declared', b"<?xml version='1.0' encoding='UTF-16'?>", ENCODING),
    ('A1.10 Latin 1 declared', b"<?xml version='1.0' encoding='ISO-8859-1'?>", ENCODING),
    ('A1.10 US-ASCII declared', b"<?xml version='1.0' encoding='US-ASCII'?>", ENCODING),
    ('A1.10 XML 1.1', b"<?xml version='1.1'?>", MALFORMED),
    ('A1.1 bad UTF-8', b'\xff', ENCODING),
]

# With what each is refused for.
TOO_MUCH_BEFORE_AUTHENTICATION = [
    ('depth', '<a>' * 20, 'nested deeper than 8'),
    ('a long element', '<a>' + 'x' * 9000, 'an element is longer than 8192'),
    ('a long tag', '<a b="' + 'x' * 10000, 'a tag is longer than 4096'),
    ('white space', ' ' * 100000, 'more than 16384 octets before'),
    ('A3 attributes', '<a ' + ''.join(f"b{i}='' " for i in range(100)) + '/>',
     'more than 32 attributes'),
    ('A3 namespaces', '<a ' + ''.join(f"xmlns:b{i}='urn:x' " for i in range(100)) + '/>',
     'more than 24 namespaces'),
    ('A3 a long name', '<' + 'a' * 300 + '/>', 'a name is longer than 256'),
    ('A3 many elements', '<a>' + '<b/>' * 100, 'more than 16384 octets of memory'),
]


def most_memory(pid):
    """The most octets that the process has ever had in memory."""
    with open(f'/proc/{pid}/status') as status:
        return 1024 * int(re.search(r'VmHWM:\s*(\d+) kB', status.read())[1])


class BadXmlTest(EdgeTest):
    def send_until_closed(self, peer, octets):
        """Sends although the edge may have ended the stream halfway."""
        try:
            for at in range(0, len(octets), 8192):
                peer.send(octets[at:at + 8192])
        except ConnectionError:
            pass

    def test_every_vector_ends_an_established_stream_and_nothing_gets_through(self):
        for claim, octets, expected in VECTORS:
            with self.subTest(claim):
                peer, recording = self.established()
                self.send_until_closed(peer, octets)
                line = self.assert_stream_error(peer, expected)
                self.assert_fields(line, dict(tenant='acme', outcome='proved', stanzas=1))
                self.assertNotIn(CONTRABAND.encode(), recording.stanzas)

    def test_D4_dialback_for_another_domain_proves_nothing(self):
        peer, recording = self.established()
        peer.send("<db:result from='evil.example' to='acme.example'>contraband</db:result>")
        self.assertEqual(peer.read_child().get('type'), 'error')
        self.assertNotIn(CONTRABAND.encode(), recording.stanzas)
        self.assert_delivered(peer, recording)
        peer.send("<message from='a@evil.example' to='b@acme.example'/>")
        self.assert_stream_error(peer, 'invalid-from')

    def test_every_opening_that_is_not_xmpp_is_refused_before_tls(self):
        for claim, octets, expected in BEFORE_THE_HEADER:
            with self.subTest(claim):
                peer = self.connect()
                peer.send(octets + header(from_='peer.example', to='acme.example')
                          .removeprefix("<?xml version='1.0'?>").encode())
                self.assert_stream_error(peer, expected)

    def test_A_69_before_authentication_the_bounds_are_tighter(self):
        for claim, octets, words in TOO_MUCH_BEFORE_AUTHENTICATION:
            with self.subTest(claim):
                peer = self.connect()
                peer.open_secured()
                self.send_until_closed(peer, octets.encode())
                line = self.assert_stream_error(peer, TOO_MUCH, words, established=False)
                self.assertLess(line['bytes_in'], 64 * 1024)

    def test_A3_B8_before_tls_a_connection_takes_no_more_than_64_KiB(self):
        count, element = 100, 8 * 1024
        for claim, octets in (
                ('text', '<x>' + 't' * 8100),
                ('many attributes', '<x>' + "<a b='' c='' d='' e=''/>" * 320),
                ('many elements', '<x>' + '<a/>' * 2000),
                ('a long namespace', f"<x xmlns='{'u' * 2000}'>" + '<a/>' * 1500)):
            with self.subTest(claim):
                self.assertLess(len(octets), element)
                peers = [self.connect() for _ in range(count)]
                for peer in peers:
                    peer.open()
                most = most_memory(self.scene.danegate.process.pid)
                for peer in peers:
                    self.send_until_closed(peer, octets.encode())
                for peer in peers:
                    self.send_until_closed(peer, b't' * element)
                    self.assert_stream_error(peer, TOO_MUCH)
                took = most_memory(self.scene.danegate.process.pid) - most
                self.assertLess(took / count, 64 * 1024)

    def test_A_65_A_68_what_is_within_the_bounds_gets_through_unchanged(self):
        peer, recording = self.established()
        for inside in ('x' * 200000, '<a>' * 60 + '</a>' * 60, '&lt;&#65;<![CDATA[<x>]]>',
                       "<y xmlns='urn:y' xmlns:p='urn:p' p:a='&#10;\t'/>", '\u2028\U0001f600'):
            with self.subTest(inside[:20]):
                before = len(recording.stanzas)
                sent = (" \n<message from='a@peer.example' to='b@acme.example'><x>" + inside
                        + '</x></message>').encode()
                peer.send(sent)
                self.scene.acme.wait(lambda: recording.stanzas[before:].endswith(b'</message>'))
                self.assertEqual(recording.stanzas[before:].lstrip(), sent.lstrip())

    def test_A1_13_a_stanza_may_be_split_anywhere(self):
        peer, recording = self.established()
        text = "<iq type='set' from='a@peer.example' to='b@acme.example' id='\u00e9'><q xmlns='u'/></iq>"
        octets = text.encode()
        for at in range(1, len(octets), 7):
            peer.send(octets[:at], octets[at:])
        self.scene.acme.wait(
            lambda: recording.stanzas.count(octets) == len(range(1, len(octets), 7)))

    def test_A5_a_stanza_whose_last_octet_comes_alone_is_delivered_at_once(self):
        peer, recording = self.established()
        octets = stream_text.message('a@peer.example', 'b@acme.example', 'x' * 5000 + 'late')
        peer.send(octets[:-1])
        begin = time.monotonic()
        peer.send(octets[-1])
        self.scene.acme.wait(lambda: b'late' in recording.stanzas)
        self.assertLess(time.monotonic() - begin, 0.5)

    def test_A1_11_nothing_behind_the_end_of_a_stream_is_read(self):
        peer, recording = self.established()
        peer.send(stream_text.STREAM_END + header(from_='peer.example', to='acme.example')
                  + stanza('').decode())
        peer.read_to_end()
        self.assertNotIn(CONTRABAND.encode(), recording.stanzas)

    def test_A_101_a_stanza_cut_off_by_the_end_of_tcp_is_not_forwarded(self):
        peer, recording = self.established()
        peer.send(START)
        peer.link.close()
        self.stream_line(peer)
        recording.over.wait(10)
        self.assertNotIn(CONTRABAND.encode(), recording.stanzas)


if __name__ == '__main__':
    unittest.main()
