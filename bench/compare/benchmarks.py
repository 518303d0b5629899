"""The Google Benchmark programs of this tree, and what they say."""

import json
import os
import subprocess

from measuring import DANEGATE


def program(name):
    return os.path.join(os.path.dirname(DANEGATE), name + '_benchmark')


def run(argv, limit):
    """What a program measured: an entry for each repetition of each benchmark. `argv`: the
    program and its options, and whatever has to be before it."""
    done = subprocess.run([*map(str, argv), '--benchmark_format=json'], capture_output=True,
                          text=True, check=False, timeout=limit)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, argv))}: status {done.returncode}\n{done.stderr}")
    entries = json.loads(done.stdout)['benchmarks']
    for entry in entries:
        if entry.get('error_occurred'):
            raise RuntimeError(f"{entry['name']}: {entry['error_message']}")
    return [entry for entry in entries if entry['run_type'] == 'iteration']


def figures(entries, key):
    """{benchmark: one figure for each repetition, in their order}."""
    found = {}
    for entry in sorted(entries, key=lambda entry: entry.get('repetition_index', 0)):
        found.setdefault(entry['name'], []).append(entry[key])
    return found


def missing(names):
    """What has to be built first, as a sentence; or an empty text."""
    for name in names:
        if not os.access(program(name), os.X_OK):
            return f'{program(name)} is missing: ninja -C build/release {name}_benchmark'
    return ''
