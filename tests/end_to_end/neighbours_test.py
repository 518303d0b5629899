#!/usr/bin/python3
"""Two tenants have one server as their backend. What is wrong between it and one of them
does not decide where the streams of the other go (threats E12)."""

import unittest

from edge_case import EdgeTest
from lab import danegate
from lab.certificates import self_signed
from lab.processes import wait_until
from scripted import stream_text
from scripted.peer import expect
from scripted.stream_text import condition

# Each has acme's primary as its first backend, with one line that acme's is without.
DISTRUSTING, UNNAMED = 'distrusting.example', 'unnamed.example'
SETTINGS = {
    DISTRUSTING: ('{scene.public_ca.root.chain}', 'not trusted|no chain|issuer'),
    # Its certificate does not name this domain: all the settings are acme's.
    UNNAMED: ('{scene.backend_ca.root.chain}', UNNAMED),
}


class NeighboursTest(EdgeTest):
    scene_options = {'shards': 1, 'has_primary': True}

    @classmethod
    def prepare(cls):
        scene = cls.scene
        for domain, (trust, _) in SETTINGS.items():
            name = domain.partition('.')[0]
            certificate = self_signed(scene.keys, [domain], key=scene.edge_certificate.key)
            scene.danegate.add_tenant(danegate.Tenant(
                name, [domain], certificate,
                [danegate.Backend('%s:%d' % scene.primary.address,
                                  trust=trust.format(scene=scene))]))

    def setUp(self):
        self.scene.primary.recover()
        self.addCleanup(self.scene.primary.stop_listening)

    def backend_of_acme(self):
        peer = self.connect()
        peer.establish()
        peer.finish()
        return self.stream_line(peer)['backend']

    def fail_at(self, domain, why):
        peer = self.connect(to=domain)
        expect(peer.open_secured(), stream_text.STREAMS, 'features')
        failure = expect(peer.authenticate(), stream_text.SASL, 'failure')
        self.assertEqual(condition(failure), 'temporary-auth-failure')
        peer.link.close()
        line = self.stream_line(peer)
        self.assert_fields(line, {'backend': self.primary, 'reason': 'backend-failed',
                                  'detail': why})

    @property
    def primary(self):
        return '%s:%d' % self.scene.primary.address

    def test_E12_what_fails_for_one_tenant_fails_for_no_other(self):
        for domain, (_, why) in SETTINGS.items():
            with self.subTest(domain):
                wait_until(lambda: self.backend_of_acme() == self.primary,
                           'it is forgotten that the primary was down', 10)
                self.fail_at(domain, why)
                self.assertEqual(self.backend_of_acme(), self.primary)


if __name__ == '__main__':
    unittest.main()
