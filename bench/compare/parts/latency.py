"""P8: how long stanzas are under way at half of what the slower server carries."""

import rivals
from parts import relay
from parts.turns import paired, running
from results import Row
from scenario import Scenario

TITLE = 'latency'
COST, MEASURED = 10, 4
SIZE, STREAMS = 300, 32
COMMAND = ('danegate-load streams --direct --streams 32 --stanzas 300 --rate HALF '
           '--duration {:g}')


def measure(options, results):
    raw = results.part('p8')
    rows = {name: Row('P8', f'a stanza of {SIZE} under way, {name}', 'ms', 'HAProxy',
                      ('at most', 1.0) if name == 'p99' else None, 3,
                      COMMAND.format(options.seconds)) for name in ('p50', 'p99')}
    with Scenario(options.tenants, options.peers) as scenario:
        makes = scenario.danegate, lambda: rivals.Haproxy(scenario)

        def capacity(make):
            with running(make) as server:
                return relay.stanza_rate(relay.load(scenario, server, SIZE, options.seconds))

        def of(make):
            with running(make) as server:
                return scenario.streams(server, '--direct', '--streams', STREAMS, '--stanzas',
                                        SIZE, '--rate', rate, '--duration', options.seconds)

        raw['capacity'] = [capacity(make) for make in makes]
        rate = raw['rate'] = int(min(raw['capacity']) / 2)
        for ours, theirs in paired(options, f'{TITLE}, {rate:,} stanzas a second',
                                   *(lambda make=make: of(make) for make in makes)):
            raw['runs'].append({'danegate': ours, 'haproxy': theirs})
            for name, row in rows.items():
                row.add(*(report['stanzas']['latency_ms'][name] for report in (ours, theirs)))
    results.add(*rows.values())
