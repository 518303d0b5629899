#!/usr/bin/python3
"""Backends that are down, refuse, say nonsense, fall silent or do not read (threats E3,
E12). A backend that is down is a temporary failure, never a success followed by a hang."""

import threading
import unittest

from edge_case import EdgeTest
from lab.processes import wait_until
from scene import WONDER
from scripted import deviations, stream_text
from scripted.backend import server_context
from scripted.link import LinkTimeout
from scripted.peer import expect

# How the backend of the tenant acme misbehaves, before which step, and the pattern of
# what the log says of it.
BROKE = 'the connection broke while we waited for '
MISBEHAVIOURS = [
    ('closes at once', 'accept', deviations.close, BROKE + 'its header and features'),
    ('resets at once', 'accept', deviations.reset, BROKE + 'its header and features .*reset'),
    ('resets after the header', 'header', deviations.reset,
     BROKE + 'its header and features .*reset'),
    ('answers with a stream error', 'header',
     deviations.stream_error('host-unknown', 'not here'), 'host-unknown: not here$'),
    ('closes instead of TLS', 'tls', deviations.close, BROKE + 'the TLS handshake'),
    ('says nonsense instead of TLS', 'tls', deviations.answer('this is not TLS'),
     BROKE + 'the TLS handshake .*expected a TLS record'),
    ('adds octets behind <proceed/>', 'proceed',
     deviations.say(stream_text.PROCEED + '<stream:features/>'), 'data behind <proceed/>'),
    ('refuses STARTTLS', 'proceed',
     deviations.say(f"<failure xmlns='{stream_text.TLS}'/></stream:stream>"),
     'answered <starttls/> by <failure/>'),
    ('offers no STARTTLS', 'header',
     deviations.say(stream_text.header(id='x') + '<stream:features/>'),
     'offers no STARTTLS: give it a certificate for acme.example'),
    ('offers no EXTERNAL', 'features',
     deviations.say(stream_text.header(id='x') + '<stream:features/>'),
     'does not offer EXTERNAL: it must trust the edge CA'),
    ('refuses EXTERNAL', 'auth', deviations.sasl_failure('not-authorized', 'who are you?'),
     r'refused EXTERNAL: not-authorized: who are you\?$'),
    ('ends the stream at EXTERNAL', 'auth',
     deviations.stream_error('policy-violation', 'no guests today'),
     'policy-violation: no guests today$'),
    ('closes at EXTERNAL', 'auth', deviations.close, BROKE + 'the result of EXTERNAL'),
    ('says what is not XML', 'features', deviations.say('\0\1\2'),
     'its XML is wrong: .*UTF-8'),
    ('says a DOCTYPE', 'header', deviations.say('<!DOCTYPE x [<!ENTITY a "b">]>'),
     'its XML is wrong: a DOCTYPE'),
    ('says too much', 'features', deviations.say(stream_text.header(id='x') + '<a>' * 100000),
     'its XML is wrong: .*nested deeper'),
]
# How it fails when the peer has been told <success/> already.
LATE_FAILURES = [
    ('closes', deviations.close, BROKE + 'the header and features of the authenticated'),
    ('resets', deviations.reset, BROKE + 'the header and features of the authenticated .*reset'),
    ('says nonsense', deviations.say('<<<'), 'its XML is wrong: not well-formed'),
]


class BackendCase(EdgeTest):
    def to_acme(self, **options):
        """A proven peer that is about to say <auth/>."""
        peer = self.connect(**options)
        peer.open_secured()
        return peer

    def assert_put_off(self, peer, detail):
        """The peer may try later, and is not told what ails the backend; the log is.
        `detail`: its pattern."""
        line = self.assert_sasl_failure(
            peer, 'temporary-auth-failure', 'acme.example is not available',
            condition='temporary-auth-failure', reason='backend-failed', outcome='proved',
            backend='%s:%d' % self.scene.acme.address, detail=detail)
        self.assertTrue(line['detail'].startswith(line['backend'] + ': '), line)
        self.assert_told(line, detail)

    def assert_told(self, line, detail):
        """The operator is warned, by a line of its own, of what the stream's line says."""
        (told,) = self.scene.danegate.events('backend_failed', stream=line['stream'])
        self.assertEqual((told['level'], told['backend'], told['to'], told['tenant']),
                         ('warning', line['backend'], line['to'], line['tenant']))
        self.assertRegex(told['detail'], detail)


class BadBackendTest(BackendCase):
    scene_options = {'tenant_limits': 'limits: {streams_per_peer: 100}\n'}

    def test_E12_a_backend_that_is_down_is_a_temporary_failure(self):
        self.scene.acme.stop_listening()
        self.assert_put_off(self.to_acme(), BROKE + 'the connection .*refused')
        other, recording = self.established(to=WONDER)
        self.assert_delivered(other, recording)
        self.scene.acme.recover()
        peer, recording = self.established()
        self.assert_delivered(peer, recording)

    def test_E12_a_backend_that_misbehaves_is_a_temporary_failure(self):
        for claim, step, deviation, detail in MISBEHAVIOURS:
            with self.subTest(claim):
                self.scene.acme.deviate(step, deviation)
                self.assert_put_off(self.to_acme(), detail)
                self.scene.acme.recover()

    def test_E12_a_backend_that_fails_at_the_restart_ends_the_stream_with_an_error(self):
        for claim, deviation, detail in LATE_FAILURES:
            with self.subTest(claim):
                self.scene.acme.deviate('restart', deviation)
                peer = self.to_acme()
                expect(peer.authenticate(), stream_text.SASL, 'success')
                peer.restarted()
                peer.send_header()
                self.assert_stream_error(peer, 'internal-server-error', established=False,
                                         reason='backend-failed', detail=detail)
                self.scene.acme.recover()

    def test_E12_a_slow_backend_delays_success_and_nothing_else(self):
        go_on = threading.Event()
        self.addCleanup(go_on.set)
        self.scene.acme.deviate('auth', deviations.wait_for(go_on))
        peer = self.to_acme()
        peer.send(stream_text.auth())
        with self.assertRaises(LinkTimeout):
            peer.read_child(timeout=0.3)
        self.assert_control_stream_lives()
        go_on.set()
        expect(peer.read_child(), stream_text.SASL, 'success')

    def test_E12_a_backend_that_vanishes_from_an_established_stream_is_told_to_the_peer(self):
        peer, recording = self.established()
        recording.hang_up()
        line = self.assert_stream_error(peer, 'internal-server-error', established=True,
                                        reason='backend-failed', detail=BROKE + 'stanzas')
        self.assert_told(line, BROKE + 'stanzas')

    def test_the_backends_own_stream_error_is_told_to_the_peer(self):
        peer, recording = self.established()
        recording.say("<stream:error xmlns:stream='http://etherx.jabber.org/streams'>"
                      f"<system-shutdown xmlns='{stream_text.STREAM_ERRORS}'/></stream:error>"
                      '</stream:stream>')
        self.assert_stream_error(peer, 'system-shutdown', established=True,
                                 reason='backend-failed',
                                 detail='the backend says system-shutdown')

    def test_G_38_a_backends_stanza_on_a_one_way_stream_does_not_reach_the_peer(self):
        peer, recording = self.established()
        recording.say("<message from='juliet@acme.example' to='romeo@peer.example'>boomerang"
                      '</message>')
        recording.say(stream_text.STREAM_END)
        peer.read_to_end()
        self.assertNotIn(b'boomerang', peer.inbox)

    def test_E3_a_backend_that_does_not_read_stops_the_peer_and_memory_is_bounded(self):
        peer, recording = self.established()
        before = self.memory()
        recording.may_read.clear()
        sent = self.fill(peer, 64 * 1024 * 1024)
        self.assertLess(sent, 32 * 1024 * 1024, 'the edge swallowed everything')
        self.assertLess(self.memory() - before, 4 * 1024 * 1024)
        self.assert_control_stream_lives()
        recording.may_read.set()
        wait_until(lambda: recording.stanzas.endswith(b'</message>')
                   and len(recording.stanzas) >= sent - 1024 * 1024, 'the rest arrives', 20)

    def fill(self, peer, octets):
        """Sends stanzas until nobody takes any more for a while; returns how much."""
        peer.link.patience, sent = 1.5, 0
        stanza = stream_text.message('a@peer.example', 'b@acme.example', 'x' * 32000)
        try:
            while sent < octets:
                peer.send(stanza)
                sent += len(stanza)
        except LinkTimeout:
            pass
        return sent

    def memory(self):
        with open(f'/proc/{self.scene.danegate.process.pid}/statm') as file:
            return int(file.read().split()[1]) * 4096

    def test_D3_a_certificate_of_the_edge_is_refused_by_a_backend_with_another_ca(self):
        """The other side of the trust: what the recording backends demand is real."""
        self.scene.acme.deviate('tls', self.with_other_trust)
        self.assert_put_off(self.to_acme(), 'is self-signed and no trust anchor')

    def with_other_trust(self, link, recording):
        context = server_context(self.scene.acme_certificate, self.scene.other_certificate)
        link.start_tls(context, server_side=True)
        return False


class SilentBackendTest(BackendCase):
    def test_E12_a_backend_that_is_silent_is_given_up_in_time(self):
        self.scene.acme.deviate('header', deviations.silence)
        self.assert_put_off(self.to_acme(patience=30),
                            'waited too long for its header and features')


if __name__ == '__main__':
    unittest.main()
