#!/usr/bin/python3
"""The lab's DNS does what tests ask of it: a validator (drill) finds each zone as it was
described, and the relay counts, spoils and recovers."""

import socket
import subprocess
import tempfile
import unittest

import support  # noqa: F401
from lab import dns_message
from lab.addresses import DNS_PORT, DNS_PORTS, AddressBlock
from lab.dns import DnsTree
from lab.dns_relay import DnsRelay
from lab.processes import LabError

ZONES = {
    'peer.example': {'records': ['mx A 192.0.2.1']},
    'sparse.example': {'denial': 'nsec3', 'records': ['mx A 192.0.2.1']},
    'plain.example': {'security': 'unsigned', 'records': ['mx A 192.0.2.1']},
    'wrong.example': {'security': 'wrong-ds', 'records': ['mx A 192.0.2.1']},
    'late.example': {'security': 'expired', 'records': ['mx A 192.0.2.1']},
    'broken.example': {'tampered': ['mx.broken.example A'], 'records': ['mx A 192.0.2.1']},
    'stripped.example': {'stripped': ['mx.stripped.example A'], 'records': ['mx A 192.0.2.1']},
    'open': {'denial': 'nsec3-opt-out'},
    'plain.open': {'security': 'unsigned', 'records': ['mx A 192.0.2.1']},
}


class LabTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        block = AddressBlock(DNS_PORTS)
        cls.addClassCleanup(block.close)
        cls.tree = DnsTree(folder.name, ZONES, block.address(1))
        cls.addClassCleanup(cls.tree.stop)
        cls.tree.start()
        cls.relay = DnsRelay((cls.tree.address, cls.tree.port), block.address(2)).start()
        cls.addClassCleanup(cls.relay.close)
        cls.relay_address = block.address(2)

    def setUp(self):
        self.relay.rules.obey('clear')

    def ask(self, name, type_='A'):
        return dns_message.ask(self.relay_address, DNS_PORT, name, type_)

    def is_secure(self, name):
        """Whether there is a chain of signatures from the root to the name's address."""
        done = subprocess.run(
            ['drill', '-S', '-k', self.tree.anchor, '-p', str(self.tree.port), f'@{self.tree.address}',
             name, 'A'], text=True, capture_output=True, check=False, timeout=20)
        return 'Chase successful' in done.stdout

    def test_a_signed_zone_has_a_chain_to_the_root(self):
        for name in ('mx.peer.example', 'mx.sparse.example'):
            self.assertTrue(self.is_secure(name), name)

    def test_a_broken_or_unsigned_zone_has_none(self):
        for name in ('mx.wrong.example', 'mx.late.example', 'mx.broken.example',
                     'mx.stripped.example', 'mx.plain.example', 'mx.plain.open'):
            self.assertFalse(self.is_secure(name), name)

    def test_a_zone_can_be_replaced(self):
        self.assertEqual(self.ask('new.peer.example'), (3, 0))
        self.tree.replace('peer.example', {'records': ['mx A 192.0.2.1', 'new A 192.0.2.2']})
        self.assertEqual(self.ask('new.peer.example'), (0, 1))
        self.assertTrue(self.is_secure('new.peer.example'))

    def test_the_relay_counts_questions(self):
        before = self.relay.rules.count('mx.plain.example', 'A')
        self.ask('mx.plain.example')
        self.ask('MX.plain.example')
        self.assertEqual(self.relay.rules.count('mx.plain.example', 'A'), before + 2)

    def test_the_relay_drops_fails_and_recovers(self):
        self.assertEqual(self.relay.rules.obey('servfail mx.peer.example A'), 'ok')
        self.assertEqual(self.ask('mx.peer.example'), (dns_message.SERVFAIL, 0))
        self.relay.rules.obey('clear')
        self.relay.rules.obey('drop * A')
        self.assertIsNone(self.ask('mx.peer.example'))
        self.assertEqual(self.ask('peer.example', 'SOA'), (0, 1))
        self.relay.rules.obey('clear')
        self.assertEqual(self.ask('mx.peer.example'), (0, 1))

    def test_a_rule_that_makes_no_sense_is_refused(self):
        for line in ('drop mx.peer.example', 'lose * *', 'count', 'clear everything'):
            self.assertTrue(self.relay.rules.obey(line).startswith('error: expected'), line)


class AddressBlockTest(unittest.TestCase):
    def test_a_port_that_somebody_has_on_all_addresses_is_named_with_the_remedy(self):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with self.subTest(kind), socket.socket(socket.AF_INET, kind) as other:
                other.bind(('0.0.0.0', 0))
                port = other.getsockname()[1]
                if kind == socket.SOCK_STREAM:
                    other.listen()
                with self.assertRaisesRegex(
                        LabError, f'port {port} is taken (.|\\n)*ss -lntup .*{port}'
                                  '(.|\\n)*systemctl stop'):
                    AddressBlock([port])

    def test_a_port_that_somebody_has_on_one_address_is_free(self):
        with socket.socket() as other:
            other.bind(('127.0.0.1', 0))
            other.listen()
            AddressBlock([other.getsockname()[1]]).close()


if __name__ == '__main__':
    unittest.main()
