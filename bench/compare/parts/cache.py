"""P6, and P9 of the verdict cache: what a hit costs, with one reader and two, with a writer
beside them, in tables of every size."""

import benchmarks
import measuring
from results import Row

TITLE = 'verdict cache'
NEEDS = ('verdict_cache',)
COST, MEASURED = 14, 0
USUAL = r'Hit<[A-Za-z]+(, true)?>/10000/threads'
SIZES = r'LockFree>/[0-9]+$|ReadOneLine'
OURS = 'LockFree'
OTHERS = {'ShardedMap': 'sharded map', 'TbbMap': 'oneTBB'}
COMMAND = "verdict_cache_benchmark --benchmark_filter='{}' --benchmark_min_time=0.3"


def measure(options, results):
    raw = results.part('p6')
    measuring.progress(f'{TITLE}: 10,000 verdicts')
    # In turn: the machine's moods then meet all tables alike.
    entries = run(options, USUAL, '--benchmark_enable_random_interleaving=true')
    raw['runs'] += entries
    results.add(*usual_rows(benchmarks.figures(entries, 'cpu_time'),
                            benchmarks.figures(entries, 'real_time')))
    measuring.progress(f'{TITLE}: 1,000 to 10,000,000 verdicts')
    entries = run(options, SIZES)   # not in turn: tables take long to fill
    raw['runs'] += entries
    add_growth(results, benchmarks.figures(entries, 'cpu_time'))


def run(options, which, *words):
    return benchmarks.run([benchmarks.program('verdict_cache'), f'--benchmark_filter={which}',
                           '--benchmark_min_time=0.3', f'--benchmark_repetitions={options.runs}',
                           *words], 120 + 60 * options.runs)


def name_of(table, readers, writer=''):
    return f'Hit<{table}{writer}>/10000/threads:{readers}'


def usual_rows(cpu, clock):
    """`cpu` and `clock` are nanoseconds of a hit, by the processor's time and the wall's; the
    latter over all readers."""
    command = COMMAND.format(USUAL)
    hit = Row('P6', 'a hit, 10,000 verdicts', 'ns of CPU', '', ('at most', 50), 1, command)
    hit.ours = cpu[name_of(OURS, 1)]
    yield hit
    for what, writer, least in (('hits of 2 readers', '', 1.9),
                                ('the same, with a writer', ', true', 1.7)):
        row = Row('P6', what, 'millions a second', '1 reader', ('at least', least), 1, command)
        row.ours, row.peer = ([1e3 / each for each in clock[name_of(OURS, readers, writer)]]
                              for readers in (2, 1))
        yield row
    for table, name in OTHERS.items():
        for readers in (1, 2):
            row = Row('P6', f'a hit, {readers} reader{"s"[:readers - 1]}', 'ns of CPU', name,
                      None, 1, command)
            row.ours, row.peer = (cpu[name_of(which, readers)] for which in (OURS, table))
            yield row


def add_growth(results, cpu):
    sizes = [10 ** power for power in range(3, 8)]
    row = Row('P9', 'a hit, 10,000,000 verdicts against 1,000', 'ns of CPU', '1,000 verdicts',
              ('at most', 1.2), 1, COMMAND.format(SIZES))
    row.ours, row.peer = (cpu[f'Hit<{OURS}>/{size}'] for size in (sizes[-1], sizes[0]))
    results.add(row)
    curves = {'a hit': f'Hit<{OURS}>', 'one read at random of as much memory': 'ReadOneLine'}
    results.growth['cache'] = (
        [('CPU, ns', {what: [(size, cpu[f'{name}/{size}']) for size in sizes]
                      for what, name in curves.items()})],
        'a hit in the verdict cache', 'verdicts')
