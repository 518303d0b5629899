#!/usr/bin/python3
"""deploy/edge-ca makes a CA that can sign leafs for peers, for nobody hosted, and never
destroys one that is there (D3)."""

import os
import pathlib
import stat
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / 'deploy' / 'edge-ca'


def run(*arguments):
    return subprocess.run([str(argument) for argument in arguments], text=True,
                          capture_output=True, check=False, timeout=30)


class EdgeCaScriptTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name) / 'new'
        self.pem, self.key = self.folder / 'edge-ca.pem', self.folder / 'edge-ca.key'

    def text(self):
        return run('openssl', 'x509', '-in', self.pem, '-noout', '-text').stdout

    def leaf_error(self, name):
        """What OpenSSL says of a leaf for `name` under the CA; empty if it verifies."""
        base = self.folder / 'leaf'
        config = self.folder / 'leaf.cnf'
        config.write_text(f'subjectAltName = critical, DNS:{name}\n')
        run('openssl', 'req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
            '-keyout', f'{base}.key', '-subj', '/', '-out', f'{base}.csr')
        signed = run('openssl', 'x509', '-req', '-in', f'{base}.csr', '-CA', self.pem, '-CAkey', self.key,
                     '-days', '1', '-extfile', config, '-out', f'{base}.pem')
        self.assertEqual(signed.returncode, 0, signed.stderr)
        verified = run('openssl', 'verify', '-CAfile', self.pem, f'{base}.pem')
        return verified.stderr if verified.returncode else ''

    def test_makes_a_ca_that_signs_leafs_and_no_further_ca(self):
        done = run(SCRIPT, self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        text = self.text()
        for words in ('ASN1 OID: prime256v1', 'CA:TRUE, pathlen:0', 'Certificate Sign\n'):
            self.assertIn(words, text)
        self.assertNotIn('Name Constraints', text)
        self.assertEqual(self.leaf_error('peer.example'), '')

    def test_lasts_ten_years(self):
        run(SCRIPT, self.folder)
        for days, ends in ((3649, 0), (3651, 1)):
            status = run('openssl', 'x509', '-in', self.pem, '-noout', '-checkend', days * 86400)
            self.assertEqual(status.returncode, ends)

    def test_hosted_domains_are_excluded_with_all_below_them(self):
        done = run(SCRIPT, self.folder, 'tenant.example', 'xn--bcher-kva.example')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('X509v3 Name Constraints: critical', self.text())
        self.assertEqual(self.leaf_error('peer.example'), '')
        for name in ('tenant.example', 'conference.tenant.example', 'xn--bcher-kva.example'):
            self.assertIn('excluded subtree violation', self.leaf_error(name), name)

    def test_only_the_owner_may_read_the_key(self):
        run(SCRIPT, self.folder)
        self.assertEqual(stat.S_IMODE(self.key.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.pem.stat().st_mode), 0o644)
        self.assertEqual(sorted(os.listdir(self.folder)), ['edge-ca.key', 'edge-ca.pem'])

    def test_never_overwrites(self):
        for there in ('edge-ca.pem', 'edge-ca.key'):
            with tempfile.TemporaryDirectory() as folder:
                (pathlib.Path(folder) / there).write_text('precious')
                done = run(SCRIPT, folder)
                self.assertEqual(done.returncode, 1)
                self.assertIn(f'{there} exists already', done.stderr)
                self.assertEqual(os.listdir(folder), [there])
                self.assertEqual((pathlib.Path(folder) / there).read_text(), 'precious')

    def test_says_what_to_do_next(self):
        output = run(SCRIPT, self.folder, 'tenant.example').stdout
        self.assertIn(f'edge_ca: {{certificate: {self.pem}, key: {self.key}}}', output)
        self.assertIn('Cannot sign for: tenant.example', output)

    def test_wrong_usage_is_64_and_makes_nothing(self):
        for arguments in ([], [''], [self.folder, 'tenant.example.'], [self.folder, 'bücher.example'],
                          [self.folder, 'a b'], [self.folder, '192.0.2.1'], [self.folder, 'x' * 64 + '.example']):
            done = run(SCRIPT, *arguments)
            self.assertEqual(done.returncode, 64, arguments)
            self.assertIn('usage: edge-ca FOLDER [HOSTED-DOMAIN…]', done.stderr)
            self.assertFalse(self.folder.exists())


if __name__ == '__main__':
    unittest.main()
