"""P8: how long stanzas are under way at half of what the slower server carries, one at a time
in each stream: that is how an open loop sends them. Beside it, how much the machine pauses: where
that is near a hundredth of the time, it is what the p99 of a run says, whoever was measured; the
median of the p99 of each tenth of a second is without it."""

import pauses
import rivals
from parts import relay
from parts.turns import paired, running
from results import Row
from scenario import Scenario

TITLE = 'latency'
COST, MEASURED = 4, 2.5
SIZE = 300
COMMAND = ('danegate-load streams --direct --streams 32 --stanzas 300 --rate HALF '
           '--duration {:g}')
PAUSES = 2   # seconds
FIGURES = {'p50': lambda stanzas: stanzas['latency_ms']['p50'],
           'p99': lambda stanzas: stanzas['latency_ms']['p99'],
           'p99 of a tenth of a second':
               lambda stanzas: stanzas['p99_of_tenths_ms']['p50']}


def measure(options, results):
    raw = results.part('p8')
    rows = {name: Row('P8', f'a stanza of {SIZE}, {name}', 'ms', 'HAProxy',
                      ('at most', 1.0) if 'p99' in name else None, 3,
                      COMMAND.format(options.seconds)) for name in FIGURES}
    busy = Row('P8', 'the server at that rate', '% of a core', 'HAProxy', None, 0)
    # Near 100, the rate is half of what the generator makes, not the server.
    limit = Row('P8', 'the generator when the most was asked for, once', '% of a core', 'HAProxy',
                None, 0)
    paused = Row('P8', 'pauses of the two cores with no server',
                 '% of the time', '', None, 2)
    with Scenario(options.tenants, options.peers) as scenario:
        makes = scenario.danegate, lambda: rivals.Haproxy(scenario)

        def capacity(make):
            with running(make) as server:
                return relay.load(scenario, server, SIZE, 1, options.seconds)

        def of(make):
            with running(make) as server:
                return scenario.streams(server, '--direct', '--streams', relay.STREAMS, '--stanzas',
                                        SIZE, '--rate', rate, '--duration', options.seconds)

        raw['capacity'] = [capacity(make) for make in makes]
        limit.add(*map(generator_share, raw['capacity']))
        rate = raw['rate'] = int(min(map(relay.stanza_rate, raw['capacity'])) / 2)
        for ours, theirs in paired(options, f'{TITLE}, {rate:,} stanzas a second',
                                   *(lambda make=make: of(make) for make in makes)):
            raw['runs'].append({'danegate': ours, 'haproxy': theirs})
            for name, row in rows.items():
                row.add(*(FIGURES[name](report['stanzas']) for report in (ours, theirs)))
            busy.add(*(100 * report['server']['stanza_cpu_s'] / report['stanzas']['took_s']
                       for report in (ours, theirs)))
            paused.add(pauses.measure(PAUSES))
    results.add(*rows.values(), paused, busy, limit)


def generator_share(report):
    """Percent of a core that the generator took while stanzas were sent. Its time for the set-ups
    is in it: it is a little less than what is said here."""
    return 100 * report['generator']['cpu_s'] / report['stanzas']['took_s']
