"""P4: resident memory of a server that holds silent streams, both legs of each."""

import rivals
from parts.turns import paired, running
from results import Row
from scenario import Scenario

TITLE = 'memory'
COST, MEASURED = 27, 0
IDLE = 5
COMMAND = 'danegate-load streams --direct --streams {} --idle 5'


def of(scenario, make, streams):
    with running(make) as server:
        return scenario.streams(server, '--direct', '--streams', streams, '--idle', IDLE)


def kib_per_stream(report, when='idle'):
    """Beyond what the server had before the first stream; at the end of the silence, or
    another time that the report tells."""
    server = report['server']
    return (server[f'rss_{when}_mb'] - server['rss_before_mb']) * 1e6 / 1024 / report['streams']


def measure(options, results):
    streams = options.streams
    memory = Row('P4', f'memory of {streams:,} idle streams', 'KiB each', 'HAProxy', None, 1,
                 COMMAND.format(streams))
    absolute = Row('P4', 'the same', 'KiB each', '', ('at most', 24), 1)
    raw = results.part('p4')
    with Scenario(options.tenants, options.peers) as scenario:
        for ours, theirs in paired(options, TITLE,
                                   lambda: of(scenario, scenario.danegate, streams),
                                   lambda: of(scenario, lambda: rivals.Haproxy(scenario),
                                              streams)):
            raw['runs'].append({'danegate': ours, 'haproxy': theirs})
            memory.add(kib_per_stream(ours), kib_per_stream(theirs))
            absolute.add(memory.ours[-1])
    results.add(memory, absolute)
