#!/usr/bin/python3
"""Real servers on both sides: a message of a DANE-proven peer reaches an unmodified XMPP
server through danegate. Each test is one combination, with the answer to "who proved
what, and how" read from the logs."""

import os
import types
import unittest

from support import DANEGATE
from lab import stage
from lab.certificates import self_signed
from lab.processes import LabError, wait_until
from lab.stage import Stage

TEXT = 'But soft, what light through yonder window breaks?'


class SelfSigned(Stage):
    """The backend's certificate is its own CA."""

    def _make_keys(self, identity):
        super()._make_keys(identity)
        folder = os.path.join(self.folder, 'keys', 'backend')
        os.mkdir(folder)
        self._backend_certificate = self_signed(folder, [stage.TENANT])
        self._tenant_ca = types.SimpleNamespace(root=self._backend_certificate)


class FederationTest(unittest.TestCase):
    def start(self, **options):
        return self.enterContext(Stage(DANEGATE, **options)).start()

    def deliver(self, scene):
        """Alice writes, Bob reads. Returns danegate's `verdict` line."""
        bob = scene.bob.listen()
        self.addCleanup(bob.stop)
        scene.alice.send(scene.bob.jid, TEXT)
        try:
            message = bob.wait_for(TEXT)
        except LabError as error:
            self.fail(f'{error}\n{scene.logs()}')
        self.assertEqual((message.sender, message.text), (scene.alice.jid, TEXT))
        return scene.danegate.wait_for_event('verdict', peer=stage.PEER)

    def stream_line(self, scene):
        """Ends danegate in good order and returns the stream's line in its log."""
        self.assertEqual(scene.danegate.stop(), 0)
        (line,) = scene.danegate.events('stream', peer=stage.PEER)
        return line

    def test_prosody_to_prosody_is_proven_by_dane_on_both_sides(self):
        scene = self.start()
        verdict = self.deliver(scene)
        self.assertEqual((verdict['outcome'], verdict['proof']), ('proved', 'dane-ee'))
        self.assertEqual(verdict['tenant'], 'acme')
        self.assertEqual(verdict['tlsa_owner'], '_5269._tcp.' + stage.PEER_HOST)
        self.assertEqual(verdict['tlsa_record'].lower(), scene.peer_certificate.tlsa(3, 1, 1))
        self.assertEqual({step['security'] for step in verdict['steps']}, {'secure'})
        # The peer's certificate check of the edge, with nothing but DANE to go by.
        log = scene.peer.process.log()
        self.assertIn('Enabling DANE with 1 TLSA records', log)
        self.assertIn('certificate chain validation result: valid', log)
        line = self.stream_line(scene)
        self.assertEqual((line['outcome'], line['listener']), ('proved', 'starttls'))
        self.assertGreaterEqual(line['stanzas'], 1)

    def test_a_peer_that_uses_direct_tls(self):
        scene = self.start(srv='xmpps-server')
        self.deliver(scene)
        line = self.stream_line(scene)
        self.assertEqual((line['listener'], line['sni']), ('direct_tls', stage.TENANT))

    def test_a_tenant_with_its_own_key_and_srv_target(self):
        scene = self.start(identity='own-target')
        self.deliver(scene)
        self.assertEqual(self.stream_line(scene)['sni'], stage.OWN_TARGET)

    def test_ejabberd_as_the_backend(self):
        self.deliver(self.start(backend='ejabberd'))

    @unittest.skipUnless(os.geteuid() == 0, 'ejabberd asks DNS on port 53 only: needs root')
    def test_ejabberd_as_the_peer(self):
        scene = self.start(peer='ejabberd')
        verdict = self.deliver(scene)
        self.assertEqual((verdict['outcome'], verdict['proof']), ('proved', 'dane-ee'))

    def test_a_backend_with_a_self_signed_certificate_is_trusted_by_just_that(self):
        scene = self.enterContext(SelfSigned(DANEGATE)).start()
        self.deliver(scene)

    def test_the_hand_off_by_direct_tls_to_prosody(self):
        scene = self.start(tls='direct')
        self.deliver(scene)
        established = scene.danegate.wait_for_event('established')
        self.assertEqual(established['backend'], scene.backend_address + ':5270')

    def test_the_hand_off_by_direct_tls_to_ejabberd(self):
        self.deliver(self.start(backend='ejabberd', tls='direct'))

    def test_ejabberd_learns_the_peers_address_by_proxy_v2(self):
        scene = self.start(backend='ejabberd', proxy_protocol='v2')
        self.deliver(scene)
        remote = self.stream_line(scene)['remote']
        expected = f'Accepted proxied connection {remote} -> {scene.edge_address}:5269'
        wait_until(lambda: expected in scene.backend.own_log(), f'ejabberd logs "{expected}"')

    def test_a_peer_whose_tlsa_is_another_keys_delivers_nothing(self):
        scene = self.start()
        zone = scene.zone(stage.PEER)
        wrong = [record.replace(scene.peer_certificate.tlsa(3, 1, 1), '3 1 1 ' + '00' * 32)
                 for record in zone['records']]
        scene.tree.replace(stage.PEER, {'records': wrong})
        scene.alice.send(scene.bob.jid, TEXT)
        verdict = scene.danegate.wait_for_event('verdict', peer=stage.PEER)
        self.assertEqual(verdict['outcome'], 'disproved')
        wait_until(lambda: 'closed by remote with error: not-authorized' in scene.peer.process.log(),
                   "the peer's operator can read why")
        self.assertFalse(TEXT in scene.backend.process.log())


if __name__ == '__main__':
    unittest.main()
