#!/usr/bin/python3
"""What mod_danegate keeps within bounds: what strangers can write into Prosody's log, the
length of an answer, the hosts that it is for, and what other modules do with its streams."""

import os
import re
import time
import unittest

from hand_off_module_case import PEER_DOMAIN, TENANT, ModuleCase
from lab import deployed
from lab.processes import wait_until
from scripted import stream_text
from scripted.peer import expect

STRANGERS, LINES_A_SECOND = 200, 20
WITHOUT_MODULE, WITHOUT_SERVERS = 'without-module.example', 'without-servers.example'
REFUSAL = re.compile(r'Refused a hand-off from \S+: it does not begin with a PROXY v2 header'
                     r'(?: \(and (\d+) others that are not told\))?$', re.M)
HOSTS = f"""
VirtualHost "{WITHOUT_MODULE}"
modules_disabled = {{ "danegate" }}
VirtualHost "{WITHOUT_SERVERS}"
modules_disabled = {{ "s2s" }}
"""
# Begins the stream anew, as modules do that compress it.
RESTARTING = """
module:hook("stanza/urn:example:restart:restart", function (event)
	event.origin.sends2s("<restarted xmlns='urn:example:restart'/>");
	event.origin:reset_stream();
	return true;
end);
"""
RESTART = "<restart xmlns='urn:example:restart'/>"


class LogTest(ModuleCase):
    def refusals(self):
        return REFUSAL.findall(self.server.process.log())

    def be_refused(self):
        link, _ = self.connect()
        link.send(b'nothing of PROXY')
        self.said(link)
        link.close()

    def test_strangers_do_not_fill_the_log(self):
        begin = int(time.time())
        for _ in range(STRANGERS):
            self.be_refused()
        seconds = int(time.time()) - begin + 1
        wait_until(lambda: len(self.refusals()) >= LINES_A_SECOND, 'Prosody logs refusals')
        wait_until(lambda: int(time.time()) > begin + seconds, 'a second begins')
        self.be_refused()
        wait_until(lambda: self.told_of(self.refusals()) == STRANGERS + 1,
                   'Prosody counts those that are not told')
        self.assertLessEqual(len(self.refusals()), LINES_A_SECOND * seconds + 1)
        self.assertLess(len(self.refusals()), STRANGERS, 'too slow: all were told')

    @staticmethod
    def told_of(refusals):
        return len(refusals) + sum(int(untold or 0) for untold in refusals)


class AnswerTest(ModuleCase):
    def test_an_answer_is_no_longer_than_the_edge_reads(self):
        """limits::kHandOffLineBytes; the rest is in Prosody's log."""
        longest = '.'.join(['a' * 63] * 15) + '.example'
        hand_off = self.hand_off(to=longest)
        link, challenge = self.connect()
        link.send(hand_off.header(challenge))
        why = f'this server does not host {longest}'
        self.assertEqual(self.said(link),
                         hand_off.refused(challenge, why[:200].encode()) + b'\r\n')
        self.assert_logged(why)


class HostTest(ModuleCase):
    @classmethod
    def make_server(cls, folder):
        server = super().make_server(folder)
        with open(server.config, 'a') as file:
            file.write(HOSTS)
        return server

    def test_a_host_may_be_without_the_module(self):
        self.established()
        self.assert_refused(self.hand_off(to=WITHOUT_MODULE),
                            f'mod_danegate is not enabled for {WITHOUT_MODULE}')

    def test_a_host_may_be_without_streams_of_servers(self):
        self.assert_refused(self.hand_off(to=WITHOUT_SERVERS),
                            f'{WITHOUT_SERVERS} takes no streams from other servers')


class RestartTest(ModuleCase):
    @classmethod
    def make_server(cls, folder):
        server = super().make_server(folder)
        with open(os.path.join(folder, 'mod_restarting.lua'), 'w') as file:
            file.write(RESTARTING)
        with open(server.config) as file:
            text = file.read()
        paths = f'"{deployed.DEPLOY / "prosody"}"'
        with open(server.config, 'w') as file:
            file.write(text.replace(paths, f'{paths}, "{folder}"')
                       .replace('"danegate"', '"danegate"; "restarting"'))
        return server

    def test_a_stream_that_begins_anew_is_not_established_twice(self):
        """Modules take up what they do with a stream at that event, and would do so twice."""
        peer, _ = self.established()
        peer.send(RESTART)
        expect(peer.read_child(), 'urn:example:restart', 'restarted')
        peer.open()
        expect(peer.read_child(), stream_text.STREAMS, 'features')
        peer.finish()
        self.assert_logged(f'{PEER_DOMAIN}->{TENANT} closed')
        complete = f'Incoming s2s connection {PEER_DOMAIN}->{TENANT} complete'
        self.assertEqual(self.server.process.log().count(complete), 1)


if __name__ == '__main__':
    unittest.main()
