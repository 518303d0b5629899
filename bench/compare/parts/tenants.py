"""P5, and P9 of tenants: what many of them cost, as bench/compare/tenants measures it."""

import json
import os
import subprocess
import sys
import tempfile

import measuring
from results import Row

TITLE = 'tenants'
COST, MEASURED = 17, 0
SIZES = (10, 1000, 10000, 100000)
FEW, MOST = 1000, SIZES[-1]
CHANGES = {'certificate': 'new certificate', 'domain': 'new domain', 'tenant': 'new tenant'}
COMMAND = 'bench/compare/tenants --no-haproxy --no-audit ' + ' '.join(map(str, SIZES))


def measure(options, results):
    raw = results.part('p5')
    samples = raw['runs'] = run(options)
    late = [f'{name} with {count:,}' for count, of in samples.items()
            for name, values in of.items() if None in values]
    if late:
        raise RuntimeError(f"not there in time: {', '.join(late)}")
    results.add(*target_rows(samples), *growth_rows(samples))
    results.growth['tenants'] = (
        [(what, {'danegate': [(size, step(samples, size, name, scale)) for size in SIZES[1:]]})
         for what, name, scale in (('start, µs', 'start', 1e6), ('memory, kB', 'memory', 1e-3))],
        'a tenant more, from the number before', 'tenants')


def run(options):
    """{number of tenants: {what: [sample]}}, as danegate's."""
    with tempfile.TemporaryDirectory(prefix='danegate-compare-') as scratch:
        path = os.path.join(scratch, 'report.json')
        words = [*COMMAND.split()[1:], '--runs', str(options.runs), '--json', path,
                 *(['--folder', options.folder] if options.folder else [])]
        program = measuring.ROOT / 'bench' / 'compare' / 'tenants'
        done = subprocess.run([sys.executable, program, *words], stdout=subprocess.PIPE,
                              text=True, check=False, timeout=600 + 300 * options.runs)
        if done.returncode:
            raise RuntimeError(f'{program}: status {done.returncode}')
        with open(path, encoding='ascii') as file:
            report = json.load(file)
    return {int(count): sides['danegate'] for count, sides in report['tenants'].items()}


def target_rows(samples):
    for what, name, unit, scale, limit, digits in (
            ('start to first handshake', 'start', 's', 1, 3, 2),
            ('memory then', 'memory', 'MB', 1e-6, 250, 1)):
        row = Row('P5', f'{MOST:,} tenants, {what}', unit, '', ('at most', limit), digits, COMMAND)
        row.ours = [scale * value for value in samples[MOST][name]]
        yield row
    for name, what in CHANGES.items():
        row = Row('P5', f'{MOST:,} tenants, {what} to served', 'ms', '', ('at most', 50), 1,
                  COMMAND)
        row.ours = [1e3 * value for value in samples[MOST][name]]
        yield row
        row = Row('P5', f'{what}, {MOST:,} tenants against {FEW:,}', 'ms', f'{FEW:,} tenants',
                  ('at most', 1.2), 1, COMMAND)
        row.ours, row.peer = ([1e3 * value for value in samples[count][name]]
                              for count in (MOST, FEW))
        yield row


def step(samples, size, name, scale):
    """What one tenant more costs, from the number before `size` on; in each run. The total by
    the number would hide it behind what danegate costs without tenants."""
    before = SIZES[SIZES.index(size) - 1]
    return [scale * (more - fewer) / (size - before)
            for more, fewer in zip(samples[size][name], samples[before][name])]


def growth_rows(samples):
    *_, before, last = SIZES
    for name, unit, scale in (('start', 'µs', 1e6), ('memory', 'kB', 1e-3)):
        row = Row('P9', f'{name}, a tenant more to {last:,}', unit, f'to {before:,}',
                  ('at most', 1.2), 2, COMMAND)
        row.ours, row.peer = (step(samples, size, name, scale) for size in (last, before))
        yield row
