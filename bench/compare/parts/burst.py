"""Thousands of silent streams that all send at the same moment, and go on one stanza at a time:
what waits for the server then, what gets lost, and whether the memory comes back."""

import rivals
from parts.memory import kib_per_stream
from parts.turns import paired, running
from results import Row
from scenario import Scenario

TITLE = 'burst'
COST, MEASURED = 36, 0.4
IDLE, REST = 1, 5
PERCENTILES = ('p50', 'p99', 'max')
COMMAND = ('danegate-load streams --direct --streams {} --idle {} --stanzas 300 --window 1 '
           '--duration {:g} --rest {}')


def mishaps(report):
    """Stanzas that were lost or came out of order, streams that broke or could not be set up."""
    stanzas, set_ups = report['stanzas'], report['setups']
    return (stanzas['lost'] + stanzas['out_of_order'] + sum(report['broken_streams'].values()) +
            sum(report['recorder']['failed'].values()) +
            set_ups['attempted'] - set_ups['completed'])


def measure(options, results):
    streams, seconds = options.streams, MEASURED / 2 * options.seconds
    first = {name: Row('burst', f'{streams:,} at once, first stanza, {name}', 'ms', 'HAProxy',
                       None, 1, COMMAND.format(streams, IDLE, seconds, REST))
             for name in PERCENTILES}
    memory = Row('burst', f'memory, silent again for {REST} s', 'KiB a stream', 'before', None, 1)
    lost = Row('burst', 'lost, out of order, broken', 'stanzas and streams', '',
               ('never over', 0), 0)
    raw = results.part('burst')

    def of(make):
        with running(make) as server:
            return scenario.streams(server, '--direct', '--streams', streams, '--idle', IDLE,
                                    '--window', 1, '--duration', seconds, '--rest', REST,
                                    may_fail=True)

    with Scenario(options.tenants, options.peers) as scenario:
        for ours, theirs in paired(options, TITLE, lambda: of(scenario.danegate),
                                   lambda: of(lambda: rivals.Haproxy(scenario))):
            raw['runs'].append({'danegate': ours, 'haproxy': theirs})
            for name, row in first.items():
                row.add(*(report['stanzas']['first_latency_ms'][name]
                          for report in (ours, theirs)))
            memory.add(kib_per_stream(ours, 'rest'), kib_per_stream(ours))
            lost.add(mishaps(ours))
    results.add(*first.values(), memory, lost)
