"""P7: what cold verdicts cost beside the same look-ups by libunbound alone, of a real NSD."""

import os
import subprocess
import tempfile

import benchmarks
import measuring
from measuring import ROOT, on_server_core
from results import Row

TITLE = 'cold verdicts'
NEEDS = ('verdict',)
COST, MEASURED = 6, 0
COMMAND = ('tests/support/lab/with_dns.py zones.json -- verdict_benchmark '
           '--benchmark_enable_random_interleaving=true')
BARE, OURS = 'libunbound alone', 'verdicts'
PEERS = 1000   # of an iteration


def measure(options, results):
    row = Row('P7', 'cold verdicts', 'a second of CPU', 'libunbound', ('at least', 0.85), 0,
              COMMAND)
    measuring.progress(TITLE)
    with tempfile.TemporaryDirectory(prefix='danegate-compare-') as folder:
        zones = os.path.join(folder, 'zones.json')
        with open(zones, 'wb') as file:
            subprocess.run([ROOT / 'bench' / 'verdict_zones.py'], stdout=file, check=True,
                           timeout=60)
        # NSD has the client's core.
        entries = benchmarks.run(
            [ROOT / 'tests' / 'support' / 'lab' / 'with_dns.py', zones, '--',
             *on_server_core(benchmarks.program('verdict')),
             f'--benchmark_repetitions={options.runs}',
             '--benchmark_enable_random_interleaving=true'], 60 + 60 * options.runs)
    results.part('p7')['runs'] += entries
    for name, ms in benchmarks.figures(entries, 'cpu_time').items():
        samples = row.ours if name.startswith(OURS) else row.peer
        samples += [PEERS / (each / 1e3) for each in ms]
    results.add(row)
