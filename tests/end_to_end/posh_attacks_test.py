#!/usr/bin/python3
"""What a web server can do to the edge that fetches a POSH document from it (threats D6), and
where the edge lets itself be led by a stranger's names (D4). Each attacker holds what would
prove it, could it get the edge to take it."""

import concurrent.futures
import json
import time
import unittest

from edge_case import EdgeTest
from lab.https_server import PATHS, POSH_PATH, posh, response
from scripted import stream_text
from scripted.stream_text import condition, error_text

TENANT = 'strong.tenant.example'
ANY_TENANT = 'any.tenant.example'
LATER, NEVER = 'remote-connection-failed', 'policy-violation'
# The whole of POSH takes five seconds at most; the rest is what the DNS and the machine take.
LIMIT = 5.0
PRIVATE = 'internal.example .* private'

DEEP = b'[' * 30000 + b']' * 30000


def moved(url):
    return response(b'', '302 Found', 'Location: ' + url)


def fingerprints(count, document):
    """The body of `document` with very many more fingerprints."""
    parsed = json.loads(document.partition(b'\r\n\r\n')[2])
    return {**parsed, 'fingerprints': parsed['fingerprints'] * count}


def attacks(good, weak, expired):
    """{host: (its answer, or the name of one in PATHS; what the peer is told; why)}. `good`: a
    document that proves the peer."""
    body = good.partition(b'\r\n\r\n')[2]
    return {
        'to-http': (moved('http://good.example:8080/posh'), LATER, 'https'),
        'to-address': (moved('https://10.0.0.1/posh'), LATER, 'redirect leads nowhere'),
        'to-internal': (moved('https://internal.example/posh'), NEVER, PRIVATE),
        'to-port': (moved('https://good.example:22/posh'), NEVER, 'port 22'),
        'to-itself': (moved(POSH_PATH), LATER, 'more than 3 redirects'),
        'nowhere': ('/two-locations', LATER, 'redirect|Location'),
        'reference-to-http': (posh(url='http://good.example:8080/posh'), LATER, 'https'),
        'reference-to-internal': (posh(url='https://internal.example/posh'), NEVER, PRIVATE),
        'reference-to-reference': (posh(url='https://second.example:8443/posh'), LATER,
                                   'refers to another'),
        'large': (response(body + b' ' * 65537), LATER, '65536 octets'),
        'huge': ('/huge', LATER, '65536 octets'),
        'endless': ('/endless', LATER, '65536 octets'),
        'endless-chunks': ('/endless-chunks', LATER, 'pieces|octets'),
        'endless-header': ('/endless-header', LATER, 'header'),
        'endless-interim': ('/endless-interim', LATER, 'header|within'),
        'slow': ('/drip', LATER, '4 s'),
        'slow-header': ('/drip-header', LATER, '4 s'),
        'silent': ('/silence', LATER, '4 s'),
        'compressed': ('/gzip', LATER, 'document'),
        'not-http': ('/not-http', LATER, r'\w'),
        'wrong-name': (good, LATER, 'certificate'),
        'self-signed': (good, LATER, 'certificate'),
        'expired': (good, LATER, 'certificate'),
        'foreign': (good, LATER, 'certificate'),
        'ended': (expired, NEVER, 'no longer valid'),
        'negative': (response(body.replace(b': 600', b': -1')), LATER, 'document'),
        'infinite': (response(body.replace(b': 600', b': 1e308')), LATER, 'document'),
        'digits': (response(body.replace(b': 600', b': ' + b'9' * 60000)), LATER, 'document'),
        'weak': (weak, NEVER, 'hash|fingerprint'),
        'many': (response(json.dumps(fingerprints(100000, good)).encode()), LATER, 'octets'),
        'too-many': (response(json.dumps(fingerprints(65, good)).encode()), LATER, 'document'),
        'twice': (response(body[:-1] + b',"expires":600}'), LATER, 'document'),
        'deep': (response(body[:-1] + b',"x":' + DEEP + b'}'), LATER, 'document'),
    }


HOSTS = [f'{name}.example' for name in attacks(posh(fingerprints=[{}]), b'', b'')]
# These have a certificate that is wrong, and so none of the others'.
BADLY_CERTIFIED = ['wrong-name.example', 'self-signed.example', 'expired.example',
                   'foreign.example']


class PoshAttacksTest(EdgeTest):
    scene_options = {
        'proofs': {TENANT: 'require: strong'},
        'web_hosts': [*(host for host in HOSTS if host not in BADLY_CERTIFIED),
                      'honest.example', 'moved.example', 'second.example', 'good.example'],
        'more_peers': {**{host: {'tlsa': None, 'more': ['@ A {web}']}
                          for host in [*HOSTS, 'honest.example', 'moved.example', 'good.example',
                                       'second.example']},
                       'internal.example': {'more': ['@ A 10.0.0.1']}}}

    @classmethod
    def prepare(cls):
        scene = cls.scene
        good = posh([scene.peer_certificate])
        cls.attacks = attacks(good, posh([scene.peer_certificate], algorithm='sha1'),
                              posh([scene.peer_certificate], expires=0))
        for name, (answer, _, _) in cls.attacks.items():
            page = PATHS[answer] if isinstance(answer, str) else answer
            scene.web.pages[f'{name}.example{POSH_PATH}'] = page
        scene.web.pages.update({
            f'honest.example{POSH_PATH}': good,
            f'moved.example{POSH_PATH}': moved('https://good.example:8443/posh'),
            'good.example/posh': good,
            'second.example/posh': posh(url='https://good.example:8443/posh')})

    def attempt(self, domain):
        """(the first element that the peer gets, seconds until then)"""
        peer = self.connect(domain, TENANT)
        peer.secure()
        begin = time.monotonic()
        peer.open()
        first = peer.read_child()
        took = time.monotonic() - begin
        peer.link.close()
        return first, took

    def test_D6_every_attack_is_refused_within_five_seconds(self):
        before = len(self.scene.acme.recordings)
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            under_way = {name: pool.submit(self.attempt, f'{name}.example')
                         for name in self.attacks}
            while not all(each.done() for each in under_way.values()):
                self.assert_control_stream_lives()
        print()
        for name, (_, told, why) in self.attacks.items():
            first, took = under_way[name].result()
            print(f'{name:24}{took:6.3f} s  {condition(first):28}'
                  f'{error_text(first).rpartition("POSH: ")[2]}'[:150])
            with self.subTest(name):
                self.assertEqual(first.tag, f'{{{stream_text.STREAMS}}}error')
                self.assertEqual(condition(first), told, error_text(first))
                self.assertRegex(error_text(first), 'POSH: .*' + f'({why})')
                self.assertNotIn(self.scene.folder, error_text(first), 'a path of ours')
                self.assertLess(took, LIMIT)
        self.assertEqual(len(self.scene.acme.recordings), before, 'a backend was touched')

    def test_E_09_whoever_does_it_right_is_proven(self):
        for domain in ('honest.example', 'moved.example'):
            with self.subTest(domain):
                self.assertEqual(self.try_in(self.connect(domain, TENANT)), 'success')


class NotLedInsideTest(EdgeTest):
    """Without any `outbound.allow`, no address of the scene may be connected to because a
    peer's names lead there."""
    scene_options = {
        'proofs': {ANY_TENANT: 'require: any'}, 'has_authority': True, 'may_reach_us': False,
        'web_hosts': ['inside.example', 'mapped.example', 'alias.example'],
        'more_peers': {
            'inside.example': {'tlsa': None, 'more': ['@ A {web}']},
            'mapped.example': {'tlsa': None, 'more': ['@ AAAA ::ffff:{web}',
                                                      'mx AAAA ::ffff:{mx}']},
            'alias.example': {'tlsa': None, 'more': [
                '_xmpps-server._tcp SRV 0 0 5269 alias', 'alias CNAME mx.inside.example.',
                '@ A {web}']}}}

    def test_D4_no_name_of_a_stranger_leads_to_loopback(self):
        scene = self.scene
        for domain in ('inside.example', 'mapped.example', 'alias.example'):
            scene.web.pages[domain + POSH_PATH] = posh([scene.peer_certificate])
            with self.subTest(domain):
                peer = self.connect(domain, ANY_TENANT)
                self.assertEqual(self.try_in(peer, key='key'),
                                 'result error remote-connection-failed')
        self.assertEqual((scene.web.accepted, len(scene.authority.recordings)), (0, 0))


if __name__ == '__main__':
    unittest.main()
