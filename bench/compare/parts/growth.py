"""P9: does a stanza cost the same among 100 streams and among thousands, a set-up with one
shard and with two?"""

import contextlib
import functools

import measuring
from parts.memory import kib_per_stream
from parts.turns import in_turn, running
from results import Row
from scenario import Scenario

TITLE = 'growth'
COST, MEASURED = 14, 9
FEW, RATE = 100, 20000
SIZES = (FEW, 1000, 3000)   # and as many as --streams says
SHARDS = (1, 2)
STREAMS = ('danegate-load streams --direct --streams {} --stanzas 300 --rate 20000 '
           '--duration {:g} (twice as long with the most)')
SETUPS = 'danegate-load streams --direct --setups --concurrency 32 --duration {:g}, shards: {}'


def measure(options, results):
    with Scenario(options.tenants, options.peers) as scenario:
        measure_streams(options, results, scenario)
        measure_shards(options, results, scenario)


def costs_of(options, results, title, sizes, of, figures):
    """[{size: [figure of each run]}], one for each of `figures`, functions of a report. All sizes
    take turns."""
    costs = [{size: [] for size in sizes} for _ in figures]
    for reports in in_turn(options, title, {size: lambda size=size: of(size) for size in sizes}):
        results.part('p9')['runs'].append(reports)
        for size, report in reports.items():
            for cost, figure in zip(costs, figures):
                cost[size].append(figure(report))
    return costs


def measure_streams(options, results, scenario):
    sizes = sorted({*(size for size in SIZES if size < options.streams), options.streams})

    def of(streams):
        # Long enough for what the first stanza of a stream costs to count for little.
        seconds = options.seconds * (2 if streams == sizes[-1] else 1)
        with running(scenario.danegate) as server:
            return scenario.streams(server, '--direct', '--streams', streams, '--stanzas', 300,
                                    '--rate', RATE, '--duration', seconds)

    cpu, memory = costs_of(options, results, 'growth, streams', sizes, of,
                           (cpu_of_stanza, kib_per_stream))
    for what, unit, cost in (('a stanza', 'µs of CPU', cpu), ('memory of a stream', 'KiB', memory)):
        row = Row('P9', f'{what}, {sizes[-1]:,} streams against {sizes[0]:,}', unit,
                  f'{sizes[0]:,} streams', ('at most', 1.2), 2,
                  STREAMS.format(f'{sizes[0]} to {sizes[-1]}', options.seconds))
        row.ours, row.peer = cost[sizes[-1]], cost[sizes[0]]
        results.add(row)
    results.growth['streams'] = (
        [('CPU of a stanza, µs', {'danegate': list(cpu.items())}),
         ('memory of a stream, KiB', {'danegate': list(memory.items())})],
        f'streams, {RATE:,} stanzas a second in all', 'streams')


def cpu_of_stanza(report):
    return 1e6 * report['server']['stanza_cpu_s'] / report['stanzas']['recorded']


def measure_shards(options, results, scenario):
    """Both shards on the server's one core, where they share its caches; and, at the same time as
    the generator, on both cores, where they share memory. What a shard costs the other is seen:
    at 2 / 1.8 times the CPU, two cores carry 1.8 times as much."""

    def of(cores, shards):
        scenario.set_shards(shards)
        with cores(), running(scenario.danegate) as server:
            scenario.streams(server, '--direct', '--setups', '--count', scenario.peers)
            return scenario.streams(server, '--direct', '--setups', '--concurrency', 32,
                                    '--duration', options.seconds)

    curves = {}
    for where, cores, most in (('one core', contextlib.nullcontext, 1.2),
                               ('two cores', measuring.cores_shared, 1.11)):
        cpu, = costs_of(options, results, f'growth, shards on {where}', SHARDS,
                        functools.partial(of, cores), (cpu_of_set_up,))
        row = Row('P9', f'a set-up, 2 shards against 1, on {where}', 'µs of CPU', '1 shard',
                  ('at most', most), 0, SETUPS.format(options.seconds, '1 and 2'))
        row.ours, row.peer = cpu[2], cpu[1]
        results.add(row)
        curves[where] = list(cpu.items())
    results.growth['shards'] = ([('CPU of a set-up, µs', curves)], 'shards', 'shards')


def cpu_of_set_up(report):
    return 1e6 * report['server']['setup_cpu_s'] / report['setups']['completed']
