#!/usr/bin/python3
"""What deploy/prosody/mod_danegate.lua promises, of a real Prosody: a stream without TLS
and SASL for whoever has the secret, as the peer that the header says, and for nobody else.
What is refused is in Prosody's log."""

import os
import signal
import subprocess
import tempfile
import time
import unittest

import support  # noqa: F401
from lab import prosody
from lab.addresses import XMPP_PORTS, AddressBlock
from lab.certificates import edge_authority, self_signed
from lab.processes import accepts, wait_until
from scripted import stream_text
from scripted.hand_off import NONCE, PEER, SEAL, TIME, TO, HandOff, field
from scripted.link import Link
from scripted.peer import Peer, client_context, expect

PEER_DOMAIN, TENANT, OTHER_TENANT = 'peer.example', 'tenant.example', 'other.example'
SECRET, NEXT_SECRET = '0123456789abcdef' * 4, 'fedcba9876543210' * 4
PENDING = 20


class ModuleCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.block = AddressBlock([*XMPP_PORTS, prosody.HAND_OFF_PORT])
        cls.addClassCleanup(cls.block.close)
        cls.keys = folder.name
        cls.secret = os.path.join(folder.name, 'hand-off.secret')
        cls.write_secrets(SECRET)
        cls.edge_ca = edge_authority(os.path.join(folder.name, 'edge-ca'), [TENANT])
        cls.server = cls.make_server(os.path.join(folder.name, 'backend'))
        cls.addClassCleanup(cls.server.stop)
        cls.start_server()

    @classmethod
    def start_server(cls):
        cls.server.start().wait_ready()

    @classmethod
    def make_server(cls, folder):
        os.mkdir(folder)
        address = cls.block.address(1)
        settings = (prosody.backend_settings(folder, address, cls.edge_ca.root.chain)
                    + prosody.hand_off_settings(address, cls.secret)
                    + f'danegate_pending = {PENDING}\nadmin_socket = "{folder}/shell"\n')
        return prosody.Prosody('backend', folder, address,
                               {name: self_signed(cls.keys, [name])
                                for name in (TENANT, OTHER_TENANT)},
                               settings, modules=[prosody.HAND_OFF_MODULE, 'admin_shell'])

    @classmethod
    def write_secrets(cls, *secrets):
        with open(cls.secret, 'w', opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write('\n'.join(secrets) + '\n')

    def connect(self):
        link = Link.connect((self.server.address, prosody.HAND_OFF_PORT))
        self.addCleanup(link.close)
        return link

    def said(self, link):
        """All that the server says up to its end."""
        octets = b''
        while link.ended is None:
            octets += link.read()
        return octets

    def hand_off(self, secret=SECRET, **claim):
        return HandOff(secret, claim.pop('to', TENANT), claim.pop('peer', PEER_DOMAIN), **claim)

    def assert_taken(self, link, hand_off):
        link.send(hand_off.header)
        line = link.read_wire_exactly(len(hand_off.answer) + 2)
        self.assertEqual(line, hand_off.answer + b'\r\n')

    def stream(self, domain=PEER_DOMAIN, to=TENANT, **claim):
        """A scripted peer behind a hand-off that was taken."""
        peer = Peer((self.server.address, prosody.HAND_OFF_PORT), domain, to)
        self.addCleanup(peer.link.close)
        self.assert_taken(peer.link, self.hand_off(to=to, peer=domain, **claim))
        return peer

    def established(self, **claim):
        peer = self.stream(**claim)
        peer.open()
        return peer, expect(peer.read_child(), stream_text.STREAMS, 'features')

    def takes(self, secret):
        """Whether a hand-off with this secret is taken."""
        link, hand_off = self.connect(), self.hand_off(secret)
        link.send(hand_off.header)
        said = b''
        while link.ended is None and b'\r\n' not in said:
            said += link.read()
        return said == hand_off.answer + b'\r\n'

    def assert_logged(self, words):
        wait_until(lambda: words in self.server.process.log(), f'Prosody logs "{words}"')

    def assert_refused(self, octets, answer, log):
        """`answer`: what is said before the end; `log`: words in Prosody's log."""
        before = self.server.process.log().count(log)
        link = self.connect()
        link.send(octets)
        said = self.said(link)
        if answer is None:
            self.assertEqual(said, b'')
        else:
            self.assertEqual(said[:19], b'danegate-1 refused ')
            self.assertIn(answer.encode(), said)
        wait_until(lambda: self.server.process.log().count(log) == before + 1,
                   f'Prosody logs "{log}" once more')


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
        link = self.connect()
        self.assert_taken(link, self.hand_off(peer=None))
        self.assertEqual(self.said(link), b'')

    def test_names_are_read_as_in_stream_headers(self):
        self.established(domain='bücher.example')


class RefusalTest(ModuleCase):
    def test_what_has_no_right_seal_is_told_nothing(self):
        wrong_seal = 'the seal is missing, or made with another secret'
        rows = [
            ('another secret', self.hand_off(NEXT_SECRET).header, wrong_seal),
            ('no seal', self.hand_off(without=[SEAL]).header, wrong_seal),
            ('a seal of zeros', self.hand_off(seal=b'0' * 64).header, wrong_seal),
            ('an upper-case seal', self.upper_case_seal(), wrong_seal),
            ('a changed domain',
             self.hand_off().header.replace(PEER_DOMAIN.encode(), b'evil.example'), wrong_seal),
            ('fields behind the seal', self.lengthened(field(0xE5, b'x')), wrong_seal),
            ('a stream header', stream_text.header(from_=PEER_DOMAIN, to=TENANT).encode(),
             'it does not begin with a PROXY v2 header'),
            ('a PROXY v1 header', b'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n',
             'it does not begin with a PROXY v2 header'),
            ('TLS', b'\x16\x03\x01\x00\x05', 'it does not begin with a PROXY v2 header'),
            ('LOCAL', self.hand_off(command=0x20).header, 'not of a TCP connection'),
            ('no fields', self.hand_off().header[:14] + b'\0\x0c' + bytes(12), 'has no seal'),
            ('too long', self.hand_off(more=field(0xE4, bytes(5000))).header, 'is too long'),
            ('octets behind', self.hand_off().header + b'<', 'octets behind the PROXY header'),
        ]
        for claim, octets, log in rows:
            with self.subTest(claim):
                self.assert_refused(octets, None, log)

    def upper_case_seal(self):
        header = self.hand_off().header
        return header[:-64] + header[-64:].upper()

    def lengthened(self, more):
        """A right header with something behind its seal, and the length to match."""
        header = self.hand_off().header
        length = int.from_bytes(header[14:16], 'big') + len(more)
        return header[:14] + length.to_bytes(2, 'big') + header[16:] + more

    def test_what_is_sealed_and_wrong_is_told_why(self):
        rows = [
            ('old', {'when': time.time() - 70}, 'seconds from the clock here'),
            ('of the future', {'when': time.time() + 70}, 'seconds from the clock here'),
            ('without a time', {'without': [TIME]}, 'has no time, or no nonce'),
            ('without a nonce', {'without': [NONCE]}, 'has no time, or no nonce'),
            ('with a short nonce', {'nonce': 'abc'}, 'has no time, or no nonce'),
            ('without a domain', {'without': [TO]}, 'names no domain'),
            ('to a domain that is not here', {'to': 'nowhere.example'},
             'this server does not host nowhere.example'),
            ('from a domain that is here', {'peer': OTHER_TENANT},
             OTHER_TENANT + ' is hosted here itself'),
            ('with two peers', {'more': field(PEER, b'evil.example')}, 'malformed'),
            ('with half a field', {'more': b'\xe4\0'}, 'malformed'),
        ]
        for claim, options, words in rows:
            with self.subTest(claim):
                self.assert_refused(self.hand_off(**options).header, words, words)

    def test_a_header_is_good_once(self):
        hand_off = self.hand_off()
        self.assert_taken(self.connect(), hand_off)
        self.assert_refused(hand_off.header, 'the header was here before',
                            'the header was here before')
        again = self.hand_off(nonce='0' * 32)
        self.assert_taken(self.connect(), again)
        other_time = self.hand_off(nonce='0' * 32, when=time.time() + 5)
        self.assert_taken(self.connect(), other_time)

    def test_what_was_here_is_known_after_the_module_is_reloaded(self):
        hand_off = self.hand_off()
        self.assert_taken(self.connect(), hand_off)
        done = subprocess.run(['prosodyctl', '--config', self.server.config, 'shell', 'module',
                               'reload', 'danegate'], check=True, timeout=20,
                              capture_output=True, text=True)
        self.assertIn('Reloaded on', done.stdout)
        self.assert_refused(hand_off.header, 'the header was here before',
                            'the header was here before')
        self.established()

    def test_a_header_that_does_not_come_is_waited_for_five_seconds(self):
        begin = time.monotonic()
        self.assert_refused(self.hand_off().header[:-1], None, 'no header within 5 seconds')
        self.assertLess(time.monotonic() - begin, 8)

    def test_so_many_may_be_under_way_and_no_more(self):
        waiting = [self.connect() for _ in range(PENDING)]
        self.assert_refused(b'', None, f'{PENDING} others are under way')
        for link in waiting:
            link.close()
        wait_until(lambda: self.takes(SECRET), 'there is room again')


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
        peer.send(self.hand_off().header)
        end = peer.read_to_end(5)
        self.assertEqual(stream_text.condition(end.children[-1]), 'not-well-formed')
        self.assertNotIn(b'danegate-1', peer.inbox)


if __name__ == '__main__':
    unittest.main()
