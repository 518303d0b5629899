"""A provider of many tenants on the disk, as danegate-load writes it, and changes to it.

Every change is made ready first; what it returns brings it about: a rename, as editors and
certificate clients do it."""

import contextlib
import hashlib
import itertools
import os
import shutil
import ssl
import subprocess

from measuring import LOAD
from lab.certificates import Authority, Certificate
from lab.dns import DnsTree

DOMAIN = 'tenants.example'
_EDGE = """\
listen:
  starttls: ["{address}:5269"]
  direct_tls: ["{address}:5270"]
edge:
  hosts: [edge.{domain}]
  certificate: {{chain: edge.pem, key: edge.key}}
edge_ca: {{certificate: edge-ca.pem, key: edge-ca.key}}
tenants: tenants.d
control: control
log: {{level: info}}
resolver:
  trust_anchor: {anchor}
  forward: ["{forward}"]
outbound: {{allow: [127.0.0.0/8]}}
{more}"""


class Provider:
    """`folder`: has it already, or gets it."""

    def __init__(self, folder, count, haproxy=False, backend='127.0.0.1:5299'):
        self.folder, self.count = folder, count
        self.names_file = os.path.join(folder, 'names.txt')
        if not self._is_there(haproxy):
            subprocess.run([LOAD, 'tenants', '--count', str(count), '--out', folder,
                            '--backend', backend, *(['--haproxy'] if haproxy else [])],
                           check=True, stdout=subprocess.DEVNULL)
        self._work = os.path.join(folder, 'work')
        shutil.rmtree(self._work, ignore_errors=True)
        os.mkdir(self._work)
        self._authority = Authority(self._work, 'intermediate', root=Certificate(
            self.path('intermediate.pem'), self.path('intermediate.key'), ''))
        self._numbers = itertools.count()

    def _is_there(self, haproxy):
        with contextlib.suppress(OSError), open(self.names_file, encoding='ascii') as file:
            bundles = os.path.exists(self.bundle(1))
            return sum(1 for _ in file) == self.count and bundles >= haproxy
        return False

    # --- names ----------------------------------------------------------------

    def path(self, name):
        return os.path.join(self.folder, name)

    @staticmethod
    def tenant(number):
        return f't{number:06}'

    @classmethod
    def domain(cls, number):
        return f'{cls.tenant(number)}.{DOMAIN}'

    def file(self, number, ending):
        return self.path(f'tenants.d/{self.tenant(number)}.{ending}')

    def bundle(self, number):
        return self.path(f'haproxy/{self.tenant(number)}.pem')

    # --- the edge -------------------------------------------------------------

    def write_edge(self, address, dns, more=''):
        """`dns`: an Edge host's records, as dns_tree() has them. Returns the file's path."""
        with open(self.path('bench.yaml'), 'w', encoding='ascii') as file:
            file.write(_EDGE.format(address=address, domain=DOMAIN, anchor=dns.anchor,
                                    forward=dns.forward, more=more))
        return self.path('bench.yaml')

    def dns_tree(self, folder, address, zones=None):
        """The DNS with the records of the edge host: new certificates are held against it."""
        der = Certificate(self.path('intermediate.pem'), '', '').public_key()
        tlsa = f'TLSA 2 1 1 {hashlib.sha256(der).hexdigest()}'
        records = [f'edge A {address}', *(f'_{port}._tcp.edge {tlsa}' for port in (5269, 5270))]
        return DnsTree(folder, {DOMAIN: {'records': records}, **(zones or {})}, address)

    # --- changes --------------------------------------------------------------

    def _new_file(self, text):
        path = os.path.join(self._work, str(next(self._numbers)))
        with open(path, 'w', encoding='ascii',
                  opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(text)
        return path

    def _chain(self, number, domains):
        """Of a certificate with the tenant's own key; and the leaf in DER."""
        name = f'chain{next(self._numbers)}'
        issued = self._authority.issue(domains, days=60, key=self.file(number, 'key'),
                                       file=os.path.join(self._work, name))
        leaf, intermediate = read(issued.chain), read(self.path('intermediate.pem'))
        return leaf + intermediate, ssl.PEM_cert_to_DER_cert(leaf)

    def renewal(self, number, more_domains=()):
        """(change, leaf): a new certificate in the place of the tenant's."""
        chain, leaf = self._chain(number, [self.domain(number), *more_domains])
        ready = self._new_file(chain)
        return lambda: os.rename(ready, self.file(number, 'pem')), leaf

    def bundle_text(self, number):
        """(text, leaf) of a new certificate for HAProxy."""
        chain, leaf = self._chain(number, [self.domain(number)])
        return chain + read(self.file(number, 'key')), leaf

    def settings(self, number, text):
        """A change of the tenant's file to this text."""
        ready = self._new_file(text)
        return lambda: os.rename(ready, self.file(number, 'yaml'))

    def settings_text(self, number):
        return read(self.file(number, 'yaml'))

    def arrival(self, number):
        """(change, leaf): a tenant that was not there. Its key and certificate are."""
        key = self.file(number, 'key')
        shutil.copy(self.file(1, 'key'), key)
        chain, leaf = self._chain(number, [self.domain(number)])
        os.rename(self._new_file(chain), self.file(number, 'pem'))
        text = self.settings_text(1).replace(self.tenant(1), self.tenant(number))
        return self.settings(number, text), leaf

    def remove(self, number):
        """The tenant's files: its settings first."""
        for ending in ('yaml', 'pem', 'key'):
            with contextlib.suppress(FileNotFoundError):
                os.remove(self.file(number, ending))


def read(path):
    with open(path, encoding='ascii') as file:
        return file.read()
