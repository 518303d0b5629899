#!/usr/bin/python3
"""What a thief of keys finds of a danegate that runs: no core file, and no memory that
another process of its own user may read (threats E10)."""

import os
import re
import subprocess
import tempfile
import unittest
import unittest.mock

import support
from lab.processes import spawn
from scene import Scene

NOBODY = 65534
# Root may read everything, so danegate and the thief are somebody else.
USER = ['setpriv', f'--reuid={NOBODY}', f'--regid={NOBODY}', '--clear-groups'] \
    if os.getuid() == 0 else []
# Gives the scene's folder, with the keys, to the user, and runs danegate as that.
AS_USER = f"""#!/bin/sh
chown -R {NOBODY} "$(dirname "$3")/.."
exec {' '.join(USER)} '{support.DANEGATE}' "$@"
"""


class KeyTheftTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        program = os.path.join(folder, 'danegate')
        with open(program, 'w', opener=lambda path, flags: os.open(path, flags, 0o755)) as file:
            file.write(AS_USER)
        with unittest.mock.patch('scene.DANEGATE', program if USER else support.DANEGATE):
            cls.scene = Scene(shards=1)
        cls.addClassCleanup(cls.scene.stop)
        cls.scene.start()
        cls.pid = cls.scene.danegate.process.pid

    def steal(self, pid):
        """What a process of the same user is told that asks for the memory's layout."""
        thief = subprocess.run([*USER, 'cat', f'/proc/{pid}/maps'], text=True, timeout=20,
                               capture_output=True, check=False)
        return thief.stderr or thief.stdout

    def test_E10_there_will_be_no_core_file(self):
        with open(f'/proc/{self.pid}/limits') as limits:
            self.assertRegex(limits.read(), r'(?m)^Max core file size +0 +0 +bytes')

    def test_E10_the_memory_is_not_for_other_processes_of_the_user(self):
        uid = NOBODY if USER else os.getuid()
        with open(f'/proc/{self.pid}/status') as status:
            self.assertEqual(re.search(r'Uid:\s+(\d+)', status.read())[1], str(uid))
        self.assertEqual(os.stat(f'/proc/{self.pid}/mem').st_uid, 0)
        self.assertIn('Permission denied', self.steal(self.pid))

    def test_a_thief_reads_any_other_process_of_the_user(self):
        with spawn([*USER, 'cat', '/dev/zero'], subprocess.PIPE) as other:
            try:
                other.stdout.read(1)  # it is that user by now
                self.assertIn('[stack]', self.steal(other.pid))
            finally:
                other.kill()


if __name__ == '__main__':
    unittest.main()
