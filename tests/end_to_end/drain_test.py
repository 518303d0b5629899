#!/usr/bin/python3
"""The end: SIGTERM drains (design: life of a stream), and time runs out for peers that do
not get on (threats E1)."""

import errno
import itertools
import signal
import time
import unittest

import support  # noqa: F401
from lab.processes import wait_until
from scene import Scene
from scripted import deviations, stream_text
from scripted.link import LinkTimeout
from scripted.stream_text import condition


class DrainCase(unittest.TestCase):
    DRAIN_TIME = 4

    def setUp(self):
        self.scene = Scene(more=f'drain_time: {self.DRAIN_TIME}\n')
        self.addCleanup(self.scene.stop)
        self.scene.start()

    def established(self):
        peer = self.scene.connect()
        self.addCleanup(peer.link.close)
        peer.establish()
        return peer

    def drain(self):
        self.scene.danegate.process.send(signal.SIGTERM)
        self.scene.danegate.wait_for_event('draining')

    def wait_for_end(self, seconds):
        process = self.scene.danegate.process
        wait_until(lambda: not process.is_running(), 'danegate ends', seconds)
        self.assertEqual(process.status(), 0, process.log_tail())

    def fill_backend(self, peer):
        """Sends stanzas to a backend that does not read until the edge takes no more."""
        self.scene.acme.wait(lambda: self.scene.acme.recordings)
        recording = self.scene.acme.recordings[-1]
        recording.may_read.clear()
        stanza = stream_text.message('a@peer.example', 'b@acme.example', 'x' * 100_000)
        peer.link.patience = 1.0
        try:
            for _ in range(400):
                peer.send(stanza)
        except LinkTimeout:
            pass    # the edge has stopped reading
        return recording


class DrainTest(DrainCase):
    def assert_shut_down(self, peer):
        text = peer.read_to_end()
        self.assertEqual(condition(text.children[-1]), 'system-shutdown')
        self.assertTrue(text.closed)
        self.assertEqual(peer.link.ended, 'close_notify')

    def test_idle_streams_are_told_system_shutdown_and_danegate_ends_with_0(self):
        peers = [self.established() for _ in range(3)]
        self.drain()
        for peer in peers:
            self.assert_shut_down(peer)
            peer.link.close()
        self.wait_for_end(8)
        lines = self.scene.danegate.events('stream')
        self.assertEqual([line.get('condition') for line in lines], ['system-shutdown'] * 3)
        self.assertEqual(len(self.scene.danegate.events('stopped')), 1)

    def test_a_stanza_that_is_on_its_way_is_finished_first(self):
        peer = self.established()
        stanza = stream_text.message('a@peer.example', 'b@acme.example', 'to the end')
        peer.send(stanza[:-20])
        self.scene.acme.wait(lambda: self.scene.acme.recordings)
        self.drain()
        peer.send(stanza[-20:])
        self.scene.acme.wait_for_stanzas('to the end</body></message>')
        self.assert_shut_down(peer)
        peer.link.close()
        self.wait_for_end(8)

    def test_no_new_connection_is_accepted(self):
        peer = self.established()
        peer.send('<message ')   # holds the drain up
        self.drain()
        wait_until(self.is_refused, 'new connections are refused', 5)

    def is_refused(self):
        """Each shard stops by itself: one may still take a connection, to end it."""
        try:
            self.scene.connect().link.close()
        except OSError as error:
            return error.errno == errno.ECONNREFUSED
        return False

    def test_peers_in_every_phase_and_deaf_ones_do_not_hold_the_end_up(self):
        silent = self.scene.connect()
        greeted = self.scene.connect()
        greeted.open()
        secured = self.scene.connect()
        secured.secure()
        self.scene.acme.deviate('auth', deviations.silence)
        waiting = self.scene.connect()
        waiting.open_secured()
        waiting.send(stream_text.auth())
        half = self.scene.connect(to='wonder.example')
        half.establish()
        half.send("<message from='a@peer.example' to='b@wonder.example'>and then")
        begin = time.monotonic()
        self.drain()
        self.wait_for_end(10)
        self.assertLess(time.monotonic() - begin, 8)
        self.assertEqual(len(self.scene.danegate.events('stream')), 5)
        for peer in (silent, greeted, secured, waiting, half):
            peer.link.close()

    def test_E3_a_backend_that_does_not_read_does_not_hold_the_end_up(self):
        self.fill_backend(self.established())
        begin = time.monotonic()
        self.drain()
        self.wait_for_end(10)
        self.assertLess(time.monotonic() - begin, 8)
        self.assertEqual(len(self.scene.danegate.events('stopped')), 1)

    def test_the_log_is_opened_again_at_SIGHUP(self):
        self.scene.danegate.process.send(signal.SIGHUP)
        self.scene.danegate.wait_for_event('reopened')
        self.established()

    def test_a_second_signal_does_no_harm(self):
        self.established()
        self.drain()
        self.scene.danegate.process.send(signal.SIGTERM)
        self.scene.danegate.process.send(signal.SIGINT)
        self.wait_for_end(10)


class NoTimeToDrain(DrainCase):
    DRAIN_TIME = 0

    def test_what_is_queued_for_a_backend_still_gets_there(self):
        recording = self.fill_backend(self.established())
        self.drain()
        recording.may_read.set()
        self.assertTrue(recording.over.wait(10))
        self.assertEqual(recording.stanzas[-40:].partition(b'</message>')[2],
                         stream_text.STREAM_END.encode(), recording.ended)
        self.wait_for_end(8)


class SlowPeerTest(unittest.TestCase):
    """Each phase has an absolute deadline, however the octets trickle in. These take 15 s
    or 20 s and run all at once; the unit tests of the stream drive every phase by a
    clock of their own."""

    @classmethod
    def setUpClass(cls):
        cls.scene = Scene()
        cls.addClassCleanup(cls.scene.stop)
        cls.scene.start()

    def test_E1_peers_that_trickle_octets_are_cut_off_in_every_phase(self):
        slow = {make: make() for make in (self.in_header, self.in_starttls, self.in_handshake,
                                          self.in_direct_handshake, self.in_second_header,
                                          self.in_auth)}
        begin, ends = time.monotonic(), {}
        while len(ends) < len(slow) and time.monotonic() - begin < 25:
            for make, (peer, octets) in slow.items():
                if make not in ends and self.is_cut_off(peer, octets):
                    ends[make] = time.monotonic() - begin
        self.assertEqual(set(ends), set(slow), 'some were never cut off')
        self.assertLess(max(ends.values()), 23, ends)
        for peer, _ in slow.values():
            line = self.scene.danegate.wait_for_event('stream', remote=peer.link.local)
            self.assertEqual(line['reason'], 'deadline', line)
            peer.link.close()

    def is_cut_off(self, peer, octets):
        """Says one more octet, and looks for the end of the connection for a while."""
        try:
            peer.send(next(octets))
            peer.link.read(0.2)
        except LinkTimeout:
            return False
        except OSError:
            return True
        return peer.link.ended is not None

    def in_header(self):
        return self.scene.connect(), trickle("<stream:stream to='")

    def in_starttls(self):
        peer = self.scene.connect()
        peer.open()
        peer.read_child()
        return peer, trickle('<starttls xmlns="')

    def in_handshake(self):
        peer, _ = self.in_starttls()
        peer.send(stream_text.STARTTLS)
        peer.read_child()
        return peer, trickle('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03')

    def in_direct_handshake(self):
        peer = self.scene.connect(direct_tls=True)
        return peer, trickle('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03')

    def in_second_header(self):
        peer = self.scene.connect()
        peer.secure()
        return peer, trickle("<stream:stream to='")

    def in_auth(self):
        peer = self.scene.connect()
        peer.open_secured()
        return peer, trickle("<auth mechanism='")


def trickle(beginning):
    """The octets of something that never ends, one by one."""
    return (character.encode('latin-1')
            for character in itertools.chain(beginning, itertools.repeat('a')))


if __name__ == '__main__':
    unittest.main()
