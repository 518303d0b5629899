#!/usr/bin/python3
"""Prooftype by outcome by policy: what each peer is told, and what the log says of it. Every
row is a real zone, a real HTTPS server and a peer of its own; one edge has a tenant for each
policy. The whole table is printed."""

import collections
import concurrent.futures
import sys
import unittest

from edge_case import EdgeTest
from lab.certificates import Authority, maze
from lab.https_server import POSH_PATH, posh, response

# The tenants, by what they require.
DANE, STRONG, ANY, NO_POSH = ('dane.tenant.example', 'strong.tenant.example',
                              'any.tenant.example', 'no-posh.tenant.example')
PROOFS = {DANE: 'require: dane', STRONG: 'require: strong', ANY: 'require: any',
          NO_POSH: 'require: strong, posh: off'}

IN, DIALED = 'success', 'result valid'
UNPROVEN, WRONG = 'error policy-violation', 'error not-authorized'
LATER = 'error remote-connection-failed'
MISMATCH, UNUSABLE = '3 1 1 ' + '00' * 32, '3 1 9 ' + '00' * 32

# `proof`, `outcome`, `what`: what the row is about. `domain`: the peer's, without ".example".
# `certificate`: which it presents (makers()). `key`: for dialback, if it asks for it. `ends`: for
# each tenant the end as the peer sees it, and the verdict in the log.
Row = collections.namedtuple('Row', 'proof outcome what domain certificate key ends')


def row(proof, outcome, what, domain, certificate, *ends, key=None):
    return Row(proof, outcome, what, domain, certificate, key, dict(zip(PROOFS, ends)))


def both(end):
    return [end] * 2


def every(end):
    return [end] * 3


ROWS = [
    row('dane', 'proved', 'TLSA 3 1 1', 'tlsa', 'own', *every((IN, 'proved dane-ee'))),
    row('dane', 'disproved', 'TLSA of another key; PKI, POSH, dialback would pass', 'mismatch',
        'public', *every((WRONG, 'disproved no-match')), key='valid-mismatch'),
    row('dane', 'absent', 'no TLSA, and nothing else', 'plain', 'own',
        *both((UNPROVEN, 'absent no-tlsa')),
        ('failure not-authorized', 'absent no-tlsa')),
    row('dane', 'absent', 'only unusable TLSA, self-signed', 'unusable', 'own',
        *every((UNPROVEN, 'absent all-unusable')), key='valid-unusable'),
    row('dane', 'absent', 'only unusable TLSA, PKI', 'unusable-pki', 'public',
        (UNPROVEN, 'absent all-unusable'), *both((IN, 'proved pki'))),
    row('dane', 'indeterminate', 'TLSA: SERVFAIL; PKI would pass', 'servfail', 'public',
        *every((LATER, 'indeterminate dns-failed')), key='valid-servfail'),
    row('dane', 'indeterminate', 'TLSA: dropped; PKI would pass', 'dropped', 'public',
        *every((LATER, 'indeterminate dns-failed')), key='valid-dropped'),
    row('dane', 'indeterminate', 'TLSA: bogus; PKI would pass', 'bogus', 'public',
        *every((LATER, 'indeterminate dns-bogus')), key='valid-bogus'),

    row('pki', 'proved', "a CA in the tenant's trust", 'pki', 'public',
        (UNPROVEN, 'absent no-tlsa'), *both((IN, 'proved pki'))),
    row('pki', 'proved', 'names the target; secure SRV', 'target', 'public target',
        (UNPROVEN, 'absent no-tlsa'), *both((IN, 'proved pki'))),
    row('pki', 'disproved', 'names the target; unsigned SRV', 'unsigned-target', 'public target',
        *both((UNPROVEN, 'absent no-secure-delegation')),
        (DIALED, 'proved dialback'), key='valid-target'),
    row('pki', 'disproved', 'a CA that nobody trusts', 'untrusted', 'foreign',
        *both((UNPROVEN, 'absent no-tlsa')), (DIALED, 'proved dialback'),
        key='valid-untrusted'),
    row('pki', 'absent', 'no certificate', 'bare', None,
        *both((UNPROVEN, None)), (DIALED, 'proved dialback'), key='valid-bare'),
    row('pki', 'indeterminate', 'a chain with too many ways', 'ways', 'maze',
        (UNPROVEN, 'absent no-tlsa'), (LATER, 'indeterminate budget-exhausted'),
        (DIALED, 'proved dialback'), key='valid-ways'),

    row('posh', 'proved', 'the document', 'posh', 'own',
        (UNPROVEN, 'absent no-tlsa'), *both((IN, 'proved posh')),
        (UNPROVEN, 'absent no-tlsa')),
    row('posh', 'proved', "a reference to the provider's", 'referring', 'own',
        (UNPROVEN, 'absent no-tlsa'), *both((IN, 'proved posh')),
        (UNPROVEN, 'absent no-tlsa')),
    row('posh', 'disproved', 'the document of another certificate', 'posh-other', 'own',
        *both((UNPROVEN, 'absent no-tlsa')), (DIALED, 'proved dialback'),
        key='valid-posh-other'),
    row('posh', 'absent', '404', 'posh-none', 'own',
        *both((UNPROVEN, 'absent no-tlsa')), (DIALED, 'proved dialback'),
        key='valid-posh-none'),
    row('posh', 'indeterminate', '503', 'posh-down', 'own',
        (UNPROVEN, 'absent no-tlsa'), (LATER, 'indeterminate posh-failed'),
        (DIALED, 'proved dialback'), key='valid-posh-down'),

    row('dialback', 'proved', 'the key is valid', 'dialback', 'own',
        *both((UNPROVEN, 'absent no-tlsa')), (DIALED, 'proved dialback'),
        key='valid-dialback'),
    row('dialback', 'disproved', 'the key is invalid', 'forged', 'own',
        *both((UNPROVEN, 'absent no-tlsa')), ('result invalid', 'absent no-tlsa'),
        key='forged'),
    row('dialback', 'absent', 'the peer says <auth/>', 'silent', 'own',
        *both((UNPROVEN, 'absent no-tlsa')),
        ('failure not-authorized', 'absent no-tlsa')),
    row('dialback', 'indeterminate', 'nobody answers', 'unanswered', 'own',
        *both((UNPROVEN, 'absent no-tlsa')),
        ('result error remote-server-timeout', 'absent no-tlsa'), key='hang-up'),
]
ZONES = {
    'mismatch': {'tlsa': MISMATCH, 'more': ['@ A {web}']},
    'unusable': {'tlsa': UNUSABLE}, 'unusable-pki': {'tlsa': UNUSABLE},
    'bogus': {'tampered': ['_5269._tcp.mx.bogus.example TLSA']},
    'unsigned-target': {'tlsa': None, 'security': 'unsigned'},
    'tlsa': {}, 'servfail': {}, 'dropped': {},
    **{name: {'tlsa': None, 'more': ['@ A {web}']}
       for name in ('posh', 'referring', 'posh-other', 'posh-none', 'posh-down')},
    'provider': {'more': ['@ A {web}']},
}
WEB_HOSTS = ['mismatch.example', 'posh.example', 'referring.example', 'posh-other.example',
             'posh-none.example', 'posh-down.example', 'provider.example']
HEADINGS = ('proof', 'outcome', 'the peer', 'tenant', 'told', 'logged')


class ProofMatrixTest(EdgeTest):
    scene_options = {
        'more_peers': {f'{each.domain}.example': ZONES.get(each.domain, {'tlsa': None})
                       for each in ROWS} | {'provider.example': ZONES['provider']},
        'proofs': PROOFS, 'web_hosts': WEB_HOSTS, 'has_authority': True}

    @classmethod
    def prepare(cls):
        scene = cls.scene
        cls.certificates = {
            (name, each.domain): make(each.domain)
            for each in ROWS for name, make in cls.makers().items() if name == each.certificate}
        own, web = scene.peer_certificate, scene.web
        web.pages.update({
            f'posh.example{POSH_PATH}': posh([own]),
            f'referring.example{POSH_PATH}': posh(url='https://provider.example:8443/posh'),
            'provider.example/posh': posh([own]),
            f'posh-other.example{POSH_PATH}': posh([scene.other_certificate]),
            f'posh-none.example{POSH_PATH}': response(b'', '404 Not Found'),
            f'posh-down.example{POSH_PATH}': response(b'', '503 Service Unavailable'),
            f'mismatch.example{POSH_PATH}': posh([cls.certificates['public', 'mismatch']])})
        scene.authority.words.update({each.key: 'valid' for each in ROWS
                                      if each.key and each.key.startswith('valid')})
        scene.authority.words['hang-up'] = 'hang up'
        scene.relay.rules.obey('servfail _5269._tcp.mx.servfail.example TLSA')
        scene.relay.rules.obey('drop _5269._tcp.mx.dropped.example TLSA')

    @classmethod
    def makers(cls):
        scene = cls.scene
        foreign = Authority(scene.keys, 'foreign-ca')
        return {
            'own': lambda domain: scene.peer_certificate,
            'public': lambda domain: scene.public_ca.issue([f'{domain}.example']),
            'public target': lambda domain: scene.public_ca.issue([f'mx.{domain}.example']),
            'foreign': lambda domain: foreign.issue([f'{domain}.example']),
            'maze': lambda domain: maze(scene.keys, f'{domain}.example'),
        }

    def end_of(self, each, tenant):
        """(what the peer is told, its line in the log)"""
        peer = self.connect(f'{each.domain}.example', tenant,
                            self.certificates.get((each.certificate, each.domain)),
                            network=1 + ROWS.index(each) % 15, patience=15)
        told = self.try_in(peer, each.key)
        if told in (IN, DIALED):
            self.assert_delivered(peer, self.recording_of(peer))
        peer.link.close()
        return told, self.stream_line(peer)

    def test_C7_every_row_of_prooftype_and_outcome_under_every_policy(self):
        cases = [(each, tenant) for each in ROWS for tenant in each.ends]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            ends = list(pool.map(lambda case: self.end_of(*case), cases))
        table = [HEADINGS]
        for (each, tenant), (told, line) in zip(cases, ends):
            logged = verdict_of(line)
            table.append((each.proof, each.outcome, each.what, tenant.partition('.')[0],
                          told, logged or ''))
            with self.subTest(what=each.what, tenant=tenant):
                self.assertEqual((told, logged), each.ends[tenant], line)
                self.assertEqual(told in (IN, DIALED), 'backend' in line, line)
        show(table)
        for undecided in ('mismatch', 'servfail', 'dropped', 'bogus'):
            self.assert_nobody_else_was_asked(f'{undecided}.example')

    def assert_nobody_else_was_asked(self, domain):
        """Where DANE disproves, or cannot be found out, no other proof is looked for."""
        self.assertEqual(self.scene.authority.connects(domain), 0)
        self.assertNotIn(domain + POSH_PATH, self.scene.web.requests)


def verdict_of(line):
    """The outcome in a line of the log, and by what or why."""
    if 'outcome' not in line:
        return None
    return f"{line['outcome']} {line.get('proof') or line['proof_reason']}"


def show(table):
    widths = [max(map(len, column)) for column in zip(*table)]
    print(file=sys.stderr)
    for cells in table:
        print('  '.join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip(),
              file=sys.stderr)


if __name__ == '__main__':
    unittest.main()
