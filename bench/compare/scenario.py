"""What a part of `run` measures with: tenants, peers and their DNS, on loopback addresses."""

import os
import re
import subprocess
import tempfile

import measuring
from lab import dns_message
from lab.addresses import DNS_PORT, DNS_PORTS, AddressBlock
from lab.processes import Process, wait_until
from measuring import DANEGATE, LOAD
from servers import Danegate

BACKEND_PORT = 5299
FIRST_PEER = 'p000001.peers.example'


class Scenario:
    """A folder that `danegate-load scenario` has written, and the NSD that serves its DNS.
    Everything is gone after the `with` block."""

    def __init__(self, tenants, peers, backend_tls='direct'):
        self.tenants, self.peers = tenants, peers
        self._block = AddressBlock([5269, 5270, BACKEND_PORT, *DNS_PORTS])
        self._scratch = tempfile.TemporaryDirectory(prefix='danegate-compare-')
        self.folder = os.path.join(self._scratch.name, 'scenario')
        self.edge, self.rival = self._block.address(4), self._block.address(6)
        self.backend_tls = backend_tls
        self._dns, self._nsd = self._block.address(1), None
        subprocess.run(
            [LOAD, 'scenario', '--out', self.folder, '--tenants', str(tenants),
             '--peers', str(peers), '--starttls', f'{self.edge}:5269',
             '--direct-tls', f'{self.edge}:5270', '--backend', self.backend,
             '--backend-tls', backend_tls, '--dns', f'{self._dns}:{DNS_PORT}',
             '--shards', '1', '--haproxy'],
            check=True, stdout=subprocess.DEVNULL, timeout=120)

    def set_shards(self, shards):
        """For the danegate that is started next; one to begin with."""
        path = self.path('danegate.yaml')
        with open(path, encoding='ascii') as file:
            text = file.read()
        with open(path, 'w', encoding='ascii') as file:
            file.write(re.sub(r'(?m)^shards: \d+$', f'shards: {shards}', text))

    @property
    def backend(self):
        return f'{self._block.address(5)}:{BACKEND_PORT}'

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def scratch(self, name):
        """A path outside of what danegate-load has written."""
        return os.path.join(self._scratch.name, name)

    def names(self):
        with open(self.path('names.txt'), encoding='ascii') as file:
            return file.read().split()

    def __enter__(self):
        self._nsd = Process('nsd', ['/usr/sbin/nsd', '-d', '-c', self.path('dns', 'nsd.conf')],
                            self.scratch('nsd.log'))
        wait_until(lambda: dns_message.ask(self._dns, DNS_PORT, 'peers.example', 'SOA', 0.2),
                   'NSD answers', process=self._nsd)
        return self

    def __exit__(self, *_):
        if self._nsd:
            self._nsd.stop()
        self._block.close()
        self._scratch.cleanup()

    # --- whom to ask, and how -------------------------------------------------

    def danegate(self):
        """Started and ready, on the server's core."""
        server = Danegate(self.path('danegate.yaml'), self.scratch('danegate.log'),
                          (self.edge, 5270))
        try:
            server.wait_ready()
        except Exception:
            server.stop()
            raise
        return server

    def handshakes(self, server, *more, limit=120):
        """The report of `danegate-load handshakes` by direct TLS, with the first peer's
        certificate."""
        peer = self.path('peers', FIRST_PEER)
        return measuring.load(
            'handshakes', '--target', '%s:%d' % server.address, '--direct', '--names',
            self.path('names.txt'), '--from', FIRST_PEER, '--client-certificate', peer + '.pem',
            '--client-key', peer + '.key', '--pid', server.process.pid, *more, limit=limit)

    def streams(self, server, *more, recorded=True, may_fail=False, limit=300):
        """The report of `danegate-load streams`; `more` says --direct or --starttls. With
        `recorded` the backend is the generator's own."""
        port = 5269 if '--starttls' in more else server.address[1]
        words = ['--target', f'{server.address[0]}:{port}', '--names', self.path('names.txt'),
                 '--peers', self.path('peers'), '--pid', server.process.pid, *more]
        if recorded:
            words += self._recording(self.backend)
        return measuring.load('streams', *words, limit=limit, may_fail=may_fail)

    def _recording(self, backend):
        return ['--backend', backend, '--backend-tls', self.backend_tls,
                '--backend-certificate', self.path('backend.pem'),
                '--backend-key', self.path('backend.key')]

    # --- two loads at a time --------------------------------------------------

    def part_in_halves(self):
        """Gives the second half of the tenants a backend of its own, so that two generators
        can each record what is theirs. Before danegate starts."""
        names = self.names()
        for half, part in enumerate((names[::2], names[1::2])):
            with open(self.scratch(f'names-{half}.txt'), 'w', encoding='ascii') as file:
                file.write('\n'.join(part) + '\n')
        for name in names[1::2]:
            path = self.path('tenants.d', name.split('.')[0] + '.yaml')
            with open(path, encoding='ascii') as file:
                text = file.read()
            with open(path, 'w', encoding='ascii') as file:
                file.write(text.replace(f'"{self.backend}"', f'"{self._other_backend}"'))

    @property
    def _other_backend(self):
        return f'{self._block.address(7)}:{BACKEND_PORT}'

    def words_for_half(self, server, half):
        """Options of `danegate-load streams` by STARTTLS, for the tenants of that half."""
        return ['--target', f'{server.address[0]}:5269', '--names',
                self.scratch(f'names-{half}.txt'), '--peers', self.path('peers'),
                *self._recording((self.backend, self._other_backend)[half])]


def missing():
    """What has to be built or installed first, as a sentence; or an empty text."""
    for program, remedy in ((DANEGATE, 'ninja -C build/release'),
                            (LOAD, 'ninja -C build/release'),
                            ('/usr/sbin/nsd', 'deploy/setup compare'),
                            ('/usr/sbin/haproxy', 'deploy/setup compare'),
                            ('/usr/bin/prosody', 'deploy/setup compare')):
        if not os.access(program, os.X_OK):
            return f'{program} is missing: {remedy}'
    return ''
