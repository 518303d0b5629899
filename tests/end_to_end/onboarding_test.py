#!/usr/bin/python3
"""A customer is taken on while danegate runs: the steps of README.md, "One more customer", as
they stand there, from an edge that deploy/new-edge has just made to the first message of a real
server that is proven by DANE, and proves the edge by it."""

import contextlib
import json
import os
import re
import shutil
import ssl
import subprocess
import tempfile
import unittest

from support import DANEGATE, ROOT
from lab import prosody
from lab.addresses import DNS_PORTS, XMPP_PORTS, AddressBlock
from lab.certificates import Authority, self_signed
from lab.client import Account
from lab.danegate import Running
from lab.dns import DnsTree
from lab.processes import LabError
from lab.prosody import Prosody

PEER, PEER_HOST = 'peer.example', 'mx.peer.example'
CUSTOMER, PROVIDER, EDGE_HOST = 'acme.example', 'hosting.example', 'edge.hosting.example'
TEXT = 'Is there anybody out there?'
STEPS = ['A certificate', 'One file', 'Check', 'What to publish', 'Publish', 'Look']

README = (ROOT / 'README.md').read_text()
SECTION = README[README.index('## One more customer'):README.index('### From then on')]


class Onboarding(unittest.TestCase):
    """The world: DNS, the customer's server, a peer; and the operator of the edge in it."""

    def setUp(self):
        end = self.enterContext(contextlib.ExitStack())
        self.end = end
        self.block = AddressBlock([*XMPP_PORTS, *DNS_PORTS])
        end.callback(self.block.close)
        self.folder = tempfile.mkdtemp(prefix='danegate-onboarding-')
        end.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.steps = []
        self.make_dns()
        self.make_edge()
        self.backend_ca = Authority(self.folder, 'backend-ca')

    # --- the world ------------------------------------------------------------

    def make_dns(self):
        self.peer_certificate = self_signed(self.folder, [PEER])
        self.edge_address = self.block.address(4)
        self.zones = {
            PEER: [f'_xmpp-server._tcp SRV 0 0 5269 {PEER_HOST}.',
                   f'mx A {self.block.address(3)}',
                   f'_5269._tcp.mx TLSA {self.peer_certificate.tlsa()}'],
            PROVIDER: [f'{EDGE_HOST}. A {self.edge_address}'],
            CUSTOMER: []}
        self.tree = DnsTree(os.path.join(self.folder, 'dns'),
                            {name: {'records': lines} for name, lines in self.zones.items()},
                            self.block.address(1))
        self.end.callback(self.tree.stop)
        self.tree.start()

    def make_edge(self):
        """deploy/new-edge, and what is different here: addresses, and the DNS. What it
        prints is published."""
        self.etc = os.path.join(self.folder, 'etc')
        told = self.run_words(ROOT / 'deploy' / 'new-edge', self.etc, EDGE_HOST)
        records = re.findall(r'(?m)^_.* TLSA .*$', told)
        self.assertEqual(len(records), 2)
        self.tree.replace(PROVIDER, {'records': self.zones[PROVIDER] + records})
        self.edge = Running(DANEGATE, self.etc)
        with open(self.edge.config, encoding='utf-8') as file:
            text = file.read()
        for old, new in (('"0.0.0.0:5269", "[::]:5269"', f'"{self.edge_address}:5269"'),
                         ('"0.0.0.0:5270", "[::]:5270"', f'"{self.edge_address}:5270"'),
                         ('/usr/share/dns/root.key', self.tree.anchor),
                         ('forward: []', f'forward: ["{self.tree.forward}"]'),
                         ('allow: []', f'allow: [{self.block.network}]')):
            self.assertIn(old, text)
            text = text.replace(old, new)
        with open(self.edge.config, 'w', encoding='utf-8') as file:
            file.write(text)
        self.end.callback(self.edge.stop)
        self.edge.start().wait_ready()

    def start_servers(self):
        """The peer's and the customer's, each with a user."""
        peer = Prosody('peer', os.path.join(self.folder, 'peer'), self.block.address(3),
                       {PEER: self.peer_certificate},
                       prosody.peer_settings(self.tree.forward, self.tree.anchor),
                       [(f'alice@{PEER}', 'secret')])
        folder = os.path.join(self.folder, 'backend')
        backend = Prosody('backend', folder, self.block.address(5),
                          {CUSTOMER: self.backend_ca.issue([CUSTOMER])},
                          prosody.backend_settings(folder, self.block.address(5),
                                                   os.path.join(self.etc, 'edge-ca.pem')),
                          [(f'bob@{CUSTOMER}', 'secret')])
        for server in (peer, backend):
            self.end.callback(server.stop)
            server.start()
        for server in (peer, backend):
            server.wait_ready()
        self.peer = peer
        self.alice = Account(self.folder, f'alice@{PEER}', 'secret', peer.address,
                             self.peer_certificate.chain)
        self.bob = Account(self.folder, f'bob@{CUSTOMER}', 'secret', backend.address,
                           self.backend_ca.root.chain)

    # --- the operator ---------------------------------------------------------

    def run_words(self, *words, status=0, cwd=None):
        path = f'{os.path.dirname(os.path.abspath(DANEGATE))}:{os.environ["PATH"]}'
        done = subprocess.run([str(word) for word in words], cwd=cwd, text=True,
                              capture_output=True, check=False, timeout=20,
                              env={**os.environ, 'PATH': path})
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout

    def run_shown(self, command, *more, **options):
        """A command as README.md shows it, where danegate.yaml is."""
        self.assertIn(f'    {command}\n', SECTION)
        words = command.removeprefix('$ ').replace('/etc/danegate', self.etc).split()
        return self.run_words(*words, *more, cwd=options.pop('cwd', self.etc), **options)

    def step(self, name):
        self.steps.append(name)

    def make_certificate(self):
        self.step('A certificate')
        return self.run_shown('deploy/tenant-certificate /etc/danegate acme acme.example',
                              cwd=ROOT)

    def drop_file(self):
        """README.md's own; the backend's CA lies beside it, as that says."""
        self.step('One file')
        tenants = os.path.join(self.etc, 'tenants.d')
        shutil.copy(self.backend_ca.root.chain, os.path.join(tenants, 'backend-ca.pem'))
        (text,) = re.findall(r'(?ms)^```yaml\n(.*?)^```', SECTION)
        text = text.replace('10.0.3.7:5269', self.block.address(5) + ':5269')
        with open(os.path.join(tenants, 'acme.yaml'), 'w', encoding='ascii') as file:
            file.write(text)
        line = self.edge.wait_for_event('reload', added=1)
        self.assertEqual(line['names'], ['acme'])

    def check(self):
        self.step('Check')
        self.assertIn('good: 0 errors, 0 warnings', self.run_shown(
            '$ danegate check --config danegate.yaml'))

    def ask_what_to_publish(self):
        self.step('What to publish')
        answer = json.loads(self.run_shown('$ danegate records acme --config danegate.yaml',
                                           '--json'))
        return [(record['whose'], record['line']) for record in answer['tenants'][0]['records']]

    def publish(self, records):
        """Each line in the zone of whose it is."""
        self.step('Publish')
        for whose, name in (('customer', CUSTOMER), ('provider', PROVIDER)):
            lines = [line for owner, line in records if owner == whose]
            self.assertTrue(lines, whose)
            self.tree.replace(name, {'records': self.zones[name] + lines})

    def look(self):
        self.step('Look')
        return self.run_shown('$ danegate doctor acme --config danegate.yaml')


class OneMoreCustomer(Onboarding):
    def test_the_steps_of_the_readme_end_with_a_message_that_dane_has_proven(self):
        self.make_certificate()
        self.drop_file()
        self.check()
        self.publish(self.ask_what_to_publish())
        self.assertEqual(self.look(), 'acme  good: 1 domain, proved by dane-ee\n')
        self.deliver()
        self.assertEqual(self.steps, STEPS)
        self.assertEqual(re.findall(r'(?m)^\*\*\d\. ([^*.]+)', SECTION), STEPS)
        self.assertIn(' in six steps', SECTION)
        self.assertEqual(self.edge.stop(), 0)

    def deliver(self):
        self.start_servers()
        bob = self.bob.listen()
        self.addCleanup(bob.stop)
        self.alice.send(self.bob.jid, TEXT)
        try:
            message = bob.wait_for(TEXT)
        except LabError as error:
            self.fail(f'{error}\n{self.edge.process.log_tail()}\n{self.peer.process.log_tail()}')
        self.assertEqual(message.sender, self.alice.jid)
        verdict = self.edge.wait_for_event('verdict', peer=PEER)
        self.assertEqual((verdict['outcome'], verdict['proof'], verdict['tenant']),
                         ('proved', 'dane-ee', 'acme'))
        self.assertIn('certificate chain validation result: valid', self.peer.process.log())


class Mishaps(Onboarding):
    def ctl(self, *words, status=0):
        return self.run_words(DANEGATE, 'ctl', *words, '--socket', 'control', cwd=self.etc,
                              status=status)

    def write_tenant(self, change):
        path = os.path.join(self.etc, 'tenants.d', 'acme.yaml')
        with open(path, encoding='ascii') as file:
            text = file.read()
        with open(path, 'w', encoding='ascii') as file:
            file.write(change(text))

    def take_on(self):
        self.make_certificate()
        self.drop_file()
        self.publish(self.ask_what_to_publish())

    def test_without_a_certificate_of_its_own_doctor_warns_of_peers_that_want_the_name(self):
        self.take_on()
        self.write_tenant(lambda text: re.sub('(?m)^certificate:.*\n', '', text))
        self.edge.wait_for_event('reload', changed=1)
        self.assertRegex(self.look(), r'(?s)^acme  warning: 1 domain: 1 warning\n'
                                      r'  warning  certificate-name .*deploy/tenant-certificate')

    def test_L08_a_key_of_the_edge_that_comes_too_early_is_kept_back_as_the_readme_shows(self):
        self.take_on()
        old = self.served()
        new = self_signed(self.folder, [EDGE_HOST])
        shutil.copy(new.key, os.path.join(self.etc, 'edge.key'))
        shutil.copy(new.chain, os.path.join(self.etc, 'edge.pem'))
        self.edge.wait_for_event('config', level='error',
                                 place=os.path.join(self.etc, 'danegate.yaml'))
        told = self.ctl('reload', status=1)
        (shown,) = re.findall(r'(?m)^      danegate\.yaml: error: (.*)$', README)
        record = re.compile(r'[0-9A-F]{8,}…?')
        self.assertIn(record.sub('HASH', shown), record.sub('HASH', told))
        self.assertEqual(self.served(), old)

    def served(self):
        return ssl.get_server_certificate((self.edge_address, 5270)).strip()


if __name__ == '__main__':
    unittest.main()
