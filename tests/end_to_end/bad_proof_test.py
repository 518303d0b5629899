#!/usr/bin/python3
"""Peers that cannot be proven: the outcome table of spec D.7, with real DNSSEC, seen from
outside. A DNS failure is never an absence (L-05), and what is not proven never reaches a
backend."""

import unittest

from edge_case import CONTRABAND, EdgeTest
from lab.processes import wait_until
from scene import WONDER
from scripted import stream_text

ITS_OWN, OTHER = 'its own', 'other'

# What is wrong, the peer's domain, the certificate it presents, what it is told, what
# the log says.
UNPROVEN = [
    ('D-52 no TLSA record matches', 'mismatch.example', ITS_OWN,
     'not-authorized', 'TLSA', 'disproved', 'no-match'),
    ('D-52 another key than the published one', 'peer.example', OTHER,
     'not-authorized', 'TLSA', 'disproved', 'no-match'),
    ('B-20 no client certificate', 'peer.example', None,
     'policy-violation', 'certificate', None, None),
    ('D-12 the SRV record is not signed', 'unsigned.example', ITS_OWN,
     'policy-violation', 'DNSSEC|sign|secure', 'absent', 'no-secure-delegation'),
    ('D-16 no TLSA record', 'no-tlsa.example', ITS_OWN,
     'policy-violation', 'TLSA', 'absent', 'no-tlsa'),
    ('D-50 no usable TLSA record', 'unusable.example', ITS_OWN,
     'policy-violation', 'TLSA', 'absent', 'all-unusable'),
    ('D-12 no such domain', 'nowhere.example', ITS_OWN,
     'policy-violation', r'\w+', 'absent', None),
    ('D-11 the SRV record is bogus', 'bogus-srv.example', ITS_OWN,
     'remote-connection-failed', 'SRV|DNSSEC|signature', 'indeterminate', 'dns-bogus'),
    ('D-16 the TLSA record is bogus', 'bogus-tlsa.example', ITS_OWN,
     'remote-connection-failed', 'TLSA|DNSSEC|signature', 'indeterminate', 'dns-bogus'),
    ('D-11 the signatures have ended', 'expired.example', ITS_OWN,
     'remote-connection-failed', 'DNSSEC|signature|expired', 'indeterminate', 'dns-bogus'),
]


class BadProofTest(EdgeTest):
    def unproven(self, domain, certificate, **options):
        certificate = self.scene.other_certificate if certificate == OTHER else certificate
        peer = self.connect(domain, certificate=certificate, **options)
        peer.secure()
        peer.send_header()
        return peer

    def assert_unproven(self, peer, expected, words, outcome, reason):
        line = self.assert_stream_error(peer, expected, words)
        self.assertEqual(line.get('outcome'), outcome, line)
        if reason:
            self.assertEqual(line.get('proof_reason'), reason, line)
        self.assertNotIn('backend', line, 'no backend leg is opened for an unproven peer')
        return line

    def test_each_row_of_the_outcome_table_over_starttls(self):
        connections = len(self.scene.acme.recordings)
        for claim, domain, certificate, *expected in UNPROVEN:
            with self.subTest(claim):
                self.assert_unproven(self.unproven(domain, certificate), *expected)
        self.assertEqual(len(self.scene.acme.recordings), connections)

    def test_each_row_of_the_outcome_table_over_direct_tls_to_another_tenant(self):
        connections = len(self.scene.wonder.recordings)
        for claim, domain, certificate, *expected in UNPROVEN:
            with self.subTest(claim):
                peer = self.unproven(domain, certificate, to=WONDER, direct_tls=True)
                line = self.assert_unproven(peer, *expected)
                self.assert_fields(line, dict(tenant='wonder', listener='direct_tls'))
        self.assertEqual(len(self.scene.wonder.recordings), connections)

    def test_L_02_a_peer_that_does_not_wait_for_its_verdict_gains_nothing(self):
        for domain in ('mismatch.example', 'bogus-tlsa.example', 'unsigned.example'):
            with self.subTest(domain):
                peer = self.connect(domain)
                peer.secure()
                peer.send(stream_text.header(from_=domain, to=peer.to) + stream_text.auth()
                          + stream_text.header(from_=domain, to=peer.to)
                          + stream_text.message(f'a@{domain}', f'b@{peer.to}', CONTRABAND))
                peer.read_to_end()
                self.assertFalse(self.stream_line(peer).get('established'))

    def test_A_32_a_stanza_before_authentication_is_not_authorized(self):
        peer = self.connect()
        peer.open_secured()
        peer.send_message(CONTRABAND)
        self.assert_stream_error(peer, 'not-authorized', stanzas=0)

    def test_A_32_dialback_before_authentication_is_refused(self):
        peer = self.connect('mismatch.example', certificate=None)
        peer.secure()
        peer.send_header()
        peer.send("<db:result from='mismatch.example' to='acme.example'>key</db:result>")
        self.assertEqual(peer.read_to_end().closed, True)
        self.assertFalse(self.stream_line(peer).get('established'))

    def test_D_21_a_tlsa_answer_that_never_comes_is_a_temporary_failure(self):
        rule = 'drop _5269._tcp.mx.silent-tlsa.example TLSA'
        self.assertEqual(self.scene.relay.rules.obey(rule), 'ok')
        self.addCleanup(self.scene.relay.rules.obey, 'clear')
        peer = self.unproven('silent-tlsa.example', ITS_OWN)
        peer.link.patience = 15
        self.assert_control_stream_lives()
        self.assert_unproven(peer, 'remote-connection-failed', 'TLSA|time|DNS', 'indeterminate',
                             None)

    def test_D_11_a_broken_name_server_is_a_temporary_failure(self):
        self.scene.relay.rules.obey('servfail _xmpp-server._tcp.unknown-yet.example SRV')
        self.addCleanup(self.scene.relay.rules.obey, 'clear')
        peer = self.unproven('unknown-yet.example', ITS_OWN)
        self.assert_unproven(peer, 'remote-connection-failed', 'SRV|DNS', 'indeterminate',
                             'dns-failed')

    def test_D_63_an_indeterminate_verdict_is_not_kept(self):
        self.scene.relay.rules.obey('servfail _5269._tcp.mx.stranger.example TLSA')
        peer = self.unproven('stranger.example', ITS_OWN)
        self.assert_unproven(peer, 'remote-connection-failed', '', 'indeterminate', None)
        self.scene.relay.rules.obey('clear')
        wait_until(lambda: self.is_proven('stranger.example'),
                   'the peer is proven once the DNS works again', 15)

    def is_proven(self, domain):
        """libunbound remembers a failure for some seconds of its own."""
        answer = self.unproven(domain, ITS_OWN).read_child(timeout=15)
        return answer.find(f'{{{stream_text.SASL}}}mechanisms') is not None


class ResolverDownTest(EdgeTest):
    def test_D_21_without_any_dns_new_peers_are_put_off_and_known_ones_are_served(self):
        known, _ = self.established('peer.example')
        self.assertEqual(self.scene.relay.rules.obey('stop'), 'ok')
        peer = self.connect('unknown-yet.example', patience=20)
        peer.secure()
        peer.send_header()
        again, recording = self.established('peer.example')
        self.assert_delivered(again, recording)
        self.assert_control_stream_lives()
        line = self.assert_stream_error(peer, 'remote-connection-failed')
        self.assertEqual(line['outcome'], 'indeterminate')
        self.assertLess(line['duration_ms'], 13000, 'D-22: ten seconds, and no more')
        known.finish()


if __name__ == '__main__':
    unittest.main()
