#!/usr/bin/python3
"""Tenants that come, change and go while danegate runs: what has changed is served at once,
what has not notices nothing (threats E7, B12; spec D-57, L-08)."""

import os
import shutil
import signal
import ssl
import time
import unittest

import support   # noqa: F401 - finds the lab
from lab.certificates import edge_authority
from lab.processes import wait_until
from reload_case import NEW, PROVIDER, ReloadCase
from scene import ACME, EDGE_HOST, WONDER
from scripted.peer import client_context
from scripted.stream_text import STARTTLS, condition

RETRY = 30.0              # seconds from one try of contradicted files to the next
BEFORE_THE_RETRY = 3.0    # less than the edge waits for a DNS that is silent


class Tenants(ReloadCase):
    def test_a_new_file_is_served_and_a_changed_one_is_and_a_gone_one_is_not(self):
        self.assertIn('unrecognized', self.served(NEW).lower())
        certificate = self.certificate_for([NEW, 'chat.new.example'])
        text = self.new_tenant(certificate=certificate)
        self.write('new', text)
        line = self.wait_reload(added=1)
        self.assertEqual(line['names'], ['new'])
        self.assertTrue(self.is_served(NEW, certificate))
        self.assertIn('unrecognized', self.served('chat.new.example').lower())
        self.write('new', text.replace(f'[{NEW}]', f'[{NEW}, chat.new.example]'))
        wait_until(lambda: self.is_served('chat.new.example', certificate), 'it is served')
        listed = {tenant['tenant']: tenant for tenant in self.ctl('tenants')['tenants']}
        self.assertEqual(listed['new']['domains'], [NEW, 'chat.new.example'])
        os.remove(self.path('new'))
        self.wait_reload(removed=1)
        self.assertIn('unrecognized', self.served(NEW).lower())
        self.assertTrue(self.is_served(ACME, self.scene.acme_certificate))

    def test_streams_of_a_gone_tenant_end_with_host_gone_and_no_others(self):
        acme = [self.establish() for _ in range(4)]   # on both shards
        wonder = [self.establish(to=WONDER) for _ in range(4)]
        for peer in acme:
            peer.send_message('before')
        os.remove(self.path('acme'))
        self.wait_reload(removed=1)
        for peer in acme:
            self.assertEqual(self.told(peer), 'host-gone')
            peer.send_message('late')   # between two stanzas: what is on its way still passes
        for text in (b'before', b'late'):
            wait_until(lambda: self.scene.acme.octets.count(text) == 4, f'{text} arrives')
        for number, peer in enumerate(wonder):
            self.assert_relays(peer, self.scene.wonder, f'still here {number}')
            peer.finish()
        line = self.edge.wait_for_event('stream', reason='host-gone')
        self.assertEqual((line['tenant'], line['condition']), ('acme', 'host-gone'))

    def test_E7_a_broken_file_leaves_the_last_good_state(self):
        peer = self.establish()
        good = self.text('acme')
        self.write('acme', good.replace('domains', 'domain'))
        line = self.edge.wait_for_event('config', level='error')
        self.assertIn('acme.yaml:2:1', line['place'])
        self.assertIn('did you mean "domains"?', line['detail'])
        self.assertTrue(self.is_served(ACME, self.scene.acme_certificate))
        self.assert_relays(peer, self.scene.acme, 'still')
        self.assertEqual(len(self.problems()), 1)
        self.assertEqual(len(self.ctl('reload', status=1)['problems']), 1, 'a reload does not hide it')
        self.assert_relays(self.establish(), self.scene.acme, 'a new one too')
        self.write('acme', good)
        self.wait_reload(names=['acme'])
        self.assertEqual(self.problems(), [])
        self.assert_relays(peer, self.scene.acme, 'and again')

    def test_a_backend_that_is_not_the_tenants_any_more_is_left(self):
        peer, other = self.establish(), self.establish(to=WONDER)
        acme, wonder = ('%s:%d' % backend.address
                        for backend in (self.scene.acme, self.scene.wonder))
        self.write('acme', self.text('acme').replace(acme, self.scene.block.address(11) + ':5269'))
        self.wait_reload(changed=1)
        self.assertEqual(self.told(peer), 'reset')
        self.assertNotEqual(acme, wonder)
        self.assert_relays(other, self.scene.wonder, 'unmoved')

    def test_a_handshake_in_the_middle_is_not_lost(self):
        peer = self.scene.connect(direct_tls=True)
        self.addCleanup(peer.link.close)
        hello = peer.link.client_hello(client_context(self.scene.peer_certificate), ACME)
        peer.link.send_wire(hello[:50])
        self.write('acme', self.text('acme') + 'notes: changed\n')
        self.wait_reload(changed=1)
        peer.link.send_wire(hello[50:])
        peer.link.finish_handshake()

    def test_SIGHUP_and_ctl_reload_look_at_everything(self):
        # In a folder that nobody watches.
        elsewhere = os.path.join(self.scene.folder, 'elsewhere')
        os.mkdir(elsewhere)
        self.write('new', self.new_tenant())
        self.wait_reload(added=1)
        os.rename(self.path('new'), os.path.join(elsewhere, 'new.yaml'))
        self.wait_reload(removed=1)
        os.symlink(os.path.join(elsewhere, 'new.yaml'), self.path('new'))
        wait_until(lambda: len(self.edge.events('reload', added=1)) == 2, 'the link is seen')
        with open(os.path.join(elsewhere, 'new.yaml'), 'a', encoding='ascii') as file:
            file.write('notes: one\n')
        self.assertEqual(self.ctl('reload')['changed'], 1)
        with open(os.path.join(elsewhere, 'new.yaml'), 'a', encoding='ascii') as file:
            file.write('contact: two@new.example\n')
        self.edge.process.send(signal.SIGHUP)
        wait_until(lambda: len(self.edge.events('reload', changed=1)) == 2, 'SIGHUP is obeyed')
        self.assertEqual(self.ctl('reload')['changed'], 0)

    def test_a_handshake_that_waits_for_its_certificate_reads_no_further(self):
        # D12: nobody has asked for this one before.
        for tenant, direct_tls in (('cold-direct', True), ('cold-starttls', False)):
            self.write(tenant, self.new_tenant(tenant, f'{tenant}.example'))
            self.wait_reload(names=[tenant])
            peer = self.scene.connect(to=f'{tenant}.example', direct_tls=direct_tls)
            self.addCleanup(peer.link.close)
            if not direct_tls:
                peer.open()
                peer.read_child()
                peer.send(STARTTLS)
                peer.read_child()
            hello = peer.link.client_hello(client_context(), peer.to)
            try:
                peer.link.send_wire(hello + bytes(3_000_000))
            except OSError:
                pass   # refused half-way: rubbish is no handshake
            self.edge.wait_for_event('stream', remote=peer.link.local)
        self.assert_relays(self.establish(), self.scene.acme, 'alive')


class Certificates(ReloadCase):
    def test_B12_a_renewed_certificate_is_served_at_once_and_streams_go_on(self):
        peer = self.establish()
        self.assertTrue(self.is_served(ACME, self.scene.acme_certificate))
        new = self.certificate_for([ACME, f'conference.{ACME}'])
        shutil.copy(new.chain, self.scene.acme_certificate.chain)
        self.wait_reload(changed=1)
        self.assertTrue(self.is_served(ACME, new))
        self.assertTrue(self.is_served(WONDER, self.scene.wonder_certificate))
        self.assert_relays(peer, self.scene.acme, 'no ripple')

    def test_a_certificate_that_is_no_use_is_told_and_not_served(self):
        good = ssl.DER_cert_to_PEM_cert(self.scene.acme_certificate.der())
        self.assertEqual(self.served(ACME), good)
        shutil.copy(self.scene.wonder_certificate.chain, self.scene.acme_certificate.chain)
        line = self.edge.wait_for_event('config', level='error')
        self.assertIn('does not name acme.example', line['detail'])
        self.assertEqual(self.served(ACME), good)

    def test_B12_anothers_certificate_is_not_served_to_the_first_who_asks(self):
        good, chain = self.certificate_for([ACME, f'conference.{ACME}']), \
            self.scene.acme_certificate.chain
        shutil.copy(self.scene.wonder_certificate.chain, chain)   # before acme's is needed
        self.edge.wait_for_event('config', level='error')
        self.assertNotIn('BEGIN CERTIFICATE', self.served(ACME))
        shutil.copy(good.chain, chain)
        self.wait_reload(changed=1)
        self.assertTrue(self.is_served(ACME, good))

    def test_L08_keys_that_the_DNS_contradicts_wait_until_it_does_not(self):
        target = f'acme.{EDGE_HOST}'
        own = self.certificate_for([ACME, f'conference.{ACME}'], key=None)
        zone = [f'{port}._tcp.acme.edge TLSA {own.tlsa()}' for port in ('_5269', '_5270')]
        self.scene.replace_zone(PROVIDER, tlsa=None, ttl=1, more=zone)
        text = self.text('acme').replace('identity: edge-key',
                                         f'identity: own-target\ntarget: {target}')
        for old, new in ((self.scene.acme_certificate.chain, own.chain),
                         (self.scene.acme_certificate.key, own.key)):
            text = text.replace(old, new)
        self.write('acme', text)
        self.wait_reload(changed=1)
        self.assertTrue(self.is_served(ACME, own))

        new = self.certificate_for([ACME, f'conference.{ACME}'], key=None)
        self.write('acme', text.replace(own.chain, new.chain).replace(own.key, new.key))
        line = self.edge.wait_for_event('config', level='error')
        self.assertIn(f'publish _5269._tcp.{target}. IN TLSA {new.tlsa().upper()}', line['detail'])
        self.assertTrue(self.is_served(ACME, own))
        self.assertEqual(len(self.problems()), 1)

        self.scene.replace_zone(PROVIDER, tlsa=None, ttl=1, more=[
            *zone, *(record.replace(own.tlsa(), new.tlsa()) for record in zone)])
        wait_until(lambda: self.reloads_well() and not self.problems(), 'the record is seen', 40)
        self.assertTrue(self.is_served(ACME, new))

    def test_L08_whoever_knows_better_may_force_it(self):
        other = self.certificate_for([EDGE_HOST], key=None)
        self.scene.replace_zone(PROVIDER, tlsa=None,
                                more=[f'_5269._tcp.edge TLSA {other.tlsa()}'])
        self.write('new', self.new_tenant())
        self.edge.wait_for_event('config', level='error')
        self.assertIn('unrecognized', self.served(NEW).lower())
        self.assertEqual(self.ctl('reload', '--force')['added'], 1)
        self.assertEqual(self.problems(), [])
        self.assertIn('BEGIN CERTIFICATE', self.served(NEW))

    def test_a_DNS_that_is_silent_keeps_no_certificate_back(self):
        self.scene.relay.rules.obey('drop * TLSA')
        self.write('new', self.new_tenant())
        self.edge.wait_for_event('reload', 15, added=1)
        self.assertIn('BEGIN CERTIFICATE', self.served(NEW))



class TheEdgeItself(ReloadCase):
    def put(self, certificate, place):
        """The files of the one in the place of the other's, as one change."""
        for new, old in ((certificate.chain, place.chain), (certificate.key, place.key)):
            shutil.copy(new, old + '~')
        for old in (place.chain, place.key):
            os.rename(old + '~', old)

    def test_its_certificate_is_renewed(self):
        peer = self.establish()
        before = self.served(EDGE_HOST)
        new = self.certificate_for([EDGE_HOST])
        shutil.copy(new.chain, self.scene.edge_certificate.chain)
        self.wait_reload(names=[])
        self.assertTrue(self.is_served(EDGE_HOST, new))
        self.assertNotEqual(self.served(EDGE_HOST), before)
        self.assertTrue(self.is_served(ACME, self.scene.acme_certificate))
        self.assert_relays(peer, self.scene.acme, 'no ripple')

    def test_L08_its_key_is_not_changed_against_the_DNS(self):
        record = f'_5269._tcp.edge TLSA {self.scene.edge_certificate.tlsa()}'
        self.scene.replace_zone(PROVIDER, tlsa=None, ttl=1, more=[record])
        before = self.served(EDGE_HOST)
        new = self.certificate_for([EDGE_HOST], key=None)
        self.put(new, self.scene.edge_certificate)
        record = f'_5269._tcp.{EDGE_HOST}. IN TLSA {new.tlsa().upper()}'
        wait_until(lambda: [line for line in self.edge.events('config', level='error')
                            if line['detail'].startswith('edge.certificate: the TLSA records')
                            and record in line['detail']], 'it is told')
        self.assertEqual(self.served(EDGE_HOST), before)

    def test_L08_a_renewal_outlasts_a_retry_that_comes_before_the_DNS(self):
        ready = time.monotonic()
        self.contradict_acme()
        self.scene.relay.rules.obey(f'drop _5269._tcp.{EDGE_HOST} TLSA')
        self.scene.relay.rules.obey(f'drop _5270._tcp.{EDGE_HOST} TLSA')
        wait_until(lambda: time.monotonic() > ready + RETRY - BEFORE_THE_RETRY, 'the time', RETRY)
        asked = self.asked_about_acme()
        new = self.certificate_for([EDGE_HOST])
        shutil.copy(new.chain, self.scene.edge_certificate.chain)
        wait_until(lambda: self.asked_about_acme() > asked, 'acme is tried again', RETRY)
        self.scene.relay.rules.obey('clear')
        wait_until(lambda: self.is_served(EDGE_HOST, new), 'the new certificate', 15)

    def contradict_acme(self):
        """A new certificate, which the record at its own target does not fit."""
        other, new = (self.certificate_for([ACME, f'conference.{ACME}'], key=None)
                      for _ in range(2))
        self.scene.replace_zone(PROVIDER, tlsa=None, ttl=1, more=[
            f'{port}._tcp.acme.edge TLSA {other.tlsa()}' for port in ('_5269', '_5270')])
        text = self.text('acme').replace('identity: edge-key',
                                         f'identity: own-target\ntarget: acme.{EDGE_HOST}')
        self.write('acme', text.replace(self.scene.acme_certificate.chain, new.chain)
                   .replace(self.scene.acme_certificate.key, new.key))
        self.edge.wait_for_event('config', level='error')

    def asked_about_acme(self):
        return self.scene.relay.rules.count(f'_5269._tcp.acme.{EDGE_HOST}', 'TLSA')

    def test_a_file_that_is_bad_changes_nothing(self):
        with open(self.edge.config, 'a', encoding='ascii') as file:
            file.write('shard: 3\n')
        line = self.edge.wait_for_event('config', level='error')
        self.assertIn('did you mean "shards"?', line['detail'])
        self.assertIn('danegate.yaml', self.ctl('status')['reload']['problems'][0]['file'])
        self.assert_relays(self.establish(), self.scene.acme, 'still')

    def test_settings_that_wait_for_a_start_are_named(self):
        with open(self.edge.config, encoding='ascii') as file:
            text = file.read()
        with open(self.edge.config, 'w', encoding='ascii') as file:
            file.write(text.replace('shards: 2', 'shards: 1'))
        line = self.edge.wait_for_event('config', level='warning')
        self.assertIn('next start: shards', line['detail'])

    def test_what_another_CA_has_minted_goes_with_it(self):
        self.assert_relays(self.establish(), self.scene.acme, 'by the old one')
        other = edge_authority(os.path.join(self.scene.folder, 'other-ca'), self.scene.hosted).root
        self.put(other, self.scene.edge_ca)
        self.wait_reload(names=[])
        peer = self.scene.connect()   # proved and minted for already
        self.addCleanup(peer.link.close)
        with self.assertRaises(AssertionError):
            peer.establish()
        line = self.edge.wait_for_event('stream', remote=peer.link.local)
        self.assertEqual(line['reason'], 'backend-failed', line)


class Policies(ReloadCase):
    def test_a_verdict_by_the_policy_before_lets_nobody_in(self):
        self.scene.relay.rules.obey('delay _5269._tcp.mx.peer.example TLSA 1500')
        peer = self.scene.connect()
        self.addCleanup(peer.link.close)
        peer.secure()
        peer.send_header()
        wait_until(lambda: self.scene.relay.rules.count('_5269._tcp.mx.peer.example', 'TLSA'),
                   'the record is asked for')
        self.write('acme', self.text('acme').replace(
            'proof: {', 'proof: {deny: [peer.example], '))
        self.wait_reload(changed=1)
        line = self.edge.wait_for_event('stream', remote=peer.link.local)
        self.assertFalse(line['established'])
        self.assertEqual(line['condition'], 'policy-violation', line)

    def test_A20_a_peer_that_becomes_a_tenant_comes_from_elsewhere_no_more(self):
        peer, other = self.establish(), self.establish(domain='control.example')
        self.write('new', self.new_tenant(domain='peer.example'))
        self.wait_reload(added=1)
        self.assertEqual(self.told(peer), 'reset')
        self.assert_relays(other, self.scene.acme, 'unmoved')

    def test_a_name_below_anothers_wildcard_is_its_owners_at_once(self):
        certificate = self.certificate_for([ACME, f'*.{ACME}'])
        text = self.text('acme').replace(
            f'domains: [{ACME}, ', f'domains: [{ACME}, "*.{ACME}", ')
        text = text.replace(self.scene.acme_certificate.chain, certificate.chain)
        # The scripted backend has no certificate for the name.
        self.write('acme', text.replace(f', trust: {self.scene.backend_ca.root.chain}', ''))
        self.wait_reload(changed=1)
        peer = self.establish(to=f'room.{ACME}')
        self.write('new', self.new_tenant(domain=f'room.{ACME}'))
        self.wait_reload(added=1)
        self.assertEqual(self.told(peer), 'host-gone')

    def test_whoever_is_denied_is_let_go_and_no_one_else(self):
        denied, other = self.establish(), self.establish(domain='control.example')
        self.write('acme', self.text('acme').replace(
            'proof: {', 'proof: {deny: [peer.example], '))
        self.wait_reload(changed=1)
        self.assertEqual(self.told(denied), 'reset')
        peer = self.scene.connect()
        self.addCleanup(peer.link.close)
        self.assertEqual(condition(peer.open_secured()), 'policy-violation')
        self.assert_relays(other, self.scene.acme, 'unmoved')


if __name__ == '__main__':
    unittest.main()
