#!/usr/bin/python3
"""What deploy/quickstart and its demonstration write on a terminal: lines that turn fit
it, a dumb one gets none, and NO_COLOR no colours. And --help of every script of deploy/.

apt-get, cmake and ninja are stubs here; ninja fails at the end, which ends quickstart."""
import errno
import fcntl
import os
import pathlib
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
import unittest

import stub_machine

ROOT = pathlib.Path(__file__).resolve().parents[2]
STUBS = {
    'dpkg-query': 'echo installed 99:1',
    'apt-cache': 'printf "Source: boringssl (1.0)\\nVersion: 1.0\\n"',
    'cmake': 'exit 0',
    # Until the test has seen a line that turns.
    'ninja': 'echo "[1/2] Building CXX object %s END"; read -r _ <"$machine/gate"; exit 1'
             % ('long/' * 60),
}
PROGRESS = '''
import sys
sys.path.insert(0, "tests/support")
from lab.terminal import progress
with progress("what is done") as tell:
    tell("very " * 60 + "precisely what")
    sys.stdin.readline()
'''
CURSOR = re.compile(r'\r\x1b\[K')
COLOUR = re.compile(r'\x1b\[\d+m')


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, argv, columns, **environment):
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
        self._child = subprocess.Popen(
            argv, cwd=ROOT, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env={**{name: value for name, value in os.environ.items()
                    if name not in ('NO_COLOR', 'COLUMNS')}, **environment})
        os.close(slave)
        self._deadline = time.monotonic() + 20
        self.text = ''

    def read_until(self, end):
        while end not in self.text and self._read():
            pass
        return self

    def read_to_end(self):
        while self._read():
            pass
        self._child.wait(20)
        os.close(self._master)
        return self.text

    def say(self, line):
        os.write(self._master, line)

    def _read(self):
        left = self._deadline - time.monotonic()
        if left < 0 or not select.select([self._master], [], [], left)[0]:
            self._child.kill()
            raise AssertionError(f'waited 20 s in vain; it wrote {self.text[-300:]!r}')
        try:
            octets = os.read(self._master, 65536)
        except OSError as error:
            if error.errno != errno.EIO:  # nobody is on the other side any more
                raise
            octets = b''
        self.text += octets.decode(errors='replace')
        return octets


def turning(text):
    """The lines that were written over, without colours."""
    return [COLOUR.sub('', line).split('\r')[0].split('\n')[0]
            for line in CURSOR.split(text)[1:]]


class QuickstartTerminalTest(unittest.TestCase):
    def setUp(self):
        self.machine = stub_machine.make(self, STUBS)
        os.mkfifo(self.machine / 'gate')
        self.addCleanup(self.open_gate)

    def open_gate(self):
        """For whoever still waits there, when a test has given up."""
        os.close(os.open(self.machine / 'gate', os.O_RDWR | os.O_NONBLOCK))

    def quickstart(self, columns=80, seen='[1/2] Buil', **environment):
        """All that it writes. `seen`: what is waited for before ninja ends."""
        terminal = Terminal(
            [ROOT / 'deploy/quickstart', '--once'], columns,
            **stub_machine.environment(self.machine), **environment)
        terminal.read_until(seen)
        (self.machine / 'gate').write_text('\n')
        return terminal.read_to_end()

    def test_lines_that_turn_fit_the_terminal(self):
        for columns in (80, 40):
            with self.subTest(columns):
                lines = turning(self.quickstart(columns, TERM='xterm'))
                self.assertTrue(any('building danegate' in line for line in lines), lines)
                self.assertLess(max(len(line) for line in lines), columns)

    def test_a_dumb_terminal_gets_plain_lines(self):
        text = self.quickstart(seen='building danegate', TERM='dumb')
        self.assertNotIn('\x1b', text)
        self.assertIn('building danegate', text)

    def test_NO_COLOR_is_heeded(self):
        self.assertRegex(self.quickstart(TERM='xterm'), COLOUR)
        text = self.quickstart(TERM='xterm', NO_COLOR='1')
        self.assertNotRegex(text, COLOUR)
        self.assertRegex(text, CURSOR)

    def test_the_demonstrations_lines_fit_too(self):
        terminal = Terminal([sys.executable, '-c', PROGRESS], 50, TERM='xterm')
        terminal.read_until('very ')
        terminal.say(b'\n')
        lines = turning(terminal.read_to_end())
        self.assertLess(max(len(line) for line in lines), 50, lines)

    def test_every_script_says_how_it_is_called(self):
        for script in ('quickstart', 'setup', 'new-edge', 'edge-ca', 'tenant-certificate'):
            with self.subTest(script):
                done = subprocess.run([ROOT / 'deploy' / script, '--help'], text=True,
                                      capture_output=True, check=False, timeout=20)
                self.assertEqual((done.returncode, done.stderr), (0, ''))
                self.assertRegex(done.stdout, rf'(?m)^  deploy/{script}\b')
                self.assertNotIn('#', done.stdout)


if __name__ == '__main__':
    unittest.main()
