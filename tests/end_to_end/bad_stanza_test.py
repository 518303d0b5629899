#!/usr/bin/python3
"""Stanzas outside of the proven pair: the guard (spec A.7, D5, L-02). Both backends would
deliver them; the edge must not."""

import unittest

from edge_case import CONTRABAND, EdgeTest
from scene import ACME, WONDER

PEER = 'peer.example'
HERE = f'juliet@{ACME}'

# What is wrong, from, to (None: none), the condition that comes.
OUTSIDE = [
    ('A-112 a foreign from', 'romeo@stranger.example', HERE, 'invalid-from'),
    ('A-112 a subdomain of the peer', f'romeo@sub.{PEER}', HERE, 'invalid-from'),
    ('A-112 the parent of the peer', 'romeo@example', HERE, 'invalid-from'),
    ('A-112 a name that only begins alike', f'romeo@{PEER}.evil', HERE, 'invalid-from'),
    ('A-20 a hosted from', f'romeo@{WONDER}', HERE, 'invalid-from'),
    ('A-20 the own tenant as from', f'romeo@{ACME}', HERE, 'invalid-from'),
    ('B3 a to of another tenant', f'romeo@{PEER}', f'alice@{WONDER}', 'host-unknown'),
    ('A-111 a to of the same tenant, not of this stream', f'romeo@{PEER}',
     f'room@conference.{ACME}', 'host-unknown'),
    ('A-111 a to that is not hosted', f'romeo@{PEER}', 'x@nowhere.example', 'host-unknown'),
    ('A-111 the peer itself', f'romeo@{PEER}', f'juliet@{PEER}', 'host-unknown'),
    ('A-110 no from', None, HERE, 'improper-addressing'),
    ('A-110 no to', f'romeo@{PEER}', None, 'improper-addressing'),
    ('A-110 an empty from', '', HERE, 'improper-addressing'),
    ('A-110 an empty to', f'romeo@{PEER}', '', 'improper-addressing'),
    ('A-110 no domain', f'romeo@{PEER}', '@', 'improper-addressing'),
    ('A-110 no node before the @', f'@{PEER}', HERE, 'improper-addressing'),
    ('A-110 an empty resource', f'romeo@{PEER}/', HERE, 'improper-addressing'),
    ('A1.7 a domain hidden in the resource', f'romeo@evil.example/x@{PEER}', HERE,
     'invalid-from'),
    ('A1.7 two @', f'romeo@{PEER}@evil.example', HERE, 'improper-addressing'),
    ('A1.12 a line break before the domain', f'romeo@&#10;{PEER}', HERE,
     'improper-addressing'),
    ('A-22 an address', 'romeo@192.0.2.1', HERE, 'improper-addressing'),
]


def element(kind, from_, to, more=''):
    addresses = ''.join(f" {name}='{value}'" for name, value in (('from', from_), ('to', to))
                        if value is not None)
    return f'<{kind}{addresses}{more}><body>{CONTRABAND}</body></{kind}>'


class BadStanzaTest(EdgeTest):
    def test_L_02_no_stanza_outside_of_the_proven_pair_gets_through(self):
        for kind in ('message', 'presence', 'iq'):
            for claim, from_, to, expected in OUTSIDE:
                with self.subTest(f'{claim}, {kind}'):
                    self.assert_stopped(element(kind, from_, to), expected)

    def assert_stopped(self, octets, expected):
        peer, _ = self.established()
        peer.send(octets)
        line = self.assert_stream_error(peer, expected)
        self.assert_fields(line, dict(tenant='acme', outcome='proved', stanzas=1))

    def test_L_02_a_good_stanza_before_a_bad_one_in_one_segment_does_not_carry_it_through(self):
        peer, recording = self.established()
        peer.send(element('message', f'a@{PEER}', HERE).replace(CONTRABAND, 'first')
                  + element('message', 'a@evil.example', HERE))
        self.assert_stream_error(peer, 'invalid-from', stanzas=2)
        self.scene.acme.wait(lambda: recording.over.is_set())
        self.assertIn(b'first', recording.stanzas)

    def test_A1_7_attributes_that_look_like_from_are_not_from(self):
        for more in (" x:from='a@peer.example' xmlns:x='urn:x'", " From='a@peer.example'",
                     " id=\" from='a@peer.example'\""):
            with self.subTest(more):
                self.assert_stopped(element('message', None, HERE, more), 'improper-addressing')

    def test_A_21_the_same_domain_in_another_spelling_is_the_same(self):
        peer, recording = self.established()
        for number, (from_, to) in enumerate([('PEER.example', 'ACME.Example'),
                                              ('peer.example.', 'acme.example'),
                                              ('a@peer.example/x@y/z', 'acme.example/r')]):
            peer.send(element('message', from_, to).replace(CONTRABAND, f'spelling-{number}'))
            self.scene.acme.wait(lambda: f'spelling-{number}'.encode() in recording.stanzas)


if __name__ == '__main__':
    unittest.main()
