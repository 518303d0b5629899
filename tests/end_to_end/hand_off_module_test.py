#!/usr/bin/python3
"""What deploy/prosody/mod_danegate.lua promises, of a real Prosody: a stream without TLS
and SASL for whoever has the secret, as the peer that the header says, and for nobody else.
What is refused is in Prosody's log."""

import os
import signal
import time
import unittest

from hand_off_module_case import (NEXT_SECRET, OTHER_TENANT, PEER_DOMAIN, PENDING, SECRET, TENANT,
                                  ModuleCase)
from lab import prosody
from lab.processes import accepts, wait_until
from scripted import stream_text
from scripted.hand_off import BACKEND, NONCE, PEER, SEAL, TO, field
from scripted.peer import Peer, client_context


class StreamTest(ModuleCase):
    def test_a_hand_off_opens_a_stream_without_tls_and_sasl(self):
        _, features = self.established()
        for namespace, name in ((stream_text.TLS, 'starttls'), (stream_text.SASL, 'mechanisms'),
                                (stream_text.DIALBACK, 'dialback')):
            self.assertIsNone(features.find(f'{{{namespace}}}{name}'))

    def test_the_stream_is_the_peers_and_its_address_is_in_the_log(self):
        peer, _ = self.established(source=('192.0.2.77', 4242))
        peer.send(f"<iq type='get' id='p' from='a@{PEER_DOMAIN}' to='{TENANT}'>"
                  "<ping xmlns='urn:xmpp:ping'/></iq>")
        self.assert_logged(f'Handed off by danegate: {PEER_DOMAIN} at 192.0.2.77 port 4242, '
                           f'to {TENANT}')
        self.assert_logged(f'Incoming s2s connection {PEER_DOMAIN}->{TENANT} complete')

    def test_a_peer_may_come_by_ipv6(self):
        self.established(source=('2001:db8::99', 4243))
        self.assert_logged(f'{PEER_DOMAIN} at 2001:db8::99 port 4243')

    def test_a_stanza_from_another_domain_ends_the_stream(self):
        for sender in ('evil.example', 'sub.' + PEER_DOMAIN, TENANT, OTHER_TENANT):
            with self.subTest(sender):
                peer, _ = self.established()
                peer.send(stream_text.message(f'a@{sender}', f'b@{TENANT}', 'spoofed'))
                end = peer.read_to_end(5)
                self.assertEqual(stream_text.condition(end.children[-1]), 'not-authorized')

    def test_the_header_must_have_the_domains_of_the_hand_off(self):
        for attributes in ({'from_': 'evil.example'}, {'to': OTHER_TENANT}, {'from_': None},
                           {'to': None}):
            with self.subTest(str(attributes)):
                peer = self.stream()
                peer.open(**attributes)
                self.assertEqual(stream_text.condition(peer.read_child()), 'improper-addressing')

    def test_nothing_is_heard_before_the_header(self):
        peer = self.stream()
        peer.send(stream_text.message(f'a@{PEER_DOMAIN}', f'b@{TENANT}', 'too early'))
        end = peer.read_to_end(5)
        self.assertEqual(stream_text.condition(end.children[-1]), 'invalid-namespace')

    def test_starttls_is_not_to_be_had(self):
        peer, _ = self.established()
        peer.send(stream_text.STARTTLS)
        self.assertEqual(peer.read_child(5).tag, f'{{{stream_text.TLS}}}failure')

    def test_dialback_adds_no_domain(self):
        peer, _ = self.established()
        peer.send(stream_text.dialback('result', 'evil.example', TENANT, 'key'))
        peer.send(stream_text.message('a@evil.example', f'b@{TENANT}', 'spoofed'))
        end = peer.read_to_end(5)
        self.assertIn(f'{{{stream_text.STREAMS}}}error', [child.tag for child in end.children])

    def test_a_check_is_answered_and_opens_nothing(self):
        link, challenge = self.connect()
        self.assert_taken(link, challenge, self.hand_off(peer=None))
        self.assertEqual(self.said(link), b'')

    def test_names_are_read_as_in_stream_headers(self):
        self.established(domain='bücher.example')


class RefusalTest(ModuleCase):
    def test_what_has_no_right_seal_is_told_nothing(self):
        wrong_seal = 'the seal is missing, or made with another secret'
        no_header = 'it does not begin with a PROXY v2 header'
        right = self.hand_off()
        rows = [
            ('another secret', self.hand_off(NEXT_SECRET).header, wrong_seal),
            ('no seal', self.hand_off(without=[SEAL]).header, wrong_seal),
            ('a seal of zeros', self.hand_off(seal=b'0' * 64).header, wrong_seal),
            ('an upper-case seal',
             lambda said: right.header(said)[:-64] + right.header(said)[-64:].upper(), wrong_seal),
            ('a seal for another challenge',
             lambda said: right.header(bytes(reversed(said))), wrong_seal),
            ('a changed domain',
             lambda said: right.header(said).replace(PEER_DOMAIN.encode(), b'evil.example'),
             wrong_seal),
            ('fields behind the seal',
             lambda said: lengthened(right.header(said), field(0xE5, b'x')), wrong_seal),
            ('a stream header',
             lambda said: stream_text.header(from_=PEER_DOMAIN, to=TENANT).encode(), no_header),
            ('a PROXY v1 header', lambda said: b'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n', no_header),
            ('TLS', lambda said: b'\x16\x03\x01\x00\x05', no_header),
            ('LOCAL', self.hand_off(command=0x20).header, 'not of a TCP connection'),
            ('no fields', lambda said: right.header(said)[:14] + b'\0\x0c' + bytes(12),
             'has no seal'),
            ('too long', self.hand_off(more=field(0xE4, bytes(5000))).header, 'is too long'),
            ('octets behind', lambda said: right.header(said) + b'<',
             'octets behind the PROXY header'),
        ]
        for claim, say, log in rows:
            with self.subTest(claim):
                self.assert_refused_in_silence(say, log)

    def test_what_is_sealed_and_wrong_is_told_why(self):
        otherwise = 'Prosody would write a domain of it otherwise'
        rows = [
            ('for another address', {'backend': ('127.0.0.9', prosody.HAND_OFF_PORT)},
             'it was meant for 127.0.0.9:'),
            ('for another port', {'backend': (self.server.address, 5269)}, 'it was meant for'),
            ('for nowhere', {'without': [BACKEND]}, 'does not say where it goes'),
            ('without a nonce', {'without': [NONCE]}, 'has no nonce'),
            ('with a short nonce', {'nonce': 'abc'}, 'has no nonce'),
            ('without a domain', {'without': [TO]}, 'names no domain'),
            ('to a domain that is not here', {'to': 'nowhere.example'},
             'this server does not host nowhere.example'),
            ('from a domain that is here', {'peer': OTHER_TENANT},
             OTHER_TENANT + ' is hosted here itself'),
            ('with two peers', {'more': field(PEER, b'evil.example')}, 'malformed'),
            ('with half a field', {'more': b'\xe4\0'}, 'malformed'),
            # Domains of their own for IDNA 2008, which Prosody takes for others.
            ('sharp s', {'peer': 'straße.example'}, otherwise),
            ('final sigma', {'peer': 'βόλος.example'}, otherwise),
            ('zero-width joiner', {'peer': 'श्\u200dर.example'}, otherwise),
            ('upper case', {'peer': 'Peer.example'}, otherwise),
        ]
        for claim, options, words in rows:
            with self.subTest(claim):
                self.assert_refused(self.hand_off(**options), words)

    def test_no_two_connections_have_one_challenge(self):
        self.assertEqual(len({self.connect()[1] for _ in range(8)}), 8)

    def test_a_header_is_good_on_its_connection_only(self):
        hand_off = self.hand_off()
        link, challenge = self.connect()
        self.assert_taken(link, challenge, hand_off)
        self.assert_refused_in_silence(lambda _: hand_off.header(challenge),
                                       'made with another secret')

    def test_a_header_that_does_not_come_is_waited_for_five_seconds(self):
        begin = time.monotonic()
        self.assert_refused_in_silence(lambda said: self.hand_off().header(said)[:-1],
                                       'no header within 5 seconds')
        self.assertLess(time.monotonic() - begin, 8)

    def test_strangers_who_wait_do_not_keep_the_edge_out(self):
        waiting = [self.connect()[0] for _ in range(PENDING)]
        self.assertTrue(self.takes(SECRET))
        self.assertEqual(self.said(waiting[0]), b'')  # who has waited longest has to go
        self.assert_logged(f'{PENDING} others are under way')


def lengthened(header, more):
    """A header with something behind it, and the length to match."""
    length = int.from_bytes(header[14:16], 'big') + len(more)
    return header[:14] + length.to_bytes(2, 'big') + header[16:] + more


class SecretTest(ModuleCase):
    def test_a_secret_is_rolled_over_by_a_second_line(self):
        self.assertTrue(self.takes(SECRET))
        self.assertFalse(self.takes(NEXT_SECRET))
        self.write_secrets(SECRET, NEXT_SECRET)
        self.server.process.send(signal.SIGHUP)
        wait_until(lambda: self.takes(NEXT_SECRET), 'the next secret is known')
        self.assertTrue(self.takes(SECRET))
        self.write_secrets(NEXT_SECRET)
        self.server.process.send(signal.SIGHUP)
        wait_until(lambda: not self.takes(SECRET), 'the old secret is forgotten')
        self.assertTrue(self.takes(NEXT_SECRET))
        os.chmod(self.secret, 0o640)
        self.server.process.send(signal.SIGHUP)
        self.assert_logged('the secrets stay as they are')
        self.assertTrue(self.takes(NEXT_SECRET))


class BadSecretTest(ModuleCase):
    @classmethod
    def start_server(cls):
        pass

    def test_without_a_good_secret_nothing_listens(self):
        rows = [('readable by others', 0o640, SECRET, 'can be used by others than its owner'),
                ('short', 0o600, SECRET[:31], 'has a line of less than 32 characters'),
                ('with a space', 0o600, SECRET + ' ', 'has a line with a space'),
                ('empty', 0o600, '\n', 'is empty'),
                ('not there', None, '', 'No such file or directory')]
        for claim, mode, text, words in rows:
            with self.subTest(claim):
                self.write_secrets(text)
                if mode:
                    os.chmod(self.secret, mode)
                else:
                    os.remove(self.secret)
                self.server.start()
                self.assert_logged(words)
                wait_until(lambda: accepts(self.server.address, 5269), 'the rest of it works')
                self.assertFalse(accepts(self.server.address, prosody.HAND_OFF_PORT))
                self.server.stop()


class OtherPortTest(ModuleCase):
    def test_the_port_of_starttls_is_as_it_was(self):
        peer = Peer((self.server.address, 5269), PEER_DOMAIN, TENANT,
                    client_context(self.edge_ca.issue([PEER_DOMAIN])))
        self.addCleanup(peer.link.close)
        peer.establish()
        stranger = Peer((self.server.address, 5269), PEER_DOMAIN, TENANT)
        self.addCleanup(stranger.link.close)
        first = stranger.open_secured()
        self.assertEqual(stream_text.condition(first), 'not-authorized')

    def test_a_hand_off_is_nothing_to_it(self):
        peer = Peer((self.server.address, 5269), PEER_DOMAIN, TENANT)
        self.addCleanup(peer.link.close)
        peer.send(self.hand_off().header(b'0' * 64))
        end = peer.read_to_end(5)
        self.assertEqual(stream_text.condition(end.children[-1]), 'not-well-formed')
        self.assertNotIn(b'danegate-1', peer.inbox)


if __name__ == '__main__':
    unittest.main()
