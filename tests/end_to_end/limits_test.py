#!/usr/bin/python3
"""Backends in their order, and the limits of a tenant and of the edge (L-09, E4): what is
over a limit is told so, and holds nothing."""

import os
import threading
import time
import unittest

from edge_case import EdgeTest
from lab.processes import wait_until
from scene import Scene
from scripted import deviations


def open_files(scene):
    return len(os.listdir(f'/proc/{scene.danegate.process.pid}/fd'))


class FailOverTest(EdgeTest):
    scene_options = {'shards': 1, 'has_primary': True}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.idle = open_files(cls.scene)

    def tearDown(self):
        self.scene.primary.stop_listening()
        super().tearDown()

    def misbehave(self, step, deviation):
        self.scene.primary.recover()
        self.scene.primary.deviate(step, deviation)

    def a_stream(self):
        """The second backend serves it. Returns its line and whom it skipped."""
        peer, recording = self.established()
        self.assert_delivered(peer, recording)
        wait_until(lambda: open_files(self.scene) <= self.idle + 2,
                   'only the peer and one backend are connected', 10)
        peer.finish()
        line = self.stream_line(peer)
        self.assertEqual(line['backend'], '%s:%d' % self.scene.acme.address)
        return self.scene.danegate.events('backend_skipped', stream=line['stream'])

    def assert_goes_to_the_next(self, words):
        """The log says why the first does not serve, and its leg is not kept. What could
        not be reached a moment ago, by the control stream, is not tried at once."""
        skipped = wait_until(self.a_stream, 'the primary is tried again', 10)
        self.assertEqual(len(skipped), 1, skipped)
        self.assertEqual(skipped[0]['backend'], '%s:%d' % self.scene.primary.address)
        self.assertRegex(skipped[0]['detail'], words)

    def test_E12_a_primary_that_is_down_is_skipped_and_then_tried_last(self):
        self.assert_goes_to_the_next('refused')
        for _ in range(3):
            self.assertEqual(self.a_stream(), [])

    def test_E12_a_primary_that_refuses_is_skipped_and_not_forgotten(self):
        self.misbehave('auth', deviations.sasl_failure('not-authorized', 'no'))
        self.assert_goes_to_the_next('EXTERNAL')
        self.assertEqual(len(self.a_stream()), 1)

    def test_E12_a_primary_that_resets_is_skipped(self):
        self.misbehave('header', deviations.reset)
        self.assert_goes_to_the_next('reset|closed')
        self.assertEqual(self.a_stream(), [])


class TenantLimitsTest(EdgeTest):
    scene_options = {'shards': 1,
                     'tenant_limits': 'limits: {streams: 4, streams_per_peer: 2}\n'}

    def refused(self, domain):
        peer = self.connect(domain)
        peer.open_secured()
        return peer

    def test_A_105_L_09_a_peer_over_its_limit_is_told_which_and_may_come_back(self):
        first, _ = self.established('peer.example')
        self.established('peer.example')
        self.assert_sasl_failure(self.refused('peer.example'), 'temporary-auth-failure',
                                 'limit of 2 streams')
        first.finish()
        self.stream_line(first)
        third, recording = self.established('peer.example')
        self.assert_delivered(third, recording)

    def test_L_09_a_tenant_over_its_limit_does_not_take_from_another(self):
        # The control stream of these tests is the first of the four.
        for _ in range(2):
            self.established('stranger.example')
        self.established('unknown-yet.example')
        self.assert_sasl_failure(self.refused('silent-tlsa.example'), 'temporary-auth-failure',
                                 'limit of 4')
        other, recording = self.established('silent-tlsa.example', to='wonder.example')
        self.assert_delivered(other, recording)


class InflowLimitTest(EdgeTest):
    RATE, STANZA = 32 * 1024, 8 * 1024

    scene_options = {'shards': 1,
                     'tenant_limits': f'limits: {{bytes_per_second: {RATE // 1024}KiB}}\n'}

    def brought(self, octets, to='acme.example'):
        """How long it takes until so much has arrived, and all of it has."""
        peer, recording = self.established(to=to)
        bodies = [f'{number:04d}' + 'x' * self.STANZA
                  for number in range(octets // self.STANZA)]
        begin = time.monotonic()
        sender = threading.Thread(target=lambda: [peer.send_message(body) for body in bodies])
        sender.start()
        wait_until(lambda: bodies[-1].encode() in recording.stanzas, 'all arrives', 30)
        took = time.monotonic() - begin
        sender.join()
        for body in bodies:
            self.assertEqual(recording.stanzas.count(body.encode()), 1)
        self.assert_delivered(peer, recording)
        return took

    def test_a_stream_that_brings_too_much_is_read_more_slowly_and_loses_nothing(self):
        # stanza_bytes, 256 KiB, may come at once. Of the four seconds' worth beyond it the
        # last is not waited for: a read, and what TLS had kept of the one before.
        took = self.brought(256 * 1024 + 4 * self.RATE)
        self.assertGreater(took, 2)
        self.assertLess(took, 8)

    def test_a_tenant_without_a_limit_is_not_slowed(self):
        self.assertLess(self.brought(512 * 1024, to='wonder.example'), 3)

    def test_a_stream_within_its_rate_is_not_slowed(self):
        self.assertLess(self.brought(128 * 1024), 3)


class ConnectionLimitTest(unittest.TestCase):
    def test_E4_beyond_the_limit_connections_wait_and_are_served_when_others_end(self):
        scene = Scene(shards=1, more='limits: {connections: 2}\n')
        self.addCleanup(scene.stop)
        scene.start()
        first, second, waiting = (scene.connect() for _ in range(3))
        for peer in (first, second):
            peer.establish()
        waiting.send_header()
        first.finish()
        first.link.close()
        self.assertEqual(waiting.read_header().get('from'), 'acme.example')
        for peer in (second, waiting):
            peer.link.close()

    def test_E4_too_few_files_for_the_limit_are_told_at_the_start_and_kept(self):
        scene = Scene(shards=1, more='limits: {connections: 900000}\n')
        self.addCleanup(scene.stop)
        scene.start()
        told = wait_until(lambda: scene.danegate.events('trouble'), 'the log says so', 5)
        self.assertRegex(told[0]['detail'], 'limits.connections: 900000 .*LimitNOFILE')
        peer = scene.connect()
        peer.establish()
        peer.link.close()


if __name__ == '__main__':
    unittest.main()
