#!/usr/bin/python3
"""deploy/systemd/danegate.service: systemd finds no fault with it and little that it leaves
open, and danegate serves, reloads and ends in good order by the system calls and limits
that it allows."""

import ctypes
import errno
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from support import DANEGATE, ROOT
from lab import stage
from lab.stage import Stage
from lab.with_unit import allowed_calls, settings

UNIT = ROOT / 'deploy' / 'systemd' / 'danegate.service'
WITH_UNIT = ROOT / 'tests' / 'support' / 'lab' / 'with_unit.py'
TEXT = 'Two households, both alike in dignity'


def run(*words):
    return subprocess.run([str(word) for word in words], text=True, capture_output=True,
                          check=False, timeout=60)


def has_filters():
    """Whether processes may be given filters: the kernel misses the one that is not there."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(22, 2, None)   # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
    return ctypes.get_errno() == errno.EFAULT


needs_filters = unittest.skipUnless(has_filters(), 'needs seccomp filters')


@unittest.skipUnless(shutil.which('systemd-analyze'), 'needs systemd-analyze')
class ServiceTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix='danegate-service-')
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def script(self, name, *words):
        """A program that runs `words` before its arguments."""
        path = self.folder / name
        path.write_text('#!/bin/sh\nexec ' + ' '.join(map(str, words)) + ' "$@"\n')
        path.chmod(0o755)
        return path

    def test_systemd_finds_no_fault_with_it(self):
        unit = self.folder / 'danegate.service'
        unit.write_text(UNIT.read_text().replace('/usr/local/bin/danegate', DANEGATE))
        done = run('systemd-analyze', 'verify', '--man=no', unit)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ''))

    def test_its_exposure_is_1_5_at_most(self):
        done = run('systemd-analyze', 'security', '--offline=yes', '--threshold=15', UNIT)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @needs_filters
    def test_danegate_serves_by_what_it_allows(self):
        program = self.script('danegate', WITH_UNIT, UNIT, DANEGATE)
        with Stage(program, shards=2) as scene:
            scene.start()
            status = pathlib.Path(f'/proc/{scene.danegate.process.pid}/status').read_text()
            self.assertIn('Seccomp:\t2', status)
            bob = scene.bob.listen()
            self.addCleanup(bob.stop)
            scene.alice.send(scene.bob.jid, TEXT)
            bob.wait_for(TEXT)
            done = run(DANEGATE, 'ctl', 'reload', '--socket', scene.control)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(scene.danegate.stop(), 0)
            self.assertEqual(
                scene.danegate.events('verdict', peer=stage.PEER)[0]['outcome'], 'proved')
            self.assertEqual(scene.danegate.events(level='error'), [])

    @needs_filters
    def test_what_it_does_not_allow_fails(self):
        for words in (('nice', '-n', '5', 'true'), ('chown', str(os.geteuid()), self.folder)):
            self.assertEqual(run(*words).returncode, 0, words)
            done = run(WITH_UNIT, UNIT, *words)
            self.assertIn('Operation not permitted', done.stderr, words)

    def test_it_ends_later_than_danegate_drains(self):
        sample = (ROOT / 'deploy' / 'danegate.yaml').read_text()
        (drain,) = [line.split()[1] for line in sample.splitlines()
                    if line.startswith('drain_time:')]
        self.assertGreater(int(settings(UNIT)['TimeoutStopSec'][0].rstrip('s')), int(drain))

    def test_the_filter_is_read_as_systemd_reads_it(self):
        self.assertEqual({'chown', 'read'} & allowed_calls(['@system-service']), {'chown', 'read'})
        self.assertNotIn('chown', allowed_calls(['@system-service', '~@privileged']))


if __name__ == '__main__':
    unittest.main()
