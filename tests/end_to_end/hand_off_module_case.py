"""ModuleCase is the base of the tests of deploy/prosody/mod_danegate.lua: a real Prosody with
it, and an edge that is scripted."""

import os
import tempfile
import unittest

import support  # noqa: F401
from lab import prosody
from lab.addresses import XMPP_PORTS, AddressBlock
from lab.certificates import edge_authority, self_signed
from lab.processes import wait_until
from scripted import stream_text
from scripted.hand_off import CHALLENGE_LINE, HandOff, challenge_in
from scripted.link import Link
from scripted.peer import Peer, expect

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
                    + f'danegate_pending = {PENDING}\n')
        return prosody.Prosody('backend', folder, address,
                               {name: self_signed(cls.keys, [name])
                                for name in (TENANT, OTHER_TENANT)},
                               settings, modules=[prosody.HAND_OFF_MODULE])

    @classmethod
    def write_secrets(cls, *secrets):
        with open(cls.secret, 'w', opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write('\n'.join(secrets) + '\n')

    @property
    def address(self):
        return self.server.address, prosody.HAND_OFF_PORT

    def connect(self):
        """A link, and the challenge that the module has said there."""
        link = Link.connect(self.address)
        self.addCleanup(link.close)
        return link, challenge_in(link.read_wire_exactly(CHALLENGE_LINE))

    def said(self, link):
        """All that the server says up to its end."""
        octets = b''
        while link.ended is None:
            octets += link.read()
        return octets

    def hand_off(self, secret=SECRET, **claim):
        return HandOff(secret, claim.pop('to', TENANT), claim.pop('peer', PEER_DOMAIN),
                       claim.pop('backend', self.address), **claim)

    def assert_taken(self, link, challenge, hand_off):
        link.send(hand_off.header(challenge))
        answer = hand_off.taken(challenge) + b'\r\n'
        self.assertEqual(link.read_wire_exactly(len(answer)), answer)

    def stream(self, domain=PEER_DOMAIN, to=TENANT, **claim):
        """A scripted peer behind a hand-off that was taken."""
        peer = Peer(self.address, domain, to)
        self.addCleanup(peer.link.close)
        challenge = challenge_in(peer.link.read_wire_exactly(CHALLENGE_LINE))
        self.assert_taken(peer.link, challenge, self.hand_off(to=to, peer=domain, **claim))
        return peer

    def established(self, **claim):
        peer = self.stream(**claim)
        peer.open()
        return peer, expect(peer.read_child(), stream_text.STREAMS, 'features')

    def takes(self, secret):
        """Whether a hand-off with this secret is taken."""
        (link, challenge), hand_off = self.connect(), self.hand_off(secret)
        link.send(hand_off.header(challenge))
        said = b''
        while link.ended is None and b'\r\n' not in said:
            said += link.read()
        return said == hand_off.taken(challenge) + b'\r\n'

    def assert_logged(self, words):
        wait_until(lambda: words in self.server.process.log(), f'Prosody logs "{words}"')

    def assert_refused_in_silence(self, say, log):
        """`say`: the octets for a challenge; `log`: words in Prosody's log."""
        before = self.server.process.log().count(log)
        link, challenge = self.connect()
        link.send(say(challenge))
        self.assertEqual(self.said(link), b'')
        wait_until(lambda: self.server.process.log().count(log) == before + 1,
                   f'Prosody logs "{log}" once more')

    def assert_refused(self, hand_off, words):
        """And told why: the words are in the log too."""
        link, challenge = self.connect()
        link.send(hand_off.header(challenge))
        said = self.said(link)
        why = said[len('danegate-1 refused ') + 65:-2]
        self.assertEqual(said, hand_off.refused(challenge, why) + b'\r\n')
        self.assertIn(words, why.decode())
        self.assert_logged(words)
