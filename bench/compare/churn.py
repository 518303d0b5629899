"""Tenants that come, change and go while danegate is under load: handshakes with everybody at
an even rate, and streams of tenants that do not change (threats B12, E7).

What a change must do is waited for: what it shows in a handshake there, what it does not in
danegate's log. Names: 1 to STREAMS have the streams and never change; nobody below `count`
ever goes, so that every handshake of the load must succeed."""

import contextlib
import json
import os
import random
import signal
import subprocess
import threading
import time

import measuring
from measuring import LOAD, served, time_until
from lab.certificates import Authority, self_signed
from lab.processes import wait_until
from provider import Provider
from scripted.backend import Backend
from scripted.peer import Peer, client_context
from servers import Danegate

STREAMS = 24
PEER = 'peer.example'
BROKEN = 'domains: [acme.example'


class Streams:
    """Streams through the edge to a backend, each with a message now and then."""

    def __init__(self, edge, certificate, provider, backend, every=0.1):
        self.backend, self.every = backend, every
        context = client_context(certificate)
        self.peers = [Peer(edge, PEER, provider.domain(number), context)
                      for number in range(1, STREAMS + 1)]
        self.sent = [0] * STREAMS
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._talk, daemon=True)

    def start(self):
        for peer in self.peers:
            peer.establish()
        self._thread.start()

    def _talk(self):
        turn = 0
        while not self._over.wait(self.every):
            self._say(turn % STREAMS)
            turn += 1

    def _say(self, index):
        with contextlib.suppress(OSError, EOFError):
            self.peers[index].send_message(f'message {index}.{self.sent[index]}.')
            self.sent[index] += 1

    def finish(self):
        """Ends them in good order. How many did not live so long, and how many of their
        messages did not arrive."""
        self._over.set()
        self._thread.join()
        dropped = sum(not self._ends_well(index) for index in range(STREAMS))
        wanted = {f'message {index}.{number}.'.encode()
                  for index in range(STREAMS) for number in range(self.sent[index])}
        with contextlib.suppress(Exception):
            wait_until(lambda: not self._missing(wanted), 'all messages', 10)
        return dropped, len(self._missing(wanted))

    def _ends_well(self, index):
        self._say(index)
        try:
            text = self.peers[index].finish()
            return text.closed and not any(child.tag.endswith('}error') for child in text.children)
        except Exception:   # noqa: BLE001 - every way to fail is an answer here
            return False

    def _missing(self, wanted):
        octets = self.backend.octets
        return [text for text in wanted if text not in octets]


class Load:
    """danegate-load handshakes, until stop()."""

    def __init__(self, edge, provider, rate, seed):
        self._child = subprocess.Popen(
            [LOAD, 'handshakes', '--target', '%s:%d' % edge, '--names', provider.names_file,
             '--expect', provider.folder, '--rate', str(rate), '--duration', '3600',
             '--seed', str(seed), '--json'], stdout=subprocess.PIPE, text=True)

    def stop(self):
        """Its report."""
        self._child.send_signal(signal.SIGINT)
        return json.loads(self._child.communicate(timeout=60)[0])


class Churn:
    """`folder` is scratch, `block` an AddressBlock."""

    def __init__(self, folder, block, count, seed=1):
        self.count, self.chance = count, random.Random(seed)
        self.edge = block.address(4)
        self.direct = (self.edge, 5270)
        self.provider = Provider(os.path.join(folder, 'provider'), count,
                                 backend=f'{block.address(5)}:5269')
        keys = os.path.join(folder, 'keys')
        os.mkdir(keys)
        self.certificate = self_signed(keys, [PEER])
        self.tree = self.provider.dns_tree(os.path.join(folder, 'dns'), block.address(1), {PEER: {
            'records': [f'_xmpp-server._tcp SRV 0 0 5269 mx.{PEER}.', f'mx A {block.address(9)}',
                        f'_5269._tcp.mx TLSA {self.certificate.tlsa()}']}})
        hosts = [self.provider.domain(number) for number in range(1, STREAMS + 1)]
        self.backend = Backend(Authority(keys, 'backend-ca').issue(hosts),
                               type('EdgeCa', (), {'chain': self.provider.path('edge-ca.pem')}),
                               (block.address(5), 5269))
        self.log = os.path.join(folder, 'danegate.log')
        self.times, self.took, self.late = {}, [], []
        self._untouched = list(range(STREAMS + 1, count + 1))
        self.chance.shuffle(self._untouched)

    # --- changes --------------------------------------------------------------

    def _prepare(self, reloads):
        """Functions, each of which brings about one reload or two, in random order; no
        tenant is concerned twice."""
        kinds = [self._renewal, self._renewal, self._settings, self._domain, self._visit,
                 self._breakage]
        changes, newcomer, made = [], self.count, 0
        while made < reloads:
            kind = self.chance.choice(kinds)
            newcomer += 1
            changes.append(kind(newcomer if kind == self._visit else self._untouched.pop()))
            made += 2 if kind in (self._domain, self._visit) else 1
        self.chance.shuffle(changes)
        return changes

    def _renewal(self, number):
        change, leaf = self.provider.renewal(number)
        return lambda: self._served('renewed', change, self.provider.domain(number), leaf)

    def _settings(self, number):
        text = self.provider.settings_text(number) + 'notes: changed\n'
        change = self.provider.settings(number, text)
        return lambda: self._logged('changed', change, 'reload', self.provider.tenant(number))

    def _domain(self, number):
        domain = self.provider.domain(number)
        more = f'more.{domain}'
        renewal, leaf = self.provider.renewal(number, [more])
        text = self.provider.settings_text(number).replace(f'[{domain}]', f'[{domain}, {more}]')
        change = self.provider.settings(number, text)

        def bring_about():
            self._served('renewed', renewal, domain, leaf)
            self._served('new domain', change, more, leaf)
        return bring_about

    def _visit(self, number):
        """Somebody who comes and goes."""
        change, leaf = self.provider.arrival(number)
        domain = self.provider.domain(number)

        def bring_about():
            self._served('added', change, domain, leaf)
            self._served('removed', lambda: self.provider.remove(number), domain, None)
        return bring_about

    def _breakage(self, number):
        """A file that is bad, and good again: meanwhile nothing changes."""
        good, domain = self.provider.settings_text(number), self.provider.domain(number)
        spoil = self.provider.settings(number, good + BROKEN)
        mend = self.provider.settings(number, good)

        def bring_about():
            before = served(self.direct, domain)
            self._logged('broken', spoil, 'config', self.provider.file(number, 'yaml'))
            if before is None or served(self.direct, domain) != before:
                self.late.append(f'{domain}: its broken file is served')
            self._logged('mended', mend, 'reload', self.provider.tenant(number))
        return bring_about

    # --- what is waited for ---------------------------------------------------

    def _note(self, kind, seconds):
        self.times.setdefault(kind, []).append(seconds)
        if seconds is None:
            self.late.append(kind)

    def _served(self, kind, change, domain, leaf):
        served(self.direct, domain)   # what is not loaded yet cannot be old
        change()
        self._note(kind, time_until(lambda: served(self.direct, domain) == leaf, 10, 0.001))

    def _logged(self, kind, change, event, words):
        change()

        def is_logged():
            found = self._events()
            return any(entry['event'] == event and words in json.dumps(entry) for entry in found)
        self._note(kind, time_until(is_logged, 10, 0.001))

    def _events(self):
        found = self.server.events('reload', 'config')
        self.took += [entry['took_ms'] for entry in found if entry['event'] == 'reload']
        return found

    # --- all of it ------------------------------------------------------------

    def run(self, reloads, rate, pace):
        """`rate`: of handshakes, `pace`: of changes, a second. The report."""
        changes = self._prepare(reloads)
        with contextlib.ExitStack() as end:
            end.callback(self.backend.close)
            end.callback(self.tree.stop)
            self.tree.start()
            config = self.provider.write_edge(self.edge, self.tree)
            self.server = Danegate(config, self.log, self.direct)
            end.callback(self.server.stop)
            self.server.wait_ready()
            streams = Streams((self.edge, 5269), self.certificate, self.provider, self.backend)
            streams.start()
            load = Load(self.direct, self.provider, rate, self.chance.randrange(1 << 30))
            begin = time.monotonic()
            for number, bring_about in enumerate(changes):
                time.sleep(max(0.0, begin + number / pace - time.monotonic()))
                bring_about()
                if number % 100 == 99:
                    measuring.say(f'{number + 1} of {len(changes)} changes')
            seconds = time.monotonic() - begin
            handshakes = load.stop()
            dropped, lost = streams.finish()
            self._events()
            status = self.server.ctl('status')['reload']
        return {'seconds': seconds, 'tenants': self.count, 'rate': rate,
                'reloads': status['reloads'], 'problems_left': len(status['problems']),
                'served_ms': {kind: [value and value * 1e3 for value in values]
                              for kind, values in self.times.items()},
                'took_ms': self.took, 'late': self.late, 'handshakes': handshakes,
                'streams': {'kept': STREAMS - dropped, 'dropped': dropped,
                            'messages': sum(streams.sent), 'lost': lost}}


def mistakes(report):
    """What breaks the rule: nobody but those who change notices anything, and who changes is
    served."""
    load, streams = report['handshakes'], report['streams']
    found = [(load['failed'], f"handshakes failed: {load['failures']}"),
             (load['wrong_certificate'],
              f"handshakes showed another certificate: {load['wrong_certificates']}"),
             (load['attempted'] == 0, 'no handshakes'),
             (streams['dropped'], f"{streams['dropped']} streams were dropped"),
             (streams['lost'], f"{streams['lost']} messages were lost"),
             (report['late'], f"changes were not served in 10 s: {report['late']}"),
             (report['problems_left'], 'problems are left')]
    return [text for is_so, text in found if is_so]
