#!/usr/bin/python3
"""A tenant's server that sends to other domains by itself, beside the edge, as
deploy/prosody and deploy/ejabberd have it: what it sends arrives, and what is sent to it
still comes through danegate."""

import os
import unittest

from support import DANEGATE
from lab import stage
from lab.processes import LabError, wait_until
from lab.stage import Stage

THERE, BACK = 'Wherefore art thou Romeo?', 'Call me but love'


class OtherSecret(Stage):
    """The tenant's server has another secret than the edge."""

    def _outgoing_settings(self, kind):
        return super()._outgoing_settings(kind) + 'dialback_secret = ("x"):rep(64)\n'


class OutgoingTest(unittest.TestCase):
    def start(self, kind=Stage, **options):
        scene = self.enterContext(kind(DANEGATE, shards=1, **options)).start()
        self.alice, self.bob = scene.alice.listen(), scene.bob.listen()
        self.addCleanup(self.alice.stop)
        self.addCleanup(self.bob.stop)
        return scene

    def deliver(self, scene, sender, receiver, text):
        sender.send(receiver.jid, text)
        listener = self.alice if receiver is scene.alice else self.bob
        try:
            message = listener.wait_for(text)
        except LabError as error:
            self.fail(f'{error}\n{scene.logs()}')
        self.assertEqual(message.sender, sender.jid)

    def assert_both_ways(self, scene):
        self.deliver(scene, scene.alice, scene.bob, THERE)
        self.deliver(scene, scene.bob, scene.alice, BACK)
        self.assertEqual(scene.danegate.stop(), 0)
        (line,) = scene.danegate.events('stream', peer=stage.PEER, established=True)
        self.assertEqual(line['proof'], 'dane-ee')

    def test_prosody_with_a_certificate_that_the_peer_trusts(self):
        self.assert_both_ways(self.start(tls='direct', outgoing='certificate'))

    def test_prosody_that_is_handed_its_streams_without_tls(self):
        self.assert_both_ways(self.start(hand_off='proxy', outgoing='certificate'))

    @unittest.skipUnless(os.geteuid() == 0, 'ejabberd asks DNS on port 53 only: needs root')
    def test_ejabberd_with_a_certificate_that_the_peer_trusts(self):
        self.assert_both_ways(self.start(backend='ejabberd', outgoing='certificate'))

    def test_prosody_without_one_by_dialback_of_which_the_edge_knows_the_secret(self):
        scene = self.start(tls='direct', outgoing='dialback')
        self.assert_both_ways(scene)
        self.assertIn('sent dialback key', scene.backend.process.log())

    def test_dialback_by_another_secret_is_refused(self):
        scene = self.start(OtherSecret, tls='direct', outgoing='dialback')
        scene.bob.send(scene.alice.jid, BACK)
        wait_until(lambda: 'dialback authentication failed' in scene.backend.process.log(),
                   'the edge denies the key')
        self.assertEqual(self.alice.messages, [])


if __name__ == '__main__':
    unittest.main()
