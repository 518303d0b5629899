"""A mixed load for long: does danegate stay as it is? Streams that stay bring stanzas of three
sizes, others come and go; both to backends of their own. Meanwhile resident memory, open files,
threads and streams of danegate are sampled. Give it minutes: every peer's verdict and certificate
for the backend stay in memory once they are there."""

import os
import statistics
import subprocess
import tempfile
import time

import measuring
from measuring import LOAD
from parts.turns import running
from results import Row
from scenario import Scenario

TITLE = 'a mixed load for long'
COST, MEASURED = 20, 0
STREAMS, STANZAS, SETUPS = 200, 8000, 300   # of the last two so many a second: half a core
MIX = '300:8,4096:1,65536:1'
COMMAND = (f'danegate-load streams --streams {STREAMS} --stanzas {MIX} --rate {STANZAS} beside '
           f'streams --setups --setup-rate {SETUPS}, {{:g}} s')


def sample(server):
    """What may not grow."""
    pid = server.process.pid
    status = server.ctl('status')
    return {'resident MB': measuring.resident(pid) / 1e6,
            'open files': len(os.listdir(f'/proc/{pid}/fd')),
            'threads': len(os.listdir(f'/proc/{pid}/task')),
            'streams': sum(shard['open'] for shard in status['shards'])}


class Load:
    """`danegate-load streams` with half of the tenants, under way."""

    def __init__(self, scenario, server, half, *words):
        self._name = f'streams {words[0]}'
        # A pipe holds no report of many samples, and nobody reads it before the end.
        self._said, self._failed = (tempfile.TemporaryFile('w+') for _ in range(2))
        self.child = subprocess.Popen(
            [LOAD, 'streams', '--json', '--pid', str(server.process.pid),
             *scenario.words_for_half(server, half), *map(str, words)],
            stdout=self._said, stderr=self._failed)

    def report(self, seconds):
        self.child.wait(timeout=seconds)
        for file in (self._said, self._failed):
            file.seek(0)
        # What failed is in the report, and judged.
        return measuring.report_of(self._name, self.child.returncode, self._said.read(),
                                   self._failed.read(), may_fail=True)

    def end(self):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()


def watch(loads, server, seconds, samples):
    """Appends (seconds, sample) until the loads are over."""
    begin = time.monotonic()
    pause = max(0.5, seconds / 500)
    while any(load.child.poll() is None for load in loads):
        at = time.monotonic() - begin
        if at > seconds + 60:
            raise RuntimeError(f'the load goes on {at - seconds:.0f} s after its end')
        samples.append((at, sample(server)))
        measuring.progress(f"{TITLE}: {at:.0f} of {seconds:.0f} s, "
                           f"{samples[-1][1]['resident MB']:.1f} MB")
        time.sleep(pause)


def growth(samples, name, seconds):
    """The last quarter's median of the load's time against the second quarter's."""
    def median(begin, end):
        return statistics.median(values[name] for at, values in samples
                                 if begin * seconds <= at < end * seconds)
    return median(0.75, 0.97), median(0.25, 0.5)


def measure(options, results):
    seconds, raw = options.long, results.part('long')
    rows = {name: Row('long', f'{name}, last quarter against second', '', 'second quarter',
                      ('at most', 1.05), 1, COMMAND.format(seconds))
            for name in ('resident MB', 'open files', 'threads')}
    with Scenario(options.tenants, options.peers) as scenario:
        scenario.part_in_halves()
        with running(scenario.danegate) as server:
            run(scenario, server, seconds, raw)
    samples = raw['samples']
    for name, row in rows.items():
        row.add(*growth(samples, name, seconds))
    results.add(*rows.values(), *told(raw['streams'], raw['set-ups']))
    results.curves['long'] = (
        {name: [(at, values[name]) for at, values in samples] for name in samples[0][1]},
        f"danegate under a mixed load, commit {results.machine['commit']}")


def told(streams, set_ups):
    """Rows of what became of the load, and of what the server spent on it."""
    failed = Row('long', 'stanzas lost or out of order, streams broken, set-ups failed', '', '',
                 ('never over', 0), 0)
    failed.add(sum(report['stanzas']['lost'] + report['stanzas']['out_of_order']
                   + sum(report['broken_streams'].values())
                   + sum(report['setups']['failed'].values()) for report in (streams, set_ups)))
    # The rate is kept whatever the server does: what could not be kept would make it easier.
    kept = Row('long', 'stanzas and set-ups that were due, but not begun', '% of all', '',
               ('at most', 0.1), 4)
    kept.add(100 * (streams['stanzas']['not_sent'] + set_ups['setups']['missed'])
             / (streams['stanzas']['sent'] + set_ups['setups']['attempted']))
    busy = Row('long', 'the server', '% of a core', '', None, 0)
    busy.add(100 * streams['server']['stanza_cpu_s'] / streams['stanzas']['took_s'])
    return failed, kept, busy


def run(scenario, server, seconds, raw):
    """Puts the samples and the loads' reports into `raw`, as far as it comes."""
    loads = []
    try:
        loads.append(Load(scenario, server, 0, '--streams', STREAMS, '--stanzas', MIX, '--rate',
                          STANZAS, '--duration', seconds, '--starttls'))
        loads.append(Load(scenario, server, 1, '--setups', '--setup-rate', SETUPS, '--duration',
                          seconds, '--starttls'))
        watch(loads, server, seconds, raw.setdefault('samples', []))
        raw['streams'] = loads[0].report(60)
        raw['set-ups'] = loads[1].report(60)
    finally:
        for load in loads:
            load.end()
