#!/usr/bin/python3
"""Checks of backends: where streams go while one is down, and what is told of it. Slow, for
it takes two checks, ten seconds apart, until a backend is down."""

import json
import os
import subprocess
import unittest

from support import DANEGATE
from edge_case import EdgeTest
from scripted import deviations

# Two checks, and a tenth more for chance.
SOON = 25


class BackendHealth(EdgeTest):
    scene_options = {'shards': 1, 'has_primary': True, 'more': 'control: control\n'}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.primary = '%s:%d' % cls.scene.primary.address
        cls.secondary = '%s:%d' % cls.scene.acme.address

    def backend_of_a_stream(self):
        """And whether others were tried before."""
        peer = self.connect()
        peer.establish()
        established = self.scene.danegate.wait_for_event('established', peer=peer.domain)
        peer.finish()
        line = self.stream_line(peer)
        self.assertIsNotNone(established)
        return line['backend'], len(self.scene.danegate.events('backend_skipped',
                                                               stream=line['stream']))

    def status(self, *options):
        socket = os.path.join(self.scene.danegate.folder, 'control')
        done = subprocess.run([DANEGATE, 'ctl', 'status', '--socket', socket, *options],
                              capture_output=True, text=True, check=True, timeout=20)
        return done.stdout

    def down(self):
        return json.loads(self.status('--json'))['backends_down']

    def assert_comes_and_goes(self, words, **fields):
        """From down, as the primary is when the edge starts, to up."""
        told = self.scene.danegate.wait_for_event('backend_down', SOON, backend=self.primary)
        self.assert_fields(told, {**fields, 'detail': words})
        self.assertEqual([self.backend_of_a_stream() for _ in range(3)],
                         [(self.secondary, 0)] * 3)
        (down,) = self.down()
        self.assert_fields(down, {'backend': self.primary, **fields, 'detail': words})
        text = self.status()
        self.assertIn('backends down\n', text)
        self.assertIn(self.primary, text)

        self.scene.primary.recover()
        self.scene.danegate.wait_for_event('backend_up', SOON, backend=self.primary)
        self.assertEqual(self.backend_of_a_stream(), (self.primary, 0))
        self.assertEqual(self.down(), [])
        self.assertNotIn('backends down', self.status())
        self.assertEqual(len(self.scene.danegate.events('backend_down')), 1)


class ByTcpTest(BackendHealth):
    scene_options = {**BackendHealth.scene_options, 'health_check': 'tcp'}

    def test_a_backend_that_is_down_is_tried_last_until_it_is_back(self):
        self.assert_comes_and_goes('refused', check='tcp', to=None)


class ByXmppTest(BackendHealth):
    scene_options = {**BackendHealth.scene_options, 'health_check': 'xmpp'}

    @classmethod
    def prepare(cls):
        """It takes connections, and knows nobody."""
        cls.scene.primary.recover()
        cls.scene.primary.deviate('header', deviations.stream_error('host-unknown', 'who?'))

    def test_a_backend_that_takes_connections_and_no_streams_is_down(self):
        self.assert_comes_and_goes('host-unknown', check='xmpp', to='acme.example')


if __name__ == '__main__':
    unittest.main()
