#!/usr/bin/python3
"""Compiles headers by themselves, as their layer is compiled.

    compile_headers.py BUILD_FOLDER < list of headers

Prints a line for every header that needs another one before it. The options are those of
a source file of the same folder, so that a header that looks into a layer it may not see
fails too."""

import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys

WITH_ARGUMENT = ('-I', '-isystem', '-D')


def options_by_folder(build):
    """{folder: the options that decide what can be included}."""
    commands = json.loads((pathlib.Path(build) / 'compile_commands.json').read_text())
    return {os.path.dirname(os.path.relpath(entry['file'])): include_options(entry['command'])
            for entry in commands}


def include_options(command):
    words, kept = iter(shlex.split(command)), []
    for word in words:
        if word in WITH_ARGUMENT:
            kept += [word, next(words)]
        elif word.startswith(('-I', '-D', '-std')):
            kept.append(word)
    return kept


def offence(header, options):
    """What the compiler says about a header alone; empty if nothing."""
    done = subprocess.run(['g++', '-fsyntax-only', '-Wno-pragma-once-outside-header', *options,
                           '-x', 'c++', header], text=True, capture_output=True, check=False)
    return f'{header}:1: is not self-contained:\n{done.stderr}' if done.returncode else ''


def main(build):
    options = options_by_folder(build)
    headers = sys.stdin.read().split()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda header: offence(header, options[os.path.dirname(header)]),
                         (header for header in headers if os.path.dirname(header) in options))
        print(''.join(found), end='')


if __name__ == '__main__':
    main(sys.argv[1])
