#!/usr/bin/python3
"""Which certificate is served for which SNI and `to` (D9, spec K-2, K-3): every cell of the
matrix on both ports, asked with `openssl s_client`."""

import hashlib
import re
import ssl
import subprocess
import unittest

from scene import ACME, DIRECT_TLS_PORT, EDGE_HOST, STARTTLS_PORT, WONDER, Scene

CONFERENCE, UNKNOWN, NONE = f'conference.{ACME}', 'unknown.example', None
ALERT = 'unrecognized_name'

# STARTTLS, K-2: SNI if it names a tenant or an edge host, else the cleartext `to`, else the
# default. A `to` that nobody has is refused in XMPP before TLS, whatever the SNI.
#   SNI          to=ACME   to=WONDER   to=CONFERENCE
STARTTLS = [
    (EDGE_HOST, 'edge', 'edge', 'edge'),
    (ACME, 'acme', 'acme', 'acme'),
    (CONFERENCE, 'acme', 'acme', 'acme'),
    (WONDER, 'wonder', 'wonder', 'wonder'),
    (ACME.upper(), 'acme', 'acme', 'acme'),
    (ACME + '.', 'acme', 'wonder', 'acme'),   # H-12: no host name, so ignored
    (UNKNOWN, 'acme', 'wonder', 'acme'),
    ('192.0.2.1', 'acme', 'wonder', 'acme'),
    ('x' * 60 + '.example', 'acme', 'wonder', 'acme'),
    (NONE, 'acme', 'wonder', 'acme'),
]

# Direct TLS, K-3: there is no `to`, and an SNI that names nobody gets an alert.
DIRECT_TLS = [
    (EDGE_HOST, 'edge'), (ACME, 'acme'), (CONFERENCE, 'acme'), (WONDER, 'wonder'),
    (ACME.upper(), 'acme'), (ACME + '.', 'edge'), (NONE, 'edge'), (UNKNOWN, ALERT), (f'x.{ACME}', ALERT),
    ('example', ALERT), ('x' * 60 + '.example', ALERT),
]

REFUSED_TO = [UNKNOWN, EDGE_HOST, f'x.{ACME}']


class ServedCertificateTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scene = Scene()
        cls.addClassCleanup(cls.scene.stop)
        cls.scene.start()
        cls.certificates = {digest(certificate.der()): name for name, certificate in
                            (('edge', cls.scene.edge_certificate),
                             ('acme', cls.scene.acme_certificate),
                             ('wonder', cls.scene.wonder_certificate))}

    def served(self, port, server_name, *arguments):
        """The name of the served certificate, or the alert, or the output."""
        sni = ['-servername', server_name] if server_name else ['-noservername']
        done = subprocess.run(
            ['openssl', 's_client', '-connect', f'{self.scene.edge_address}:{port}', *sni,
             *arguments], input='', text=True, capture_output=True, timeout=20, check=False)
        found = re.search('-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n',
                          done.stdout, re.S)
        if found:
            return self.certificates[digest(ssl.PEM_cert_to_DER_cert(found[0]))]
        return ALERT if 'unrecognized name' in done.stderr else done.stdout + done.stderr

    def test_K_2_on_starttls_the_sni_decides_then_the_to_then_the_default(self):
        for server_name, *row in STARTTLS:
            for to, expected in zip((ACME, WONDER, CONFERENCE), row):
                for version in ('-tls1_2', '-tls1_3'):
                    with self.subTest(sni=server_name, to=to, version=version):
                        self.assertEqual(
                            self.served(STARTTLS_PORT, server_name, '-starttls', 'xmpp-server',
                                        '-xmpphost', to, version), expected)

    def test_K_2_a_to_that_nobody_has_is_refused_before_tls_whatever_the_sni(self):
        for server_name in (EDGE_HOST, ACME, WONDER, UNKNOWN, NONE):
            for to in REFUSED_TO:
                with self.subTest(sni=server_name, to=to):
                    shown = self.served(STARTTLS_PORT, server_name, '-starttls', 'xmpp-server',
                                        '-xmpphost', to)
                    self.assertIn('CONNECTED', shown)
                    self.assertIn('no peer certificate available', shown)

    def test_K_3_on_direct_tls_the_sni_decides_and_an_unknown_one_is_refused(self):
        for server_name, expected in DIRECT_TLS:
            for alpn in (['-alpn', 'xmpp-server'], []):
                with self.subTest(sni=server_name, alpn=alpn):
                    self.assertEqual(self.served(DIRECT_TLS_PORT, server_name, *alpn), expected)

    def test_K_1_what_is_served_for_every_sni_matches_the_tlsa_record_of_the_edge_host(self):
        record = self.scene.edge_certificate.tlsa(3, 1, 1)
        for server_name in (EDGE_HOST, ACME, CONFERENCE, WONDER):
            for port, more in ((STARTTLS_PORT, ['-starttls', 'xmpp-server', '-xmpphost', ACME]),
                               (DIRECT_TLS_PORT, [])):
                with self.subTest(sni=server_name, port=port):
                    self.assertTrue(self.matches(port, server_name, record, more))

    def matches(self, port, server_name, record, more):
        done = subprocess.run(
            ['openssl', 's_client', '-connect', f'{self.scene.edge_address}:{port}',
             '-servername', server_name, *more, '-dane_tlsa_domain', EDGE_HOST, '-dane_tlsa_rrdata', record, '-dane_ee_no_namechecks',
             '-verify_return_error'],
            input='', text=True, capture_output=True, timeout=20, check=False)
        return 'DANE TLSA 3 1 1' in done.stdout and 'Verify return code: 0 (ok)' in done.stdout


def digest(der):
    return hashlib.sha256(der).hexdigest()


if __name__ == '__main__':
    unittest.main()
