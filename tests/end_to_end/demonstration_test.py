#!/usr/bin/python3
"""The demonstration of deploy/quickstart tells what happened, and its exit status says
whether the message arrived. What it says to try does what it says."""

import signal
import subprocess
import sys
import unittest

from support import DANEGATE, ROOT
from lab.processes import wait_until

DEMONSTRATION = ROOT / 'tests' / 'support' / 'lab' / 'demonstration.py'


def run(program):
    return subprocess.run([sys.executable, DEMONSTRATION, program, '--once'], text=True,
                          capture_output=True, check=False, timeout=100)


def commands(lines):
    """What the list says to try, to its last line."""
    for line in lines:
        if line.startswith('    '):
            yield line.strip()
            if '/dev/tcp/' in line:
                return


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

    def test_what_it_says_to_try_works(self):
        with subprocess.Popen([sys.executable, DEMONSTRATION, DANEGATE], text=True,
                              stdout=subprocess.PIPE) as demonstration:
            try:
                done = [self.tried(command) for command in commands(demonstration.stdout)
                        if 'tail -f' not in command]
            finally:
                demonstration.send_signal(signal.SIGINT)
            rest = demonstration.stdout.read()
        self.assertIn('bob received: hello  (from alice@peer.example)', rest)
        self.assertNotIn('carol', rest, 'the refused message')
        for status, *texts in (
                (0, 'proved\n', 'peer      peer.example'),
                (0, 'with error: not-authorized', 'publish _5269._tcp.mx.stale.example. IN TLSA'),
                (0, '"outcome":"disproved","reason":"no-match"'),
                (1, 'disproved\n', 'peer      stale.example', 'publish _5269._tcp.mx.stale'),
                (0, 'uptime', 'files', 'shards'),
                (0, 'stale.example  disproved  no-match'),
                (0, 'acme  warning: 1 domain: 1 warning\n', 'srv-direct-missing')):
            self.assertTrue(any(result == status and all(text in output for text in texts)
                                for result, output in done), (status, texts, done))

    def tried(self, command):
        def run_it():
            return subprocess.run(['bash', '-c', command], text=True, capture_output=True,
                                  check=False, timeout=30)
        if command.startswith('grep'):  # what the message before is about to bring
            return 0, wait_until(lambda: run_it().stdout, command)
        done = run_it()
        self.assertIn(done.returncode, (0, 1), f'{command}\n{done.stdout}{done.stderr}')
        return done.returncode, done.stdout

    def test_it_fails_where_nothing_is_delivered(self):
        done = run('/bin/false')
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('danegate', done.stderr)


if __name__ == '__main__':
    unittest.main()
