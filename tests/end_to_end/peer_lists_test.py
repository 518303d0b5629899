#!/usr/bin/python3
"""proof.allow and proof.deny: who is refused by name is told so, whatever it could prove and
however it comes, and causes no question to anybody."""

import unittest

from edge_case import EdgeTest
from scene import ACME, WONDER

OPEN, CLUB = 'open.tenant.example', 'club.tenant.example'
SPAM = 'bulk.spam.example'


class PeerListsTest(EdgeTest):
    scene_options = {
        'shards': 1, 'has_authority': True,
        'proofs': {
            ACME: "require: dane, deny: [stranger.example, '*.spam.example']",
            WONDER: 'require: any',
            OPEN: "require: any, deny: ['*.spam.example']",
            CLUB: "require: dane, allow: [peer.example, '*.friend.example'], "
                  "deny: [loud.friend.example]"},
        'more_peers': {'spam.example': {}, SPAM: {'tlsa': None}, 'good.example': {'tlsa': None},
                       'a.friend.example': {}, 'loud.friend.example': {}}}

    def setUp(self):
        self.scene.authority.words.update(right='valid')

    def questions(self, domain):
        """How often anything was asked of the domain."""
        return sum(count for question, count in self.scene.relay.rules.counts().items()
                   if question.split()[0].rstrip('.').endswith(domain))

    def assert_refused(self, domain, to, words, setting='proof.deny', **options):
        """With a text, and without a question."""
        before = self.questions(domain)
        peer = self.connect(domain, to=to, **options)
        peer.open_secured()
        line = self.assert_stream_error(peer, 'policy-violation', words, reason='not-proven',
                                        outcome='disproved', proof_reason='peer-refused')
        verdict = self.scene.danegate.wait_for_event('verdict', stream=line['stream'])
        self.assertEqual((verdict['setting'], verdict['from_cache']), (setting, False))
        self.assertEqual(self.questions(domain), before)

    def test_who_is_denied_is_refused_whatever_it_proves(self):
        self.assert_refused('stranger.example', ACME,
                            'stranger.example is not welcome here: this domain refuses it')

    def test_who_is_below_a_denied_domain_is_refused(self):
        self.assert_refused(SPAM, ACME, f'{SPAM} is not welcome here')

    def test_the_domain_itself_is_not_below_itself(self):
        peer, recording = self.established('spam.example')
        self.assert_delivered(peer, recording)

    def test_dialback_is_not_offered_to_who_is_denied(self):
        self.assert_refused(SPAM, OPEN, 'is not welcome here', certificate=None)

    def test_where_some_are_allowed_no_others_are(self):
        for domain in ('peer.example', 'a.friend.example'):
            peer = self.connect(domain, to=CLUB)
            peer.establish()
        self.assert_refused('unknown-yet.example', CLUB, 'talks with a list of domains only',
                            setting='proof.allow')
        self.assert_refused('loud.friend.example', CLUB, 'this domain refuses it')

    def test_another_tenant_takes_whom_one_denies(self):
        peer, recording = self.established('stranger.example', to=WONDER)
        self.assert_delivered(peer, recording)
        denied = self.connect('stranger.example', to=ACME)
        denied.open_secured()
        self.assert_stream_error(denied, 'policy-violation', 'not welcome')

    def test_a_further_pair_of_a_stream_is_refused_as_well(self):
        peer = self.connect('good.example', to=OPEN, certificate=None)
        peer.open_secured()
        self.assertEqual(self.say_key(peer, 'right').get('type'), 'valid')
        before = self.questions(SPAM)
        answer = self.say_key(peer, 'right', SPAM)
        self.assertEqual(answer.get('type'), 'error')
        self.assertIn('is not welcome here', ''.join(answer.itertext()))
        self.assertEqual(self.questions(SPAM), before)


if __name__ == '__main__':
    unittest.main()
