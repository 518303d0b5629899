#!/usr/bin/python3
"""Real servers without a usable certificate: self-signed, and no TLSA record. A tenant
that takes `any` proof lets them in by dialback, both of whose other roles they play: the
initiating and the authoritative server. One that wants a `strong` proof does not, and says
what would do."""

import re
import unittest

from support import DANEGATE
from lab import stage
from lab.processes import LabError, wait_until
from lab.stage import Stage

TEXT = 'My ears have not yet drunk a hundred words'
HELP = r'there is no TLSA record at _5269._tcp.mx.peer.example; publish .* 3 1 1 [0-9A-F]{64}'


class DialbackFederationTest(unittest.TestCase):
    def start(self, peer, proof):
        return self.enterContext(
            Stage(DANEGATE, peer=peer, proof=proof, dialback=True, shards=1)).start()

    def assert_delivered_by_dialback(self, scene):
        bob = scene.bob.listen()
        self.addCleanup(bob.stop)
        scene.alice.send(scene.bob.jid, TEXT)
        try:
            message = bob.wait_for(TEXT)
        except LabError as error:
            self.fail(f'{error}\n{scene.logs()}')
        self.assertEqual((message.sender, message.text), (scene.alice.jid, TEXT))
        self.assertEqual(scene.danegate.stop(), 0)
        verdicts = scene.danegate.events('verdict', peer=stage.PEER, outcome='proved')
        self.assertEqual([verdict['proof'] for verdict in verdicts], ['dialback'])
        (line,) = scene.danegate.events('stream', peer=stage.PEER, established=True)
        self.assertEqual((line['outcome'], line['proof']), ('proved', 'dialback'), line)
        self.assertGreaterEqual(line['stanzas'], 1)

    def assert_refused(self, scene, log):
        """`log`: what the peer's operator reads."""
        scene.alice.send(scene.bob.jid, TEXT)
        line = scene.danegate.wait_for_event('stream', 20, peer=stage.PEER)
        self.assertEqual((line['established'], line['outcome']), (False, 'absent'), line)
        self.assertEqual(line['condition'], 'policy-violation', line)
        self.assertRegex(line['detail'], HELP)
        wait_until(lambda: re.search(HELP, log()), "the peer's operator can read why", 10)
        self.assertFalse(TEXT in scene.backend.process.log())

    def test_F_06_prosody_proves_itself_by_dialback(self):
        self.assert_delivered_by_dialback(self.start('prosody', 'any'))

    def test_F_02_prosody_is_refused_where_dialback_does_not_count(self):
        scene = self.start('prosody', 'strong')
        self.assert_refused(scene, scene.peer.process.log)

    def test_F_06_ejabberd_proves_itself_by_dialback(self):
        self.assert_delivered_by_dialback(self.start('ejabberd', 'any'))

    def test_F_02_ejabberd_is_refused_where_dialback_does_not_count(self):
        scene = self.start('ejabberd', 'strong')
        self.assert_refused(scene, scene.peer.process.log)


if __name__ == '__main__':
    unittest.main()
