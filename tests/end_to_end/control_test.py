#!/usr/bin/python3
"""The control socket: what danegate ctl says about the running proxy, and what it does."""

import json
import os
import shutil
import socket
import stat
import subprocess
import unittest

from support import DANEGATE
from lab.processes import wait_until
from scene import ACME, Scene
from scripted.stream_text import condition


class ControlCase(unittest.TestCase):
    MORE = 'control: control\ndrain_time: 4\n'

    @classmethod
    def setUpClass(cls):
        cls.scene = Scene(more=cls.MORE)
        cls.addClassCleanup(cls.scene.stop)
        cls.scene.start()
        cls.socket = os.path.join(cls.scene.danegate.folder, 'control')

    def ctl(self, *words, status=0):
        done = subprocess.run([DANEGATE, 'ctl', *words, '--socket', self.socket],
                              capture_output=True, text=True, check=False, timeout=20)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout if status == 0 else done.stderr

    def ask(self, *words):
        return json.loads(self.ctl(*words, '--json'))

    def establish(self, **options):
        peer = self.scene.connect(**options)
        self.addCleanup(peer.link.close)
        peer.establish()
        return peer

    def raw(self, octets):
        """What comes for these octets on the socket."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(15)
            link.connect(self.socket)
            link.sendall(octets)
            link.shutdown(socket.SHUT_WR)
            answer = b''
            while octets := link.recv(65536):
                answer += octets
            return answer

    def answers(self):
        try:
            return self.raw(b'status\n')
        except OSError:
            return b''


class Questions(ControlCase):
    def test_E8_the_socket_is_its_owners_alone(self):
        mode = os.lstat(self.socket).st_mode
        self.assertTrue(stat.S_ISSOCK(mode))
        self.assertEqual(stat.S_IMODE(mode), 0o600)

    def test_the_edges_file_names_the_socket(self):
        config = os.path.join(self.scene.danegate.folder, 'danegate.yaml')
        done = subprocess.run([DANEGATE, 'ctl', '--config', config, 'status', '--json'],
                              capture_output=True, text=True, check=False, timeout=20)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)['tenants'], 2)

    def test_status_counts(self):
        before = self.ask('status')
        peer = self.establish()
        after = self.ask('status')
        total = [sum(shard['established'] for shard in status['shards'])
                 for status in (before, after)]
        self.assertEqual(total[1], total[0] + 1)
        self.assertEqual(len(after['shards']), 2)
        self.assertEqual((after['tenants'], after['domains']), (2, 3))
        self.assertFalse(after['draining'])
        verifier = after['verifier']
        self.assertEqual(verifier['threads'], 1)
        self.assertGreaterEqual(verifier['requests'], 1)
        self.assertAlmostEqual(verifier['requests_per_batch'],
                               verifier['requests'] / verifier['batches'])
        text = self.ctl('status')
        self.assertRegex(text, r'(?m)^  version     \d+\.\d+\.\d+$')
        self.assertRegex(text, r'(?m)^  state       serving$')
        self.assertRegex(text, r'(?m)^  tenants     2, with 3 domains$')
        self.assertRegex(text, r'(?m)^  batches        \d+, \d+\.\d requests each$')
        self.assertRegex(text, r'(?m)^  joined         \d+, \d+\.\d %$')
        self.assertNotIn('\x1b', text)
        again = self.establish()   # known by now
        self.assertGreaterEqual(
            sum(shard['remembered'] for shard in self.ask('status')['shards']), 1)
        for each in (peer, again):
            each.finish()

    def test_streams_of_every_shard(self):
        peers = [self.establish() for _ in range(6)]
        peers[0].send_message('hello')
        self.scene.acme.wait_for_stanzas('hello</body></message>')
        for peer in peers:
            line, = [stream for stream in self.ask('streams')['streams']
                     if stream['remote'] == peer.link.local]
            self.assertEqual(
                {key: line[key] for key in ('peer', 'to', 'tenant', 'proof', 'stanzas')},
                {'peer': 'peer.example', 'to': ACME, 'tenant': 'acme', 'proof': 'dane-ee',
                 'stanzas': 1 if peer is peers[0] else 0})
        self.assertRegex(self.ctl('streams'), r'(?m)^20\S+Z  peer\.example  acme\.example  acme '
                                              r'+dane-ee +0 +' + peers[1].link.local + '$')
        for peer in peers:
            peer.finish()
            self.assertLess(self.stream_of(peer), 2 ** 53)   # jq and its like are exact so far
        wait_until(lambda: not self.ask('streams')['streams'], 'all streams have ended')

    def test_a_refusal_is_remembered_until_it_is_flushed(self):
        def refused():
            peer = self.scene.connect('mismatch.example')
            self.addCleanup(peer.link.close)
            self.assertEqual(condition(peer.open_secured()), 'not-authorized')
            peer.link.close()
            ended = self.scene.danegate.wait_for_event('stream', remote=peer.link.local)
            self.assertRegex(ended['detail'], r'(?s)^the certificate .*[^.]\.\.\.$')
            self.assertNotIn('IN TLSA', ended['detail'])   # half of a record
            return self.scene.danegate.wait_for_event('verdict', stream=ended['stream'])

        self.assertFalse(refused()['from_cache'])
        listed = {line['peer']: line for line in self.ask('verdicts')['refusals']}
        line = listed['mismatch.example']
        self.assertEqual((line['outcome'], line['reason']), ('disproved', 'no-match'))
        self.assertIn('publish', line['remedy'])
        self.assertTrue(0 < line['left_s'] <= 30, line)
        self.assertRegex(self.ctl('verdicts'),
                         r'(?m)^mismatch\.example +disproved +no-match +\d+ s +dane +acme, wonder +the certificate')
        self.assertEqual((line['require'], line['tenants'], line['tenant_count']),
                         ('dane', ['acme', 'wonder'], 2))
        self.assertTrue(refused()['from_cache'])
        self.assertEqual(self.ctl('flush', 'MISMATCH.example'),
                         'mismatch.example: 1 refusal forgotten, and every proof\n')
        self.assertNotIn('mismatch.example', self.ctl('verdicts'))
        self.assertFalse(refused()['from_cache'])

    def test_a_proof_is_flushed_too(self):
        def verdict():
            peer = self.establish(domain='control.example')
            peer.finish()
            return self.scene.danegate.wait_for_event('verdict', stream=self.stream_of(peer))

        verdict()
        self.assertTrue(verdict()['from_cache'])
        self.ask('flush', 'control.example')
        self.assertFalse(verdict()['from_cache'])

    def stream_of(self, peer):
        return self.scene.danegate.wait_for_event('stream', remote=peer.link.local)['stream']

    def test_whatever_is_said_there_is_answered_or_ended(self):
        for octets in (b'\n', b'rubbish\n', b'flush \n', b'flush 192.0.2.1\n',
                       b'\xff\x00\n', b'status now\n'):
            answer = json.loads(self.raw(octets))
            self.assertIs(answer['ok'], False, octets)
            self.assertTrue(answer['error'])
        self.assertEqual(self.raw(b'status'), b'')   # no line
        self.assertIs(json.loads(self.raw(b'status\nstatus\n'))['ok'], True)
        with self.assertRaises(OSError):
            if not self.raw(b'x' * 5000):
                raise ConnectionResetError
        self.assertIs(self.ask('status')['ok'], True)

    def test_silent_askers_do_not_keep_others_out_for_long(self):
        links = []
        for _ in range(40):
            link = socket.socket(socket.AF_UNIX)
            self.addCleanup(link.close)
            link.connect(self.socket)
            links.append(link)
        for link in links[:16]:
            link.close()
        wait_until(self.answers, 'there is room again')

    def test_another_proxy_does_not_take_the_socket(self):
        config = self.scene.danegate.config
        with open(config) as file:
            text = file.read()
        other = os.path.join(os.path.dirname(config), 'other.yaml')
        with open(other, 'w') as file:
            file.write(text.replace(':5269"', ':5369"').replace(':5270"', ':5370"'))
        done = subprocess.run([DANEGATE, 'run', '--config', other], capture_output=True,
                              text=True, check=False, timeout=20)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn('control: ', done.stderr)
        self.assertIn('another process answers there', done.stderr)
        self.assertIs(self.ask('status')['ok'], True)

    @unittest.skipUnless(os.geteuid() == 0, 'only root can ask as somebody else')
    def test_E8_others_may_not_ask(self):
        program = os.path.join(self.scene.folder, 'ctl')
        shutil.copy(DANEGATE, program)
        for folder in (self.scene.folder, self.scene.danegate.folder):
            os.chmod(folder, 0o755)
        done = subprocess.run([program, 'ctl', 'status', '--socket', self.socket],
                              capture_output=True, text=True, check=False, timeout=20,
                              user=65534, group=65534, extra_groups=[])
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn('Permission denied', done.stderr)
        self.assertIn('only the user that danegate runs as', done.stderr)


class Drain(ControlCase):
    def test_drain_ends_it_as_sigterm_does(self):
        peer = self.establish()
        self.assertEqual(self.ctl('drain'), 'draining\n')
        text = peer.read_to_end()
        self.assertEqual(condition(text.children[-1]), 'system-shutdown')
        peer.link.close()
        process = self.scene.danegate.process
        wait_until(lambda: not process.is_running(), 'danegate ends', 8)
        self.assertEqual(process.status(), 0, process.log_tail())
        self.assertEqual(self.scene.danegate.events('draining')[0]['reason'], 'danegate ctl')
        self.assertFalse(os.path.exists(self.socket))
        self.assertIn('no danegate listens there', self.ctl('status', status=1))


class Restart(ControlCase):
    def test_a_socket_that_a_dead_proxy_left_is_replaced(self):
        process = self.scene.danegate.process
        process.send(9)
        wait_until(lambda: not process.is_running(), 'danegate is dead')
        self.assertTrue(os.path.exists(self.socket))
        self.assertIn('Connection refused', self.ctl('status', status=1))
        self.scene.danegate.start()
        wait_until(self.answers, 'the new one answers', process=self.scene.danegate.process)


if __name__ == '__main__':
    unittest.main()
