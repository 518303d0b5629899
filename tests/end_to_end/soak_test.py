#!/usr/bin/python3
"""A thousand streams, opened, used and closed one after another, cost nothing that stays
(threats E2): memory and open files return to where they were."""

import os
import unittest

import support  # noqa: F401
from lab.processes import wait_until
from scene import Scene

WARM_UP, STREAMS = 200, 1000
MEBIBYTE = 1024 * 1024


class SoakTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scene = Scene(shards=1)
        cls.addClassCleanup(cls.scene.stop)
        cls.scene.start()

    def use(self, number):
        """One stream from the first octet to the last."""
        domain = ('peer.example', 'stranger.example')[number % 2]
        with self.scene.connect(domain) as peer:
            peer.establish()
            peer.send_message(f'hello {number}')
            self.assertTrue(peer.finish().closed)

    def abandon(self, number):
        """A stream that ends in the middle of its way."""
        with self.scene.connect(('peer.example', 'mismatch.example')[number % 2]) as peer:
            (peer.open, peer.secure, peer.open_secured)[number % 3]()

    def open_files(self):
        return len(os.listdir(f'/proc/{self.scene.danegate.process.pid}/fd'))

    def memory(self):
        with open(f'/proc/{self.scene.danegate.process.pid}/statm') as file:
            return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')

    def run_streams(self, count):
        for number in range(count):
            self.use(number)
            if number % 4 == 0:
                self.abandon(number // 4)
        self.scene.acme.recordings.clear()

    def test_E2_memory_and_open_files_return_to_the_baseline(self):
        idle = self.open_files() + 1   # libuv opens a spare one with the first connection
        self.run_streams(WARM_UP)
        wait_until(lambda: self.open_files() <= idle, 'all connections of the warm-up are closed')
        before = self.memory()
        self.run_streams(STREAMS)
        wait_until(lambda: self.open_files() <= idle, 'all connections are closed')
        wait_until(lambda: self.memory() <= before + MEBIBYTE, 'the memory is given back')
        print(f'{STREAMS} streams: memory {before / MEBIBYTE:.1f} MiB before, '
              f'{self.memory() / MEBIBYTE:.1f} MiB after, {idle} open files')
        self.assertEqual(self.scene.danegate.stop(), 0)
        lines = self.scene.danegate.events('stream')
        delivered = sum(line['stanzas'] for line in lines if line.get('established'))
        self.assertEqual(delivered, WARM_UP + STREAMS)
        self.assertEqual(len(lines), (WARM_UP + STREAMS) * 5 // 4)


if __name__ == '__main__':
    unittest.main()
