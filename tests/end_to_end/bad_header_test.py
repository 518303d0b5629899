#!/usr/bin/python3
"""Stream headers that are wrong: each gets its stream error, with a text, a line in the
log, and nobody else notices (spec A.1, A.5)."""

import unittest

from edge_case import EdgeTest
from scene import ACME, EDGE_HOST, WONDER
from scripted import stream_text
from scripted.stream_text import condition, header

# What is wrong, the attributes that make it so, the condition, words of the text.
WRONG_IN_ANY_HEADER = [
    ('A-01 wrong stream namespace', {'xmlns_stream': 'urn:example:stream'}, 'invalid-namespace'),
    ('A-02 client namespace', {'xmlns': 'jabber:client'}, 'invalid-namespace'),
    ('A-10 missing to', {'to': None}, 'improper-addressing'),
    ('A-10 unknown to', {'to': 'nobody.example'}, 'host-unknown'),
    ('A-10 the edge host as to', {'to': EDGE_HOST}, 'host-unknown'),
    ('A-18 to is a full JID', {'to': f'juliet@{ACME}/balcony'}, 'improper-addressing'),
    ('A-22 to is an address', {'to': '192.0.2.1'}, 'improper-addressing'),
    ('D9 to is no domain', {'to': 'a..example'}, 'improper-addressing'),
    ('A-16 version 2.0', {'version': '2.0'}, 'unsupported-version'),
    ('B-27 no version', {'version': None}, 'unsupported-version'),
]

WRONG_INSIDE_TLS = [
    ('A-20 from is this tenant', {'from_': ACME}, 'invalid-from'),
    ('A-20 from is another tenant', {'from_': WONDER},
     'invalid-from'),
    ('A-20 from is a tenant in capitals', {'from_': 'Wonder.EXAMPLE.'},
     'invalid-from'),
    ('A-18 from is a JID', {'from_': 'romeo@peer.example'}, 'improper-addressing'),
    ('A-22 from is an address', {'from_': '192.0.2.1'}, 'improper-addressing'),
    ('A-22 from is an IPv6 address', {'from_': '[2001:db8::1]'},
     'improper-addressing'),
    ('D9 from is no domain', {'from_': 'xn--a.example..'}, 'improper-addressing'),
]


class BadHeaderTest(EdgeTest):
    def test_A_81_a_wrong_cleartext_header_is_answered_by_a_header_and_its_error(self):
        for claim, attributes, expected in WRONG_IN_ANY_HEADER:
            with self.subTest(claim):
                peer = self.connect()
                peer.send_header(**attributes)
                self.assert_stream_error(peer, expected, listener='starttls', stanzas=0)

    def test_A_43_the_header_inside_tls_is_judged_as_if_it_were_the_first(self):
        for claim, attributes, expected in WRONG_IN_ANY_HEADER + WRONG_INSIDE_TLS:
            with self.subTest(claim):
                peer = self.connect()
                peer.secure()
                peer.send_header(**attributes)
                self.assert_stream_error(peer, expected, listener='starttls', stanzas=0)

    def test_H_03_direct_tls_refuses_the_same_headers(self):
        for claim, attributes, expected in WRONG_IN_ANY_HEADER + WRONG_INSIDE_TLS:
            with self.subTest(claim):
                peer = self.connect(direct_tls=True, alpn=['xmpp-server'])
                peer.secure()
                peer.send_header(**attributes)
                self.assert_stream_error(peer, expected, listener='direct_tls', stanzas=0)

    def test_A_20_the_text_for_a_hosted_from_says_so_and_no_backend_is_asked(self):
        connections = len(self.scene.acme.recordings)
        peer = self.connect(domain=WONDER)
        peer.secure(from_='peer.example')
        peer.send_header()
        self.assert_stream_error(peer, 'invalid-from')
        self.assertEqual(len(self.scene.acme.recordings), connections)

    def test_A_10_an_unknown_to_is_not_answered_in_the_name_of_a_tenant(self):
        peer = self.connect()
        answer = peer.open(to='nobody.example')
        self.assertIn(answer.get('from', ''), ('', EDGE_HOST))
        self.assert_stream_error(peer, 'host-unknown', words='nobody.example')

    def test_A_19_a_header_changed_at_the_restart_ends_the_stream(self):
        changes = [('another from', {'from_': 'stranger.example'}),
                   ('another to', {'to': WONDER}),
                   ('another domain of the same tenant', {'to': f'conference.{ACME}'}),
                   ('no from', {'from_': None}), ('no to', {'to': None})]
        for claim, attributes in changes:
            with self.subTest(claim):
                peer = self.connect()
                peer.open_secured()
                peer.authenticate()
                peer.restarted()
                peer.send_header(**attributes)
                line = self.assert_stream_error(peer, 'improper-addressing')
                self.assertEqual(line.get('outcome'), 'proved')

    def test_B3_to_must_belong_to_the_tenant_whose_certificate_was_served(self):
        peer = self.connect(direct_tls=True, to=WONDER)
        peer.secure(server_name=ACME)
        peer.send_header()
        self.assert_stream_error(peer, 'host-unknown', sni=ACME)

    def test_A_01_what_is_not_a_stream_is_refused(self):
        for octets in (b'GET / HTTP/1.1\r\n\r\n', b'<html/>', b'<stream>', b'\0\0\0\0', b'</a>',
                       b"<message from='a@peer.example' to='b@acme.example'/>"):
            with self.subTest(octets):
                peer = self.connect()
                peer.send(octets)
                self.assertTrue(peer.read_to_end().closed, peer.inbox)
                self.assertTrue(self.stream_line(peer).get('detail'))

    def test_A_69_a_header_that_does_not_end_is_cut_off(self):
        peer = self.connect()
        try:
            peer.send("<?xml version='1.0'?><stream:stream to='", *['a' * 1000] * 64)
        except ConnectionError:
            pass
        text = peer.read_to_end()
        self.assertIn(condition(text.children[-1]), ('policy-violation', 'not-well-formed'))
        self.assertLess(self.stream_line(peer)['bytes_in'], 64 * 1024)

    def test_A_69_a_header_with_hundreds_of_attributes_is_refused(self):
        many = ''.join(f" a{number}='x'" for number in range(300))
        peer = self.connect()
        peer.send(header(from_='peer.example', to=ACME)[:-1] + many + '>')
        self.assert_stream_error(peer, 'policy-violation')

    def test_E6_a_header_cannot_write_into_the_log(self):
        hostile = 'x\r\n{"event":"stream","forged":true}\x1b[31m\u202e'.encode()
        for name in (b'from', b'to', b'xml:lang', b'version'):
            with self.subTest(name):
                peer = self.connect()
                good = header(from_='peer.example', to=ACME).encode()[:-1]
                peer.send(good.replace(b' ' + name + b'=', b' x=') + b' ' + name + b'="'
                          + hostile.replace(b'"', b'&quot;').replace(b'\x1b', b'')
                          .replace(b'\r\n', b'&#13;&#10;') + b'">')
                peer.link.patience = 2
                self._end_somehow(peer)
        raw = self.scene.danegate.process.log()
        self.assertNotIn('forged":true', raw)
        for line in raw.splitlines():
            self.assertTrue(line.startswith('{') and line.endswith('}') and line.isascii(), line)

    def _end_somehow(self, peer):
        """Refused or not: a header of which nothing was believed may go on."""
        text = peer.read_until(lambda text: text.children)
        if condition(text.children[-1]) in ('starttls', None):
            peer.send(stream_text.STREAM_END)
        peer.read_to_end()
        self.stream_line(peer)

    def test_A_12_A_17_nothing_of_the_cleartext_header_counts_inside_tls(self):
        peer = self.connect()
        first = peer.open(from_='nobody-at-all.example', id='mine')
        peer.read_child()
        peer.send(stream_text.STARTTLS)
        peer.read_child()
        peer.start_tls()
        second = peer.open()
        self.assertEqual(len({'mine', first['id'], second['id']}), 3)
        self.assertIsNotNone(peer.read_child().find(f'{{{stream_text.SASL}}}mechanisms'))
        self.assertEqual(peer.authenticate().tag, f'{{{stream_text.SASL}}}success')


if __name__ == '__main__':
    unittest.main()
