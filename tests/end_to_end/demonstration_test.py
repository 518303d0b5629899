#!/usr/bin/python3
"""The demonstration of deploy/quickstart tells what happened, and its exit status says
whether the message arrived."""

import subprocess
import sys
import unittest

from support import DANEGATE, ROOT

DEMONSTRATION = ROOT / 'tests' / 'support' / 'lab' / 'demonstration.py'


def run(program):
    return subprocess.run([sys.executable, DEMONSTRATION, program, '--once'], text=True,
                          capture_output=True, check=False, timeout=100)


class DemonstrationTest(unittest.TestCase):
    def test_it_tells_the_story_of_a_delivered_message(self):
        done = run(DANEGATE)
        self.assertEqual(done.returncode, 0, done.stderr)
        for text in ('_xmpp-server._tcp.peer.example SRV: secure',
                     '_5269._tcp.mx.peer.example TLSA: secure',
                     'peer.example proved by dane-ee',
                     'the peer accepted the edge by DANE',
                     'from alice@peer.example',
                     'ms after TCP accept'):
            self.assertIn(text, done.stdout)
        self.assertNotIn('\x1b', done.stdout)

    def test_it_fails_where_nothing_is_delivered(self):
        done = run('/bin/false')
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('danegate', done.stderr)


if __name__ == '__main__':
    unittest.main()
