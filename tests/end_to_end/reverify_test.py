#!/usr/bin/python3
"""What becomes of streams that stand when the evidence ends that they rest on (D-64, B-25): it
is looked for again, not more often than every ten seconds, and a definite no ends the stream.
All streams are opened, and all evidence is changed, before the first test; each then waits for
its own."""

import datetime
import time
import unittest

from edge_case import EdgeTest
from lab.https_server import POSH_PATH, posh
from lab.processes import wait_until
from scene import ACME

STRONG = 'strong.tenant.example'
LIMIT = 25
BRIEF = {'ttl': 1}


class ReverifyTest(EdgeTest):
    scene_options = {
        'proofs': {STRONG: 'require: strong'}, 'web_hosts': ['withdrawn.example'],
        'more_peers': {'rolled.example': BRIEF, 'steady.example': BRIEF, 'failing.example': BRIEF,
                       'expiring.example': {'tlsa': None},
                       'contradicted.example': {'tlsa': None, 'ttl': 1},
                       'withdrawn.example': {'tlsa': None, 'ttl': 1, 'more': ['@ A {web}']}}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        scene = cls.scene
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=8)
        cls.peers = {}
        cls.stand('rolled.example')
        cls.stand('steady.example')
        cls.stand('failing.example')
        cls.stand('withdrawn.example', STRONG)
        cls.stand('contradicted.example', STRONG, scene.public_ca.issue(['contradicted.example']))
        cls.stand('expiring.example', STRONG,
                  scene.public_ca.issue(['expiring.example'], not_after=soon))
        cls.changed = time.monotonic()
        cls.asked = {domain: cls.questions(domain) for domain in cls.peers}
        scene.replace_zone('rolled.example', tlsa=scene.other_certificate.tlsa(3, 1, 1), ttl=1)
        scene.replace_zone('contradicted.example', ttl=1)
        scene.web.pages[f'withdrawn.example{POSH_PATH}'] = posh([scene.other_certificate])
        scene.relay.rules.obey('servfail _5269._tcp.mx.failing.example TLSA')

    @classmethod
    def prepare(cls):
        cls.scene.web.pages[f'withdrawn.example{POSH_PATH}'] = posh(
            [cls.scene.peer_certificate], expires=2)

    @classmethod
    def stand(cls, domain, to=ACME, certificate='its own'):
        peer = cls.scene.connect(domain, to, certificate, patience=LIMIT)
        cls.addClassCleanup(peer.link.close)
        peer.establish()
        cls.remotes.append(peer.link.local)
        cls.peers[domain] = peer

    @classmethod
    def questions(cls, domain):
        return cls.scene.relay.rules.count(f'_5269._tcp.mx.{domain}', 'TLSA')

    def assert_reset(self, domain, words, outcome, reason):
        peer = self.peers[domain]
        line = self.assert_stream_error(peer, 'reset', words, established=True)
        took = time.monotonic() - self.changed
        print(f'\n{domain}: reset after {took:.1f} s')
        self.assertLess(took, LIMIT)
        verdict = self.scene.danegate.events('verdict', peer=domain)[-1]
        self.assertEqual((verdict['outcome'], verdict['reason']), (outcome, reason), verdict)
        self.assertEqual(line['outcome'], 'proved', 'as what it stood')

    def wait_for_questions(self, domain, more):
        wait_until(lambda: self.questions(domain) >= self.asked[domain] + more,
                   f'{domain} is verified again', LIMIT)

    def test_C3_a_tlsa_record_of_another_key_ends_the_stream(self):
        self.assert_reset('rolled.example', 'TLSA', 'disproved', 'no-match')

    def test_C7_a_tlsa_record_that_appears_ends_a_stream_that_pki_proved(self):
        self.assert_reset('contradicted.example', 'TLSA', 'disproved', 'no-match')

    def test_E_15_a_posh_document_without_the_certificate_ends_the_stream(self):
        self.assert_reset('withdrawn.example', 'POSH', 'absent', 'no-tlsa')

    def test_B_25_the_end_of_the_certificate_ends_the_stream(self):
        self.assert_reset('expiring.example', 'PKI', 'absent', 'no-tlsa')

    def test_D_64_evidence_that_stays_keeps_the_stream(self):
        self.wait_for_questions('steady.example', 1)
        peer = self.peers['steady.example']
        self.assert_delivered(peer, self.recording_of(peer))

    def test_L_05_evidence_out_of_reach_does_not_end_the_stream(self):
        self.wait_for_questions('failing.example', 1)
        self.scene.danegate.wait_for_event('verdict', LIMIT, peer='failing.example',
                                           outcome='indeterminate')
        peer = self.peers['failing.example']
        self.assert_delivered(peer, self.recording_of(peer))


if __name__ == '__main__':
    unittest.main()
