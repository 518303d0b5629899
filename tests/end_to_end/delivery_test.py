#!/usr/bin/python3
"""What a proven peer gets: its stanzas at its tenant's backend, unchanged, and nothing
else. This file is also the end-to-end test of the sanitizer builds."""

import base64
import datetime
import ssl
import unittest

from edge_case import EdgeTest
from scene import ACME, WONDER
from scripted import stream_text
from scripted.peer import expect
from scripted.stream_text import StreamText, condition

EXTERNAL = f'{{{stream_text.SASL}}}mechanisms/{{{stream_text.SASL}}}mechanism'


class DeliveryTest(EdgeTest):
    def test_a_proven_peer_reaches_its_tenant_over_starttls(self):
        peer, recording = self.established()
        self.assertEqual((recording.peer, recording.to), ('peer.example', ACME))
        self.assertEqual(recording.server_name, ACME)
        before = len(recording.stanzas)
        stanza = "<message to='juliet@acme.example'  from='romeo@peer.example/x' >&lt;\u00fc\r\n</message >"
        peer.send(stanza)
        self.scene.acme.wait(lambda: len(recording.stanzas) - before >= len(stanza.encode()))
        self.assertEqual(recording.stanzas[before:].decode(), stanza, 'D5: octet for octet')
        self.assertTrue(peer.finish().closed)
        self.assert_fields(self.stream_line(peer), dict(
            tenant='acme', peer='peer.example', to=ACME, outcome='proved', proof='dane-ee',
            proof_reason='matched', listener='starttls', sni=ACME, stanzas=2, established=True,
            backend='%s:%d' % self.scene.acme.address, tls_version='TLSv1.3'))

    def test_H_03_a_proven_peer_reaches_its_tenant_over_direct_tls(self):
        peer, recording = self.established(to=WONDER, direct_tls=True, alpn=['xmpp-server'])
        self.assertEqual(peer.link.tls.selected_alpn_protocol(), 'xmpp-server')
        self.assertEqual((recording.peer, recording.to), ('peer.example', WONDER))
        self.assertTrue(peer.finish().closed)
        self.assert_fields(self.stream_line(peer), dict(
            tenant='wonder', listener='direct_tls', outcome='proved', stanzas=1))

    def test_the_verdict_and_the_hand_off_are_told_in_the_log(self):
        peer, _ = self.established(domain='control.example')
        remote = peer.link.local
        peer.finish()
        stream = self.stream_line(peer)['stream']
        verdict = self.scene.danegate.wait_for_event('verdict', stream=stream)
        self.assert_fields(verdict, dict(
            tenant='acme', to=ACME, outcome='proved', reason='matched', proof='dane-ee'))
        # The evidence is told by the verdict that was not remembered: the control stream's.
        first = self.scene.danegate.events('verdict', peer='control.example',
                                           from_cache=False)[0]
        self.assertEqual(first['tlsa_owner'], '_5269._tcp.mx.control.example')
        self.assertRegex(first['tlsa_record'], '^3 1 1 [0-9A-F]{64}$')
        asked = [step['question'] for step in first['steps']]
        self.assertIn('_xmpp-server._tcp.control.example SRV', asked)
        self.assertTrue(all({'status', 'security'} <= set(step) for step in first['steps']))
        established = self.scene.danegate.events('established', stream=stream)
        self.assertEqual(len(established), 1, remote)
        self.assertGreater(established[0]['since_accept_ms'], 0)

    def test_D2_the_backend_sees_a_short_lived_certificate_of_just_the_peer(self):
        _, recording = self.established()
        self.assertEqual(recording.names, ['peer.example'])
        begin, end = (ssl.cert_time_to_seconds(recording.certificate[name])
                      for name in ('notBefore', 'notAfter'))
        self.assertLessEqual(end - begin, 15 * 60)
        now = datetime.datetime.now(datetime.timezone.utc).timestamp()
        self.assertTrue(begin < now < end)

    def test_L_10_a_proxy_header_tells_the_backend_who_connected(self):
        peer, recording = self.established(to=WONDER)
        self.assertEqual('%s:%d' % recording.proxy.source, peer.link.local)
        self.assertEqual(recording.proxy.destination[0], self.scene.edge_address)

    def test_B_06_B_09_every_form_of_the_own_name_is_accepted_as_authzid(self):
        for name in ('peer.example', 'Peer.Example', 'peer.example.'):
            with self.subTest(name):
                peer = self.connect()
                peer.open_secured()
                answer = peer.authenticate(base64.b64encode(name.encode()).decode())
                expect(answer, stream_text.SASL, 'success')

    def test_B_07_without_an_initial_response_a_challenge_comes(self):
        peer = self.connect()
        peer.open_secured()
        expect(peer.authenticate(None), stream_text.SASL, 'challenge')
        peer.send(f"<response xmlns='{stream_text.SASL}'/>")
        expect(peer.read_child(), stream_text.SASL, 'success')

    def test_B_09_another_name_is_an_invalid_authzid(self):
        for name in ('stranger.example', WONDER, ACME, 'romeo@peer.example'):
            with self.subTest(name):
                peer = self.connect()
                peer.open_secured()
                answer = peer.authenticate(base64.b64encode(name.encode()).decode())
                self.assertEqual(condition(answer), 'invalid-authzid')

    def test_B_12_base64_is_read_strictly(self):
        for text in ('=AAA', 'cGVlci5l eGFtcGxl', 'BBBB=CCC', 'Zh==', 'cGVlci5leGFtcGxl!'):
            with self.subTest(text):
                peer = self.connect()
                peer.open_secured()
                self.assertIn(condition(peer.authenticate(text)),
                              ('incorrect-encoding', 'malformed-request'))

    def test_B_16_guessing_names_ends_the_stream(self):
        peer = self.connect()
        peer.open_secured()
        for _ in range(10):
            if peer.link.ended:
                break
            answer = peer.authenticate(base64.b64encode(b'stranger.example').decode())
            if condition(answer) != 'invalid-authzid':
                break
        self.assertEqual(condition(answer), 'policy-violation')
        self.stream_line(peer)

    def test_A_33_B_04_features_are_exactly_what_is_offered(self):
        peer = self.connect()
        peer.open()
        first = peer.read_child()
        self.assertEqual([child.tag for child in first], [f'{{{stream_text.TLS}}}starttls'])
        self.assertIsNotNone(first.find(f'.//{{{stream_text.TLS}}}required'))
        peer.send(stream_text.STARTTLS)
        peer.read_child()
        peer.start_tls()
        peer.open()
        second = peer.read_child()
        self.assertEqual([element.text for element in second.iterfind(EXTERNAL)], ['EXTERNAL'])
        self.assertEqual(len(second), 1, 'A-34, I-03, G-40: no starttls, compression, dialback')

    def test_J_01_of_the_backends_features_only_harmless_ones_are_shown(self):
        self.addCleanup(setattr, self.scene.acme, 'features', '')
        self.scene.acme.features = (
            "<bidi xmlns='urn:xmpp:features:bidi'/><sm xmlns='urn:xmpp:sm:3'/>"
            "<dialback xmlns='urn:xmpp:features:dialback'/>"
            "<compression xmlns='http://jabber.org/features/compress'><method>zlib</method></compression>"
            "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
            "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='x' ver='y'/>")
        shown = str([child.tag for child in self.connect().establish()])
        for hidden in ('bidi', 'sm:3', 'dialback', 'compress', 'sasl'):
            self.assertNotIn(hidden, shown)

    def test_A_11_every_header_gets_a_fresh_unpredictable_id(self):
        peer, ids = self.connect(), []
        ids.append(peer.open()['id'])
        peer.read_child()
        peer.send(stream_text.STARTTLS)
        peer.read_child()
        peer.start_tls()
        ids.append(peer.open()['id'])
        peer.read_child()
        peer.authenticate()
        ids.append(peer.open()['id'])
        self.assertEqual(len(set(ids)), 3)
        self.assertTrue(all(len(id_) >= 22 for id_ in ids), f'L-07: 128 bits need more: {ids}')
        self.assertTrue(all(set(id_) <= set(NMTOKEN) for id_ in ids), 'G-37')

    def test_A_08_the_answer_to_a_header_swaps_from_and_to(self):
        answer = self.connect().open()
        self.assertEqual((answer['from'], answer['to'], answer['version']),
                         (ACME, 'peer.example', '1.0'))
        self.assertIn('{http://www.w3.org/XML/1998/namespace}lang', answer)

    def test_A_03_A_15_other_ways_to_write_a_good_header_work(self):
        for attributes in ({'version': '1.10'}, {'version': '01.0'}, {'xml:lang': 'de'},
                           {'xmlns:x': 'urn:x', 'x:y': 'z'}, {'to': 'ACME.example.'},
                           {'from_': 'PEER.example.'}):
            with self.subTest(attributes):
                peer = self.connect()
                peer.open_secured(**attributes)
                expect(peer.authenticate(), stream_text.SASL, 'success')

    def test_tls_1_2_works_and_older_versions_do_not_exist(self):
        peer, _ = self.established(version=ssl.TLSVersion.TLSv1_2)
        peer.finish()
        self.assertEqual(self.stream_line(peer)['tls_version'], 'TLSv1.2')

    def test_A_14_the_streams_language_reaches_the_backend(self):
        peer = self.connect()
        peer.open_secured()
        peer.authenticate()
        peer.open(**{'xml:lang': 'de'})
        recording = self.recording_of(peer)
        lang = StreamText(recording.headers[-1]).header
        self.assertEqual(lang.get('{http://www.w3.org/XML/1998/namespace}lang'), 'de')

    def test_A_06_a_namespace_declared_in_the_header_is_declared_to_the_backend(self):
        peer = self.connect()
        peer.open_secured()
        peer.authenticate()
        peer.open(**{'xmlns:foo': 'urn:foo'})
        peer.send("<message from='a@peer.example' to='b@acme.example'><foo:bar/>done</message>")
        recording = self.scene.acme.wait_for_stanzas('done')
        text = StreamText(recording.headers[-1] + recording.stanzas)
        self.assertEqual(text.children[0][0].tag, '{urn:foo}bar')

    def test_A_101_the_backend_ends_a_stream_and_the_peer_is_told(self):
        peer, recording = self.established()
        recording.say(stream_text.STREAM_END)
        self.assertTrue(peer.read_to_end().closed)
        self.assertEqual(peer.link.ended, 'close_notify')
        self.assertTrue(self.stream_line(peer)['established'])

    def test_a_second_stream_of_a_peer_is_proven_from_memory(self):
        for _ in range(2):
            peer, _ = self.established(domain='stranger.example')
            peer.finish()
        stream = self.stream_line(peer)['stream']
        verdict = self.scene.danegate.wait_for_event('verdict', stream=stream)
        self.assertTrue(verdict['from_cache'])


NMTOKEN = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-'

if __name__ == '__main__':
    unittest.main()
