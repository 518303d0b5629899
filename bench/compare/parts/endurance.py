"""A mixed load for long: does danegate stay as it is? Streams that stay bring stanzas of three
sizes, others come and go; both to backends of their own. Meanwhile resident memory, open files,
threads and streams of danegate are sampled. Give it minutes: every peer's verdict and certificate
for the backend stay in memory once they are there."""

import json
import os
import statistics
import subprocess
import time

import measuring
from measuring import LOAD
from parts.turns import running
from results import Row
from scenario import Scenario

TITLE = 'a mixed load for long'
COST, MEASURED = 20, 0
STREAMS, STANZAS, SETUPS = 200, 2000, 50   # of the last two so many a second
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
        self.child = subprocess.Popen(
            [LOAD, 'streams', '--json', '--pid', str(server.process.pid),
             *scenario.words_for_half(server, half), *map(str, words)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def report(self, seconds):
        text, said = self.child.communicate(timeout=seconds)
        if self.child.returncode:
            raise RuntimeError(f'{self._name}: status {self.child.returncode}\n{said}{text[-2000:]}')
        return json.loads(text)

    def end(self):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()


def watch(loads, server, seconds):
    """[(seconds, sample)] until the loads are over."""
    begin, samples = time.monotonic(), []
    pause = max(0.5, seconds / 500)
    while any(load.child.poll() is None for load in loads):
        at = time.monotonic() - begin
        if at > seconds + 60:
            raise RuntimeError(f'the load goes on {at - seconds:.0f} s after its end')
        samples.append((at, sample(server)))
        measuring.progress(f"{TITLE}: {at:.0f} of {seconds:.0f} s, "
                           f"{samples[-1][1]['resident MB']:.1f} MB")
        time.sleep(pause)
    return samples


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
            samples, reports = run(scenario, server, seconds)
    raw.update({'samples': samples, 'streams': reports[0], 'set-ups': reports[1]})
    for name, row in rows.items():
        row.add(*growth(samples, name, seconds))
    results.add(*rows.values())
    results.curves['long'] = (
        {name: [(at, values[name]) for at, values in samples] for name in samples[0][1]},
        f"danegate under a mixed load, commit {results.machine['commit']}")


def run(scenario, server, seconds):
    loads = []
    try:
        loads.append(Load(scenario, server, 0, '--streams', STREAMS, '--stanzas', MIX, '--rate',
                          STANZAS, '--duration', seconds, '--starttls'))
        loads.append(Load(scenario, server, 1, '--setups', '--setup-rate', SETUPS, '--duration',
                          seconds, '--starttls'))
        samples = watch(loads, server, seconds)
        return samples, [load.report(60) for load in loads]
    finally:
        for load in loads:
            load.end()
