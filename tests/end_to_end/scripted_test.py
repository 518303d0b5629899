#!/usr/bin/python3
"""The scripted peer and the recording backend understand each other, so that a test of
the edge that fails is about the edge."""

import ssl
import tempfile
import threading
import unittest

import support  # noqa: F401
from lab.certificates import Authority, self_signed
from scripted import deviations, stream_text
from scripted.backend import Backend
from scripted.link import TlsFailure
from scripted.peer import Peer, client_context


class ScriptedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.edge_ca = Authority(cls.folder.name, 'edge-ca')
        cls.minted = cls.edge_ca.issue(['peer.example'])
        cls.stranger = self_signed(cls.folder.name, ['stranger.example'])
        cls.server = self_signed(cls.folder.name, ['tenant.example'])

    def backend(self, **options):
        backend = Backend(self.server, self.edge_ca.root, **options)
        self.addCleanup(backend.close)
        return backend

    def peer(self, backend, certificate=None, **options):
        context = client_context(certificate or self.minted)
        peer = Peer(backend.address, 'peer.example', 'tenant.example', context, **options)
        self.addCleanup(peer.link.close)
        return peer

    def test_a_stream_is_recorded_octet_for_octet(self):
        backend = self.backend()
        peer = self.peer(backend)
        peer.establish()
        peer.send_message('hello')
        recording = backend.wait_for_stanzas('hello')
        self.assertEqual(recording.stanzas.decode(), stream_text.message(
            'romeo@peer.example', 'juliet@tenant.example', 'hello'))
        self.assertEqual((recording.peer, recording.to), ('peer.example', 'tenant.example'))
        self.assertEqual(recording.names, ['peer.example'])
        self.assertEqual(recording.server_name, 'tenant.example')
        self.assertTrue(peer.finish().closed)
        self.assertEqual(peer.link.ended, 'close_notify')

    def test_direct_tls_works_the_same(self):
        backend = self.backend(direct_tls=True)
        peer = self.peer(backend, direct_tls=True)
        peer.establish()
        peer.send_message('hello')
        backend.wait_for_stanzas('hello')

    def test_a_proxy_header_is_read_before_the_stream(self):
        backend = self.backend(proxy_header=True)
        peer = self.peer(backend)
        peer.link.send_wire(b'\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0f' + bytes([192, 0, 2, 1, 127, 0, 0, 1])
                            + b'\x30\x39\x14\x95' + b'\x05\0\0')
        peer.establish()
        backend.wait(lambda: backend.recordings[0].established.is_set())
        self.assertEqual(backend.recordings[0].proxy.source, ('192.0.2.1', 12345))

    def test_a_certificate_of_another_ca_is_refused(self):
        backend = self.backend()
        peer = self.peer(backend, self.stranger)
        with self.assertRaises(TlsFailure) as caught:
            peer.open_secured()
        self.assertEqual(caught.exception.alert, 'tlsv1 alert unknown ca')

    def test_a_backend_can_refuse_and_be_silent_and_be_down(self):
        backend = self.backend()
        backend.deviate('auth', deviations.sasl_failure('not-authorized', 'no'))
        peer = self.peer(backend)
        peer.open_secured()
        failure = peer.authenticate()
        self.assertEqual(stream_text.condition(failure), 'not-authorized')
        self.assertEqual(stream_text.error_text(failure), 'no')
        backend.stop_listening()
        with self.assertRaises(ConnectionRefusedError):
            self.peer(backend)
        backend.recover()
        self.peer(backend).establish()

    def test_a_backend_can_end_an_established_stream_with_an_error(self):
        backend = self.backend()
        peer = self.peer(backend)
        peer.establish()
        recording = backend.wait(lambda: backend.recordings[0])
        recording.say('<stream:error><reset xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>'
                      '</stream:error></stream:stream>')
        recording.hang_up()
        self.assertEqual(stream_text.condition(peer.read_child()), 'reset')

    def test_a_backend_that_waits_goes_on_when_told(self):
        backend, go_on = self.backend(), threading.Event()
        backend.deviate('features', deviations.wait_for(go_on))
        peer = self.peer(backend)
        peer.secure()
        peer.send_header()
        go_on.set()
        peer.read_header()

    def test_a_tls_1_2_peer_is_understood(self):
        backend = self.backend()
        context = client_context(self.minted, version=ssl.TLSVersion.TLSv1_2)
        peer = Peer(backend.address, 'peer.example', 'tenant.example', context)
        self.addCleanup(peer.link.close)
        peer.establish()
        self.assertEqual(peer.link.tls.version(), 'TLSv1.2')


if __name__ == '__main__':
    unittest.main()
