"""P9: does a stanza cost the same among 100 streams and among thousands, a set-up with one
shard and with two?"""

from parts.turns import paired, running
from results import Row
from scenario import Scenario

TITLE = 'growth'
COST, MEASURED = 11, 6
FEW, RATE = 100, 20000
STREAMS = ('danegate-load streams --direct --streams {} --stanzas 300 --rate 20000 '
           '--duration {:g}')
SETUPS = 'danegate-load streams --direct --setups --concurrency 32 --duration {:g}, shards: {}'


def measure(options, results):
    raw = results.part('p9')
    with Scenario(options.tenants, options.peers) as scenario:
        measure_streams(options, results, scenario, raw)
        measure_shards(options, results, scenario, raw)


def measure_streams(options, results, scenario, raw):
    # Long enough for what the first stanza of a stream costs to count for little.
    many, seconds = options.streams, 2 * options.seconds
    row = Row('P9', f'a stanza, {many:,} streams against {FEW}', 'µs of CPU', f'{FEW} streams',
              ('at most', 1.2), 2, STREAMS.format(many, seconds))

    def of(streams):
        with running(scenario.danegate) as server:
            return scenario.streams(server, '--direct', '--streams', streams, '--stanzas', 300,
                                    '--rate', RATE, '--duration', seconds)

    for more, fewer in paired(options, 'growth, streams', lambda: of(many), lambda: of(FEW)):
        raw['runs'].append({many: more, FEW: fewer})
        row.add(*(1e6 * report['server']['stanza_cpu_s'] / report['stanzas']['recorded']
                  for report in (more, fewer)))
    results.add(row)


def measure_shards(options, results, scenario, raw):
    """Both shards on the server's one core: what they cost each other is seen, not how much
    quicker two cores are."""
    row = Row('P9', 'a set-up, 2 shards against 1 on one core', 'µs of CPU', '1 shard',
              ('at most', 1.2), 0, SETUPS.format(options.seconds, '1 and 2'))

    def of(shards):
        scenario.set_shards(shards)
        with running(scenario.danegate) as server:
            scenario.streams(server, '--direct', '--setups', '--count', scenario.peers)
            return scenario.streams(server, '--direct', '--setups', '--concurrency', 32,
                                    '--duration', options.seconds)

    for two, one in paired(options, 'growth, shards', lambda: of(2), lambda: of(1)):
        raw['runs'].append({'2 shards': two, '1 shard': one})
        row.add(*(1e6 * report['server']['setup_cpu_s'] / report['setups']['completed']
                  for report in (two, one)))
    results.add(row)
