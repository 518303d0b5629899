#!/usr/bin/python3
"""The hand-off by PROXY header, from a DANE-proven peer through danegate to a real Prosody
with mod_danegate. What the module itself does is in hand_off_module_test.py."""

import os
import select
import socket
import threading
import unittest

from support import DANEGATE
from lab import prosody, stage
from lab.processes import LabError, accepts, wait_until
from lab.stage import Stage
from scripted import stream_text
from scripted.peer import Peer, client_context, expect

TEXT = 'A rose by any other name would smell as sweet.'
# Two checks of a backend, ten seconds apart, and a tenth more for chance.
SOON = 25
OTHER_PORT = prosody.HAND_OFF_PORT + 1


class HandOffCase(unittest.TestCase):
    stage_options = {}

    @classmethod
    def setUpClass(cls):
        cls.scene = Stage(DANEGATE, hand_off='proxy', **cls.stage_options)
        cls.addClassCleanup(cls.scene.stop)
        cls.scene.start()
        cls.danegate, cls.backend = cls.scene.danegate, cls.scene.backend

    def peer(self, domain=stage.PEER):
        peer = Peer((self.scene.edge_address, 5269), domain, stage.TENANT,
                    client_context(self.scene.peer_certificate))
        self.addCleanup(peer.link.close)
        return peer

    def stream_line(self, peer):
        return self.danegate.wait_for_event('stream', remote=peer.link.local)

    def assert_arrives(self, text, send):
        bob = self.scene.bob.listen()
        self.addCleanup(bob.stop)
        send()
        try:
            return bob.wait_for(text)
        except LabError as error:
            self.fail(f'{error}\n{self.scene.logs()}')

    def assert_put_off(self, detail):
        """The peer may try later and is told no secrets; the log says why."""
        peer = self.peer()
        expect(peer.open_secured(), stream_text.STREAMS, 'features')
        failure = expect(peer.authenticate(), stream_text.SASL, 'failure')
        self.assertEqual(stream_text.condition(failure), 'temporary-auth-failure')
        self.assertIn('is not available now', stream_text.error_text(failure))
        peer.link.close()
        line = self.stream_line(peer)
        self.assertEqual((line['established'], line['reason']), (False, 'backend-failed'))
        self.assertRegex(line['detail'], detail)

    def write_secret(self, secret):
        """On the edge's side and on Prosody's alike: it is one file."""
        with open(self.scene.secret, 'w') as file:
            file.write(secret + '\n')


class DeliveryTest(HandOffCase):
    def test_a_message_of_a_real_server_arrives(self):
        message = self.assert_arrives(
            TEXT, lambda: self.scene.alice.send(self.scene.bob.jid, TEXT))
        self.assertEqual((message.sender, message.text), (self.scene.alice.jid, TEXT))
        established = self.danegate.wait_for_event('established', peer=stage.PEER)
        self.assertEqual(established['backend'],
                         f'{self.scene.backend_address}:{prosody.HAND_OFF_PORT}')
        log = self.backend.process.log()
        self.assertRegex(log, f'Handed off by danegate: {stage.PEER} at 127[.0-9]+ port [0-9]+, '
                              f'to {stage.TENANT}')
        self.assertNotIn('Stream encrypted', log.partition('Handed off')[2].partition('\nc2s')[0])

    def test_a_stanza_from_another_domain_does_not_reach_the_backend(self):
        """D5: the edge looks at each stanza as ever."""
        peer = self.peer()
        peer.establish()
        peer.send_message('contraband', from_='romeo@evil.example', to=self.scene.bob.jid)
        end = peer.read_to_end()
        self.assertEqual(stream_text.condition(end.children[-1]), 'invalid-from')
        # What comes later arrives, so what came before would have.
        self.assert_arrives(TEXT, lambda: self.scene.alice.send(self.scene.bob.jid, TEXT))
        self.assertNotIn('romeo@evil.example', self.backend.process.log())

    def test_A_06_what_the_peers_header_declares_is_declared_again(self):
        peer = self.peer()
        expect(peer.open_secured(), stream_text.STREAMS, 'features')
        expect(peer.authenticate(), stream_text.SASL, 'success')
        peer.open(**{'xmlns:x': 'urn:example:declared'})
        expect(peer.read_child(), stream_text.STREAMS, 'features')
        self.assert_arrives('declared', lambda: peer.send(
            f"<message from='romeo@{stage.PEER}' to='{self.scene.bob.jid}' type='chat'>"
            "<body>declared</body><x:note/></message>"))

    def test_a_peer_that_says_its_header_late_is_waited_for(self):
        """The hand-off is taken while the peer has yet to authenticate."""
        peer = self.peer()
        expect(peer.open_secured(), stream_text.STREAMS, 'features')
        wait_until(lambda: self.backend.process.log().count('Handed off by danegate') > 0,
                   'the hand-off is taken')
        expect(peer.authenticate(), stream_text.SASL, 'success')
        peer.open()
        expect(peer.read_child(), stream_text.STREAMS, 'features')
        peer.finish()
        line = self.stream_line(peer)
        self.assertTrue(line['established'])

    def test_no_secret_is_in_any_log(self):
        with open(self.scene.secret) as file:
            secret = file.read().strip()
        peer = self.peer()
        peer.establish()
        peer.finish()
        for process in (self.danegate.process, self.backend.process):
            self.assertNotIn(secret, process.log())


class FailureTest(HandOffCase):
    def test_a_secret_that_differs_is_a_temporary_failure_until_it_does_not(self):
        standing = self.peer()
        standing.establish()
        with open(self.scene.secret) as file:
            before = file.read().strip()
        self.write_secret('f' * 64)  # the edge reads it at once, Prosody does not
        self.danegate.wait_for_event('reload')
        self.assert_put_off('instead of answering the hand-off: its log says why')
        wait_until(lambda: 'made with another secret' in self.backend.process.log(),
                   'Prosody logs why')
        self.write_secret(before)
        wait_until(lambda: len(self.danegate.events('reload')) > 1, 'the edge has read it')
        again = self.peer()
        again.establish()
        again.finish()
        self.assert_arrives('still here', lambda: standing.send_message(
            'still here', to=self.scene.bob.jid))


class ImpostorTest(HandOffCase):
    """Prosody is down, and somebody else has taken its port."""

    def setUp(self):
        self.backend.stop()
        self.heard = b''
        self.listener = socket.create_server(
            (self.scene.backend_address, prosody.HAND_OFF_PORT))
        self.addCleanup(self.listener.close)

    def pretend(self, answer):
        """Says a challenge, hears a header, and answers by that."""
        def run():
            connection, _ = self.listener.accept()
            with connection:
                connection.settimeout(10)
                connection.sendall(b'danegate-1 challenge ' + b'0' * 64 + b'\r\n')
                self.heard += connection.recv(65536)
                connection.sendall(answer)
                while data := connection.recv(65536):
                    self.heard += data
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def test_whoever_does_not_know_the_secret_gets_no_stream(self):
        for answer, detail in (
                (b'danegate-1 taken ' + b'0' * 64 + b'\r\n', 'does not know the secret'),
                (b'danegate-1 refused ' + b'0' * 64 + b' out of order\r\n',
                 'refuses without knowing the secret'),
                (stream_text.header(id='x').encode() + b'<stream:features/>\r\n',
                 'is no server with mod_danegate|something else than a line')):
            with self.subTest(answer):
                thread = self.pretend(answer)
                self.assert_put_off(detail)
                thread.join(10)
                self.assertNotIn(b'<?xml', self.heard)  # not even a stream header


class RelayTest(HandOffCase):
    """Somebody has taken Prosody's port, and passes all that he hears on to where Prosody
    listens besides."""

    def test_whoever_passes_it_on_gets_no_stream(self):
        self.backend.stop()
        address = self.scene.backend_address, prosody.HAND_OFF_PORT
        with open(self.backend.config) as file:
            text = file.read()
        with open(self.backend.config, 'w') as file:
            file.write(text.replace('danegate_ports = { ', f'danegate_ports = {{ {OTHER_PORT}, '))
        listener = socket.create_server(address)
        self.addCleanup(listener.close)
        self.backend.start()
        wait_until(lambda: accepts(address[0], OTHER_PORT), 'Prosody listens elsewhere')
        thread = threading.Thread(target=relay, args=(listener, (address[0], OTHER_PORT)),
                                  daemon=True)
        thread.start()
        self.assert_put_off(f'refused the hand-off: it was meant for {address[0]}:{address[1]}, '
                            f'and came to {address[0]}:{OTHER_PORT}')
        thread.join(10)


def relay(listener, onward):
    """One connection, until one of both ends it."""
    connection, _ = listener.accept()
    with connection, socket.create_connection(onward) as other:
        ways = {connection: other, other: connection}
        while True:
            for ready in select.select(list(ways), [], [], 10)[0]:
                octets = ready.recv(65536)
                if not octets:
                    return
                ways[ready].sendall(octets)


class DownTest(HandOffCase):
    def test_E12_a_backend_that_is_down_is_a_temporary_failure(self):
        self.backend.stop()
        self.assert_put_off('connection refused')


class CheckTest(HandOffCase):
    stage_options = {'health_check': 'xmpp', 'shards': 1}

    def test_a_check_finds_a_secret_that_differs_before_a_peer_does(self):
        self.write_secret('f' * 64)
        down = self.danegate.wait_for_event('backend_down', SOON)
        self.assertRegex(down['detail'], 'answering the hand-off')
        os.kill(self.backend.process.pid, 1)  # SIGHUP: Prosody reads the new one
        self.danegate.wait_for_event('backend_up', 2 * SOON)


if __name__ == '__main__':
    unittest.main()
