#!/usr/bin/python3
"""What deploy/prosody and deploy/ejabberd promise: a backend opens a stream to whoever
shows a certificate of the edge CA for the domain it speaks for, and to nobody else."""

import os
import socket
import struct
import tempfile
import unittest

import support  # noqa: F401
from lab import ejabberd, prosody
from lab.addresses import XMPP_PORTS, AddressBlock
from lab.certificates import Authority, edge_authority, self_signed
from lab.processes import accepts, wait_until
from scripted import stream_text
from scripted.proxy_header import SIGNATURE
from scripted.peer import Peer, client_context

PEER, TENANT = 'peer.example', 'tenant.example'


class BackendPromises:
    """The claims; a subclass says which server `start` starts, and where it listens."""

    port, direct_tls = 5269, False

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.block = AddressBlock(XMPP_PORTS)
        cls.addClassCleanup(cls.block.close)
        cls.keys = folder.name
        cls.edge_ca = edge_authority(os.path.join(folder.name, 'edge-ca'), [TENANT])
        cls.public_ca = Authority(folder.name, 'public-ca')
        cls.server = cls.start(os.path.join(folder.name, 'backend'), cls.block.address(1))
        cls.addClassCleanup(cls.server.stop)
        cls.server.start().wait_ready()

    def minted(self, name):
        return self.edge_ca.issue([name])

    def peer(self, certificate, domain=PEER, port=None, direct_tls=None):
        direct_tls = self.direct_tls if direct_tls is None else direct_tls
        peer = Peer((self.server.address, port or self.port), domain, TENANT,
                    client_context(certificate), direct_tls=direct_tls)
        self.addCleanup(peer.link.close)
        return peer

    def assert_refused(self, peer):
        """Neither EXTERNAL succeeds nor is there any other way in."""
        first = peer.open_secured()
        if first is not None and first.tag == f'{{{stream_text.STREAMS}}}features':
            self.assertIsNone(first.find(f'{{{stream_text.DIALBACK}}}dialback'))
            first = peer.authenticate()
        if first is not None:
            self.assertIn(first.tag, (f'{{{stream_text.STREAMS}}}error',
                                      f'{{{stream_text.SASL}}}failure'))

    def test_a_minted_certificate_opens_a_stream(self):
        self.peer(self.minted(PEER)).establish()

    def test_it_opens_one_by_direct_tls_too(self):
        self.peer(self.minted(PEER), port=5270, direct_tls=True).establish()

    def test_no_certificate_opens_nothing(self):
        self.assert_refused(self.peer(None))

    def test_a_self_signed_certificate_opens_nothing(self):
        self.assert_refused(self.peer(self_signed(self.keys, [PEER])))

    def test_another_authority_opens_nothing(self):
        for tls in ({}, {'port': 5270, 'direct_tls': True}):
            with self.subTest(tls):
                self.assert_refused(self.peer(self.public_ca.issue([PEER]), **tls))

    def test_a_minted_certificate_for_another_domain_opens_nothing(self):
        self.assert_refused(self.peer(self.minted('other.example')))

    def test_dialback_is_not_spoken(self):
        peer = self.peer(self.minted(PEER))
        peer.establish()
        peer.send(f"<db:result xmlns:db='{stream_text.DIALBACK}' from='evil.example' "
                  f"to='{TENANT}'>key</db:result>")
        peer.send(stream_text.message('a@evil.example', f'b@{TENANT}', 'spoofed'))
        end = peer.read_to_end(5)
        self.assertIn(f'{{{stream_text.STREAMS}}}error', [child.tag for child in end.children])


class ProsodyTest(BackendPromises, unittest.TestCase):
    @classmethod
    def start(cls, folder, address):
        os.mkdir(folder)
        settings = prosody.backend_settings(folder, address, cls.edge_ca.root.chain)
        return prosody.Prosody('backend', folder, address,
                               {TENANT: self_signed(cls.keys, [TENANT])}, settings)

    def test_dialback_is_not_loaded_although_debians_file_enables_it(self):
        with open(self.server.config) as config:
            self.assertIn('"dialback"', config.read())
        self.assertFalse(':dialback' in self.server.process.log())

    def test_nobody_speaks_for_its_own_domain(self):
        peer = self.peer(self.minted(TENANT), domain=TENANT)
        peer.open()
        self.assertEqual(peer.read_child().tag, f'{{{stream_text.STREAMS}}}error')


class SendingProsodyTest(BackendPromises, unittest.TestCase):
    """One that trusts the public CA for what it sends, and for nothing else."""

    port, direct_tls = 5270, True

    @classmethod
    def start(cls, folder, address):
        os.mkdir(folder)
        settings = (prosody.backend_settings(folder, address, cls.edge_ca.root.chain)
                    + prosody.outgoing_settings(cls.public_ca.root.chain))
        return prosody.Prosody('backend', folder, address,
                               {TENANT: self_signed(cls.keys, [TENANT])}, settings, port=5270)

    def test_the_port_that_would_trust_the_public_ca_is_closed(self):
        self.assertFalse(accepts(self.server.address, 5269))


class EjabberdTest(BackendPromises, unittest.TestCase):
    @classmethod
    def start(cls, folder, address):
        os.mkdir(folder)
        settings = ejabberd.backend_settings(folder, address, cls.edge_ca.root.chain)
        settings += f'\ns2s_cafile: {cls.public_ca.root.chain}'  # of what it sends
        return ejabberd.Ejabberd('backend', folder, address,
                                 {TENANT: self_signed(cls.keys, [TENANT])}, settings)

    def test_nobody_speaks_for_its_own_domain(self):
        """ejabberd itself would let it in: the edge CA's name constraints keep it out."""
        self.assert_refused(self.peer(self.minted(TENANT), domain=TENANT))

    def test_the_proxy_port_learns_the_peers_address(self):
        peer = Peer((self.server.address, 5273), PEER, TENANT, client_context(self.minted(PEER)))
        self.addCleanup(peer.link.close)
        addresses = socket.inet_aton('192.0.2.99') + socket.inet_aton('192.0.2.1')
        peer.send(SIGNATURE + struct.pack('>BBH8sHH', 0x21, 0x11, 12, addresses, 4711, 5269))
        peer.establish()
        wait_until(lambda: '192.0.2.99:4711' in self.server.own_log(), 'the address is logged')


if __name__ == '__main__':
    unittest.main()
