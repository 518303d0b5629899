"""The base of tests about files that change while danegate runs."""

import json
import os
import ssl
import subprocess
import tempfile
import unittest

from support import DANEGATE
from lab.certificates import self_signed
from scene import ACME, Scene
from scripted.peer import client_context
from scripted.stream_text import condition

NEW = 'new.example'
PROVIDER = 'hosting.example'   # the zone of the edge host


class ReloadCase(unittest.TestCase):
    def setUp(self):
        self.scene = Scene(more='control: control\n', more_peers={PROVIDER: {'tlsa': None}})
        self.addCleanup(self.scene.stop)
        self.scene.start()
        self.edge = self.scene.danegate
        self.tenants = os.path.join(self.edge.folder, 'tenants.d')

    # --- the files ------------------------------------------------------------

    def path(self, tenant):
        return os.path.join(self.tenants, f'{tenant}.yaml')

    def text(self, tenant):
        with open(self.path(tenant), encoding='ascii') as file:
            return file.read()

    def write(self, tenant, text):
        """As an editor does it: a new file in the place of the old."""
        with open(self.path(tenant) + '~', 'w', encoding='ascii') as file:
            file.write(text)
        os.rename(self.path(tenant) + '~', self.path(tenant))

    def certificate_for(self, names, key='of the edge'):
        if key == 'of the edge':
            key = self.scene.edge_certificate.key
        return self_signed(tempfile.mkdtemp(dir=self.scene.folder), names, key=key)

    def new_tenant(self, name='new', domain=NEW, **more):
        certificate = more.get('certificate') or self.certificate_for([domain])
        backend = '%s:%d' % self.scene.acme.address
        return (f'tenant: {name}\ndomains: [{domain}]\n'
                f'certificate: {{chain: {certificate.chain}, key: {certificate.key}}}\n'
                f'backends: [{{address: "{backend}", trust: {self.scene.backend_ca.root.chain}}}]\n')

    # --- what is seen ---------------------------------------------------------

    def served(self, domain):
        """The certificate for that SNI, or the alert."""
        peer = None
        try:
            peer = self.scene.connect(to=domain, direct_tls=True)
            peer.link.start_tls(client_context(), server_name=domain)
            peer.link.finish_handshake()
            return ssl.DER_cert_to_PEM_cert(peer.link.tls.getpeercert(True))
        except Exception as error:   # noqa: BLE001 - every way to fail is an answer here
            return str(error)
        finally:
            if peer:
                peer.link.close()

    def is_served(self, domain, certificate):
        return self.served(domain) == ssl.DER_cert_to_PEM_cert(certificate.der())

    def wait_reload(self, **fields):
        return self.edge.wait_for_event('reload', **fields)

    def ctl_text(self, *words, status=0):
        done = subprocess.run([DANEGATE, 'ctl', *words, '--socket',
                               os.path.join(self.edge.folder, 'control')],
                              capture_output=True, text=True, check=False, timeout=20)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout

    def ctl(self, *words, status=0):
        return json.loads(self.ctl_text(*words, '--json', status=status))

    def reloads_well(self):
        try:
            return self.ctl('reload')
        except AssertionError:
            return None

    def problems(self):
        return [problem['message'] for problem in self.ctl('status')['reload']['problems']
                if problem['severity'] == 'error']

    def establish(self, to=ACME, **options):
        peer = self.scene.connect(to=to, **options)
        self.addCleanup(peer.link.close)
        peer.establish()
        return peer

    @staticmethod
    def told(peer):
        """The stream error that ends the stream."""
        while (child := peer.read_child()) is not None:
            if child.tag.endswith('}error'):
                return condition(child)
        return None

    def assert_relays(self, peer, backend, text):
        peer.send_message(text)
        backend.wait_for_stanzas(f'{text}</body></message>')
