#!/usr/bin/python3
"""The way into TLS and TLS itself: STARTTLS injection, ALPN, resumption, early data,
renegotiation, floods (spec A.3, H, I; threats B)."""

import contextlib
import json
import os
import re
import select
import ssl
import subprocess
import tempfile
import unittest

from edge_case import CONTRABAND, EdgeTest
from lab.processes import wait_until
from scene import ACME, DIRECT_TLS_PORT, WONDER
from scripted import stream_text
from scripted.link import TlsFailure
from scripted.peer import client_context, expect

INJECTED = stream_text.message('romeo@peer.example', 'juliet@acme.example', CONTRABAND)
HEADER = stream_text.header(from_='peer.example', to=ACME)
TICKET = 'Post-Handshake New Session Ticket'


class StartTlsTest(EdgeTest):
    def before_tls(self, **options):
        """A peer that has seen the first features."""
        peer = self.connect(**options)
        peer.open()
        expect(peer.read_child(), stream_text.STREAMS, 'features')
        return peer

    def assert_cut(self, peer):
        """The connection ended, before or in the handshake."""
        try:
            peer.link.read_wire(10)
            peer.start_tls()
            peer.open_secured()
        except (TlsFailure, ConnectionError, AssertionError):
            pass
        else:
            self.fail('the edge went on after octets in cleartext')
        self.assertFalse(self.stream_line(peer).get('established'))

    def test_A_41_octets_behind_starttls_in_one_segment_end_the_connection(self):
        hello = self.before_tls().link.client_hello(client_context())
        for behind in (INJECTED.encode(), HEADER.encode() + INJECTED.encode(), b'<', hello,
                       b"<db:result from='peer.example' to='acme.example'>k</db:result>"):
            with self.subTest(behind[:40]):
                peer = self.before_tls()
                peer.send(stream_text.STARTTLS.encode() + behind)
                text = peer.read_to_end()
                self.assertNotIn('tls}proceed', [child.tag[-11:] for child in text.children])
                self.assertFalse(self.stream_line(peer).get('established'))

    def test_B1_octets_in_cleartext_after_proceed_break_the_handshake(self):
        peer = self.before_tls()
        peer.send(stream_text.STARTTLS)
        expect(peer.read_child(), stream_text.TLS, 'proceed')
        peer.link.send_wire(INJECTED.encode())
        self.assertEqual(self.rest_of(peer).count(b'<'), 0, 'A-46: no XML after <proceed/>')
        self.stream_line(peer)

    def test_B1_cleartext_between_fragments_of_the_clienthello_breaks_the_handshake(self):
        peer = self.before_tls()
        peer.send(stream_text.STARTTLS)
        expect(peer.read_child(), stream_text.TLS, 'proceed')
        hello = peer.link.client_hello(client_context())
        peer.link.send_wire(hello[:20])
        peer.link.send_wire(b'<message/>')
        peer.link.send_wire(hello[20:])
        self.rest_of(peer)
        self.assertFalse(self.stream_line(peer).get('established'))

    def rest_of(self, peer):
        octets = b''
        while peer.link.ended is None:
            octets += peer.link.read_wire()
        return octets

    def test_A_40_a_clienthello_in_single_octets_is_understood(self):
        peer = self.before_tls()
        peer.send(stream_text.STARTTLS)
        expect(peer.read_child(), stream_text.TLS, 'proceed')
        hello = peer.link.client_hello(peer.context, ACME)
        for octet in hello:
            peer.link.send_wire(bytes([octet]))
        peer.link.finish_handshake()
        peer.restarted()
        peer.open()
        self.assertIsNotNone(peer.read_child())

    def test_A_44_a_prefix_of_the_cleartext_header_is_unknown_inside_tls(self):
        peer = self.connect()
        peer.open(**{'xmlns:old': 'urn:old'})
        peer.read_child()
        peer.send(stream_text.STARTTLS)
        peer.read_child()
        peer.start_tls()
        peer.open()
        peer.read_child()
        peer.send('<old:x/>')
        self.assert_stream_error(peer, 'not-well-formed')

    def test_A_35_auth_in_cleartext_is_refused_with_encryption_required(self):
        peer = self.before_tls()
        self.assert_sasl_failure(peer, 'encryption-required', 'TLS', reason='truncated',
                                 condition=None)

    def test_A_32_a_stanza_in_cleartext_is_not_processed(self):
        for octets in (INJECTED, "<db:result from='peer.example' to='acme.example'>k</db:result>"):
            with self.subTest(octets[:12]):
                peer = self.before_tls()
                peer.send(octets)
                got = stream_text.condition(peer.read_to_end().children[-1])
                self.assertIn(got, ('not-authorized', 'policy-violation'))
                self.assert_stream_error(peer, got, stanzas=0)

    def test_A_45_A_52_starttls_inside_tls_is_refused(self):
        for direct in (False, True):
            with self.subTest(direct_tls=direct):
                peer = self.connect(direct_tls=direct)
                peer.open_secured()
                peer.send(stream_text.STARTTLS)
                text = peer.read_to_end()
                self.assertTrue(text.closed)
                self.assertIn(text.children[-1].tag, (f'{{{stream_text.TLS}}}failure',
                                                      f'{{{stream_text.STREAMS}}}error'))
                self.stream_line(peer)

    def test_A_36_A_46_a_handshake_that_is_none_gets_no_xml(self):
        for garbage in (b'GET / HTTP/1.1\r\n\r\n', b'\x16\x03\x01\xff\xff' + b'\0' * 2000,
                        b'\x15\x03\x03\0\2\2\x28', b'\x80\x2e\1\3\1'):
            with self.subTest(garbage[:8]):
                peer = self.before_tls()
                peer.send(stream_text.STARTTLS)
                expect(peer.read_child(), stream_text.TLS, 'proceed')
                peer.link.send_wire(garbage)
                peer.link.socket.shutdown(1)
                self.assertNotIn(b'<', self.rest_of(peer))
                self.assertTrue(self.stream_line(peer).get('detail'))

    def test_a_peer_that_leaves_at_any_point_leaves_one_line(self):
        for octets in (b'', b'<', HEADER.encode(), HEADER.encode() + stream_text.STARTTLS.encode()):
            for end in ('close', 'reset'):
                with self.subTest(octets=octets[:5], end=end):
                    peer = self.connect()
                    peer.send(octets) if octets else None
                    getattr(peer.link, end)()
                    self.stream_line(peer)


class TlsTest(EdgeTest):
    def handshake(self, direct_tls=True, server_name=ACME, **options):
        peer = self.connect(direct_tls=direct_tls, **options)
        peer.secure(server_name)
        return peer

    def test_B4_only_xmpp_server_is_spoken_on_direct_tls(self):
        for offered in (['h2'], ['xmpp-client'], ['http/1.1', 'xmpp-client']):
            with self.subTest(offered):
                with self.assertRaises(TlsFailure) as caught:
                    self.handshake(alpn=offered)
                self.assertEqual(caught.exception.alert, 'tlsv1 alert no application protocol')
        for offered in (['xmpp-server'], ['h2', 'xmpp-server'], ['xmpp-client', 'xmpp-server']):
            with self.subTest(offered):
                peer = self.handshake(alpn=offered)
                self.assertEqual(peer.link.tls.selected_alpn_protocol(), 'xmpp-server')
        self.assertIsNone(self.handshake(alpn=None).link.tls.selected_alpn_protocol(), 'H-06')

    def test_H_06_xmpp_server_is_accepted_on_starttls_too(self):
        self.handshake(direct_tls=False, alpn=['xmpp-server'])

    def test_B5_I_08_no_session_is_ever_resumed(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            for name in (ACME, WONDER):
                with self.subTest(version=version, second_sni=name):
                    first = self.handshake(version=version)
                    first.open()
                    first.read_child()
                    session = first.link.tls.session
                    self.assertFalse(session.has_ticket, 'D7')
                    second = self.connect(direct_tls=True, version=version)
                    second.context = first.context
                    second.start_tls(name, session=session)
                    self.assertFalse(second.link.tls.session_reused)

    def test_I_01_versions_before_1_2_do_not_exist(self):
        for version in ('-tls1', '-tls1_1'):
            with self.subTest(version):
                self.assertRegex(self.s_client(version, '-cipher', 'ALL:@SECLEVEL=0'),
                                 'alert protocol version')

    def test_I_02_weak_ciphers_are_not_spoken(self):
        for cipher in ('aNULL', 'eNULL', 'kRSA', 'kDHE', 'CAMELLIA'):
            with self.subTest(cipher):
                self.assertRegex(self.s_client('-tls1_2', '-cipher', cipher + ':@SECLEVEL=0'),
                                 'alert handshake failure|no cipher match|no ciphers available')

    def test_B6_D7_no_ticket_is_sent(self):
        # It would come in front of the answer to the header.
        shown = self.converse(self.command('-tls1_3'), HEADER, '<stream:stream')
        self.assertIn('Early data was not sent', shown)
        self.assertNotIn(TICKET, shown)

    def test_B6_I_06_early_data_is_never_accepted(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        session, sent = os.path.join(folder, 'session'), os.path.join(folder, 'sent')
        with open(sent, 'w') as file:
            file.write(HEADER)
        # The edge gives no ticket, so the one that is used there is of another server.
        with self.server_that_takes_early_data() as address:
            self.keep_session(address, session)
            again = ('-tls1_3', '-sess_in', session, '-early_data', sent)
            shown = self.converse(self.command(*again, address=address), '', 'Early data was')
            self.assertIn('Early data was accepted', shown)
        shown = self.converse(self.command(*again), INJECTED, '<stream:stream')
        self.assertIn('Early data was rejected', shown)
        self.assertIn('New, TLSv1.3', shown)

    def test_I_11_any_client_certificate_is_asked_for(self):
        shown = self.s_client('-tls1_3')
        self.assertIn('No client certificate CA names sent', shown)
        self.assertRegex(shown, 'Requested Signature Algorithms: .*ECDSA')

    def test_B9_certificate_compression_and_status_are_not_requested(self):
        shown = self.s_client('-tls1_3', '-trace')
        request = shown.partition('CertificateRequest')[2].partition('\n\n')[0]
        self.assertIn('signature_algorithms(13)', request)
        # compress_certificate, of which OpenSSL has no name, and status_request.
        self.assertNotIn('(27)', request)
        self.assertNotIn('(5)', request)

    def test_A_53_I_04_a_renegotiation_ends_the_connection(self):
        self.repeat('R', 'RENEGOTIATING', 1, '-tls1_2', '-legacy_renegotiation')
        self.wait_for_detail('no_renegotiation|renegotiat')

    def test_B7_key_updates_without_end_are_cut_off(self):
        self.repeat('k', 'KEYUPDATE', 100, '-tls1_3')
        self.wait_for_detail('too many KeyUpdates')

    def test_E6_a_server_name_cannot_write_into_the_log(self):
        for name in ('x\r\n{"event":"forged"}', '\x1b[31mred', '"},{"', '\u202e.example'):
            with self.subTest(name):
                before = len(self.scene.danegate.events('stream'))
                self.s_client('-servername', name)
                wait_until(lambda: len(self.scene.danegate.events('stream')) > before,
                           'the connection leaves its line')
        for line in self.scene.danegate.process.log().splitlines():
            self.assertTrue(line.isascii() and line.isprintable(), line)
            self.assertNotEqual(json.loads(line)['event'], 'forged')

    def wait_for_detail(self, words):
        wait_until(lambda: any(re.search(words, line.get('detail', ''))
                               for line in self.scene.danegate.events('stream')),
                   f'a stream ends because of {words}')

    def repeat(self, command, answer, count, *arguments):
        """Gives s_client a command again and again, until the edge hangs up."""
        # The pipe breaks at a write, or at the end, where what was not written is tried again.
        with contextlib.suppress(BrokenPipeError), \
                subprocess.Popen(self.command(*arguments), text=True, stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as client:
            self.read_until(client, 'Verify return code')
            for _ in range(count):
                client.stdin.write(command + '\n')
                client.stdin.flush()
                if not self.read_until(client, answer):
                    break
            self.read_until(client, 'SSL alert number')

    def read_until(self, client, answer):
        """Whether s_client says `answer` before it ends."""
        return any(answer in line for line in iter(client.stdout.readline, ''))

    @contextlib.contextmanager
    def server_that_takes_early_data(self):
        """Of OpenSSL; yields its address."""
        certificate = self.scene.peer_certificate
        with subprocess.Popen(
                ['openssl', 's_server', '-accept', '127.0.0.1:0', '-tls1_3', '-early_data',
                 '-num_tickets', '1', '-no_anti_replay',
                 '-cert', certificate.chain, '-key', certificate.key], text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as server:
            try:
                yield next(line for line in server.stdout if 'ACCEPT' in line).split()[1]
            finally:
                server.kill()

    def keep_session(self, address, path):
        """Connects, until the session of the server's ticket is in the file."""
        def is_complete():
            with contextlib.suppress(FileNotFoundError), open(path) as file:
                return 'END SSL SESSION' in file.read()
        with subprocess.Popen(self.command('-tls1_3', '-sess_out', path, address=address),
                              stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as client:
            try:
                wait_until(is_complete, 'the server sends a ticket')
            finally:
                client.kill()

    def converse(self, command, text, answer):
        """All that s_client shows if its input ends when `answer` is in it, to `text`."""
        shown = b''
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as client:
            try:
                client.stdin.write(text.encode())
                client.stdin.flush()
                while answer.encode() not in shown:
                    ready, _, _ = select.select([client.stdout], [], [], 20)
                    octets = os.read(client.stdout.fileno(), 65536) if ready else b''
                    self.assertTrue(octets, f'waited in vain for {answer}: {shown!r}')
                    shown += octets
                shown += client.communicate(timeout=20)[0]
            finally:
                client.kill()
        return shown.decode(errors='replace')

    def command(self, *arguments, address=None):
        address = address or f'{self.scene.edge_address}:{DIRECT_TLS_PORT}'
        return ['openssl', 's_client', '-connect', address, '-servername', ACME, *arguments]

    def s_client(self, *arguments):
        done = subprocess.run(self.command(*arguments), input='', text=True, timeout=20,
                              capture_output=True, check=False, errors='replace')
        return done.stdout + done.stderr


if __name__ == '__main__':
    unittest.main()
