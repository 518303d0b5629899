"""A machine on which some programs are shell scripts of a test, for deploy's own scripts."""
import os
import pathlib
import tempfile


def make(test, stubs):
    """Its folder, gone when the test is over: `bin` with the scripts, by name, and a cache in
    which BoringSSL 1.0 is built."""
    folder = tempfile.TemporaryDirectory(prefix='danegate-machine-')
    test.addCleanup(folder.cleanup)
    machine = pathlib.Path(folder.name)
    for name in ('bin', 'cache/boringssl-1.0'):
        (machine / name).mkdir(parents=True)
    for name, text in stubs.items():
        script = machine / 'bin' / name
        script.write_text(f'#!/bin/sh\n{text}\n')
        script.chmod(0o755)
    (machine / 'cache/boringssl-1.0/version').write_text('1.0\n')
    return machine


def environment(machine):
    """What a program on it finds; the scripts have the folder in $machine."""
    return {'machine': str(machine), 'PATH': f'{machine}/bin:{os.environ["PATH"]}',
            'DANEGATE_CACHE': str(machine / 'cache')}
