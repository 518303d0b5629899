#!/usr/bin/python3
"""Dialback with scripted servers on both ends: peers that claim a pair, and authoritative
servers that are asked about their keys, and answer well, badly or not at all. And the edge
itself as the authoritative server of its tenants."""

import concurrent.futures
import hashlib
import hmac
import socket
import time
import unittest

from edge_case import CONTRABAND, EdgeTest, dialback_condition
from lab.processes import wait_until
from scene import ACME, EDGE_HOST, WONDER
from scripted import deviations, stream_text
from scripted.authority import HANG_UP, SILENCE
from scripted.peer import expect
from scripted.stream_text import condition, dialback, error_text

STRICT = 'strict.tenant.example'
SECRET = 'a secret of more than thirty-two characters'
PLAIN = {'tlsa': None}
NO_TLS = stream_text.header(id='c') + '<stream:features/>'

# No XMPP server is there; what is shall not get an octet of ours.
OTHER_PORTS = [22, 25, 6379]

# What becomes of the question about a key: the domain, the step at which its server deviates
# and how, or what it says; what the peer is told; the seconds that this may take.
TROUBLES = [
    ('nobody', None, None, 'remote-connection-failed', 2),
    ('nowhere', None, None, 'remote-server-not-found', 2),
    ('leaves', 'header', deviations.close, 'remote-server-timeout', 2),
    ('unknown', 'header', deviations.stream_error('host-unknown', 'who?'),
     'remote-server-not-found', 2),
    ('cleartext', 'header', deviations.say(NO_TLS), 'policy-violation', 2),
    ('mute', 'header', deviations.silence, 'remote-server-timeout', 21),
    ('no-handshake', 'tls', deviations.silence, 'remote-connection-failed', 21),
    ('breaks-off', 'tls', deviations.close, 'remote-connection-failed', 2),
    ('late', 'features', deviations.silence, 'remote-server-timeout', 21),
    ('forgets', 'key', 'error', 'remote-server-not-found', 2),
    ('hangs-up', 'key', HANG_UP, 'remote-server-timeout', 2),
    ('silent', 'key', SILENCE, 'remote-server-timeout', 21),
]


class DialbackTest(EdgeTest):
    scene_options = {
        'shards': 1, 'has_authority': True,
        'proofs': {ACME: 'require: any', WONDER: 'require: any'},
        'more_peers': {
            **{f'{name}.example': PLAIN for name in (
                'good', 'second', 'forger', 'early', *(each[0] for each in TROUBLES))},
            **{f'port{port}.example': {'tlsa': None, 'port': port} for port in OTHER_PORTS},
            'nobody.example': {'tlsa': None, 'address': '{nobody}'},
            'nowhere.example': {'tlsa': None, 'address': None},
            'turned.example': {'tlsa': None, 'ttl': 1}}}

    def setUp(self):
        self.scene.authority.words.update(right='valid')

    def test_G_32_without_a_secret_no_key_is_ours(self):
        peer = self.claiming('good.example', 7)
        peer.send(dialback('verify', 'good.example', peer.to, 'a' * 64, id='x'))
        answer = expect(peer.read_child(), stream_text.DIALBACK, 'verify')
        self.assertEqual(answer.get('type'), 'invalid')

    def claiming(self, domain, network, server_name=None, **options):
        """A peer that has been offered dialback, and nothing else."""
        peer = self.connect(domain, network=network, patience=30, **options)
        features = expect(peer.open_secured(server_name), stream_text.STREAMS, 'features')
        expect(features[0], 'urn:xmpp:features:dialback', 'dialback')
        return peer

    # --- the receiving server ---

    def test_F_06_a_second_sender_and_tenant_on_one_stream(self):
        peer = self.claiming('good.example', network=1, server_name=EDGE_HOST)
        self.assertEqual(self.say_key(peer, 'right').get('type'), 'valid')
        answer = self.say_key(peer, 'right', 'second.example', WONDER)
        self.assertEqual((answer.get('from'), answer.get('to'), answer.get('type')),
                         (WONDER, 'second.example', 'valid'))
        for from_, to, backend in (('good.example', ACME, self.scene.acme),
                                   ('second.example', WONDER, self.scene.wonder)):
            mark = f'from {from_}'
            peer.send_message(mark, f'a@{from_}', f'b@{to}')
            recording = backend.wait_for_stanzas(mark)
            self.assertEqual((recording.peer, recording.to), (from_, to))
        # what is proven is a->x and b->y.
        peer.send_message(CONTRABAND, 'a@good.example', f'b@{WONDER}')
        self.assert_stream_error(peer, 'invalid-from', WONDER, stanzas=2)

    def test_a_backend_that_fails_a_further_pair_is_told_by_that_pairs_tenant(self):
        peer = self.claiming('good.example', network=1, server_name=EDGE_HOST)
        self.assertEqual(self.say_key(peer, 'right').get('type'), 'valid')
        self.scene.wonder.stop_listening()
        self.addCleanup(self.scene.wonder.recover)
        self.say_key(peer, 'right', 'second.example', WONDER)
        told = self.scene.danegate.wait_for_event('backend_failed')
        self.assertEqual((told['to'], told['tenant'], told['backend']),
                         (WONDER, 'wonder', '%s:%d' % self.scene.wonder.address))

    def test_B3_no_further_pair_with_another_tenant_than_the_served_certificates(self):
        peer = self.claiming('good.example', network=1)
        self.assertEqual(self.say_key(peer, 'right').get('type'), 'valid')
        answer = self.say_key(peer, 'right', 'second.example', WONDER)
        self.assertEqual(dialback_condition(answer), 'item-not-found')
        self.assert_delivered(peer, self.recording_of(peer))

    def test_G_24_an_invalid_key_ends_the_stream(self):
        peer = self.claiming('forger.example', network=2)
        self.assertEqual(self.say_key(peer, 'wrong').get('type'), 'invalid')
        self.assertTrue(peer.read_to_end().closed)
        self.assert_fields(self.stream_line(peer), {
            'established': False, 'reason': 'not-proven', 'detail': 'key of forger.example'})

    def test_G_24_and_does_not_where_another_pair_is_valid(self):
        peer = self.claiming('good.example', network=2)
        self.assertEqual(self.say_key(peer, 'right').get('type'), 'valid')
        answer = self.say_key(peer, 'wrong', 'forger.example')
        self.assertEqual(dialback_condition(answer), 'forbidden')
        self.assert_delivered(peer, self.recording_of(peer))

    def test_G_20_no_stanza_goes_through_before_the_answer(self):
        self.scene.authority.words['never'] = SILENCE
        peer = self.claiming('early.example', network=3)
        peer.send(dialback('result', 'early.example', ACME, 'never'))
        peer.send_message(CONTRABAND)
        self.assert_stream_error(peer, 'not-authorized', stanzas=0)

    def test_C6_answers_that_nobody_asked_for_let_nobody_in(self):
        for name, more in (('result', {}), ('verify', {'id': 'x'})):
            with self.subTest(name):
                peer = self.claiming('early.example', network=4)
                peer.send(dialback(name, 'early.example', ACME, type='valid', **more))
                peer.send_message(CONTRABAND)
                self.assert_stream_error(peer, 'not-authorized', stanzas=0)

    # --- the authoritative server ---

    def test_G_23_it_is_asked_about_the_key_and_the_id_of_this_stream(self):
        peer = self.claiming('good.example', network=5)
        self.assertEqual(self.say_key(peer, ' right\n').get('type'), 'valid')
        self.assertEqual(self.scene.authority.asked[-1], {
            'from': ACME, 'to': 'good.example', 'id': peer.read_header()['id'], 'key': 'right'})

    def test_G_25_every_trouble_with_it_has_its_word_and_its_time(self):
        troubles = {f'{each[0]}.example': each[1:3] for each in TROUBLES}
        for step in ('header', 'tls', 'features'):
            self.scene.authority.deviate(step, deviations.of_domain(
                {domain: how for domain, (at, how) in troubles.items() if at == step}))
        self.scene.authority.words.update(
            {domain: how for domain, (at, how) in troubles.items() if at == 'key'})
        with concurrent.futures.ThreadPoolExecutor(len(TROUBLES)) as pool:
            answers = list(pool.map(self.trouble, range(len(TROUBLES))))
        print()
        for (name, _, _, told, limit), (answer, took) in zip(TROUBLES, answers):
            print(f'{name:14}{took:7.3f} s  {dialback_condition(answer)}')
            with self.subTest(name):
                self.assertEqual(dialback_condition(answer), told)
                self.assertLess(took, limit)

    def trouble(self, number):
        domain = f'{TROUBLES[number][0]}.example'
        peer = self.claiming(domain, network=6 + number % 2)
        begin = time.monotonic()
        answer = self.say_key(peer, domain)
        return answer, time.monotonic() - begin

    def test_D4_a_name_leads_to_no_port_but_those_of_xmpp(self):
        for port in OTHER_PORTS:
            with self.subTest(port), socket.create_server((self.scene.peer_address, port)) as trap:
                peer = self.claiming(f'port{port}.example', network=10)
                answer = self.say_key(peer, 'right')
                self.assertEqual(dialback_condition(answer), 'remote-connection-failed')
                self.assertRegex(error_text(answer[0]), f'port {port}')
                trap.setblocking(False)
                self.assertRaises(BlockingIOError, trap.accept)

    def test_G_27_a_certificate_that_its_tlsa_contradicts_makes_the_right_key_worthless(self):
        """The record appears when the edge has begun to ask."""
        def publish(*_):
            self.scene.replace_zone('turned.example', tlsa='3 1 1 ' + '00' * 32, ttl=1)
            wait_until(self.is_disproved, 'the edge sees the new record')
            return True
        self.scene.authority.deviate('proceed', publish)
        peer = self.claiming('turned.example', network=8,
                             certificate=self.scene.other_certificate)
        self.assertEqual(dialback_condition(self.say_key(peer, 'right')), 'not-authorized')
        self.assertEqual(self.scene.authority.connects('turned.example'), 1)

    def is_disproved(self):
        return condition(self.connect('turned.example', certificate=self.scene.wonder_certificate,
                                      network=9).open_secured()) == 'not-authorized'


class VictimTest(EdgeTest):
    scene_options = {'shards': 1, 'has_authority': True, 'proofs': {ACME: 'require: any'},
                     'more_peers': {'victim.example': PLAIN, 'attacker.example': PLAIN}}
    STREAMS, CLAIMS = 40, 25   # a stream may say 32 in a minute

    def test_D7_a_thousand_claims_make_few_connections(self):
        begin = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = sum(pool.map(self.claim, range(self.STREAMS)), [])
        took = time.monotonic() - begin
        connects = len(self.scene.authority.recordings)
        print(f'\n{len(answers)} claims in {took:.1f} s: {connects} connections')
        self.assertEqual(len(answers), self.STREAMS * self.CLAIMS)
        self.assertLessEqual(connects, 10 + took / 6 + 1)
        self.assertIn('resource-constraint', answers)

    def claim(self, _):
        """Each is answered before the next, so that none is the same pair still waiting."""
        peer = self.connect('attacker.example')
        peer.open_secured()
        self.scene.authority.words['k'] = 'error'
        return [dialback_condition(self.say_key(peer, 'k', 'victim.example'))
                for _ in range(self.CLAIMS)]


class OwnKeysTest(EdgeTest):
    """The edge is asked about keys of its tenants, by servers that show no certificate."""
    scene_options = {'proofs': {STRICT: 'require: dane'}, 'dialback_secret': SECRET,
                     'more_peers': {'asker.example': PLAIN}}

    def key(self, sender, id_='D60000229F', receiver='asker.example', secret=SECRET):
        """XEP-0185, 3."""
        hashed = hashlib.sha256(secret.encode()).hexdigest()
        return hmac.new(hashed.encode(), f'{receiver} {sender} {id_}'.encode(),
                        'sha256').hexdigest()

    def asker(self):
        peer = self.connect('asker.example', STRICT, certificate=None)
        expect(peer.open_secured(), stream_text.STREAMS, 'features')
        return peer

    def ask(self, peer, key, to=STRICT, id_='D60000229F'):
        """(the type of the answer, its condition)"""
        peer.send(dialback('verify', 'asker.example', to, key, id=id_))
        answer = expect(peer.read_child(), stream_text.DIALBACK, 'verify')
        self.assertEqual((answer.get('from'), answer.get('to'), answer.get('id')),
                         (to, 'asker.example', id_))
        return answer.get('type'), dialback_condition(answer)

    def test_G_30_a_key_is_valid_if_it_is_made_as_xep_0185_says(self):
        peer = self.asker()
        self.assertEqual(self.ask(peer, self.key(STRICT)), ('valid', None))
        for claim, key in (('another secret', self.key(STRICT, secret='x' * 40)),
                           ('G-61 another stream', self.key(STRICT, 'another')),
                           ('G-62 another target', self.key(STRICT, receiver='else.example')),
                           ('G-68 another tenant', self.key(ACME)),
                           ('cut short', self.key(STRICT)[:-1]), ('G-69 no key', '')):
            with self.subTest(claim):
                self.assertEqual(self.ask(peer, key), ('invalid', None))
        self.assertEqual(self.ask(peer, self.key('who.example'), 'who.example'),
                         ('error', 'item-not-found'))
        self.assertEqual(self.ask(peer, self.key(ACME), ACME), ('valid', None))

    def test_G_28_whoever_asks_about_keys_may_do_nothing_else(self):
        peer = self.asker()
        self.assertEqual(self.ask(peer, self.key(STRICT)), ('valid', None))
        peer.send_message(CONTRABAND)
        self.assert_stream_error(peer, 'policy-violation', 'certificate', stanzas=0)


if __name__ == '__main__':
    unittest.main()
