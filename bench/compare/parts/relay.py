"""P3: stanzas through, TLS in and TLS out; as many as the server takes (a closed loop)."""

import rivals
from parts.turns import paired, running
from results import Row
from scenario import Scenario

TITLE = 'relay'
COST, MEASURED = 15, 14
STREAMS = 32
COMMAND = (f'danegate-load streams --direct --streams {STREAMS} --stanzas {{}} --body {{}} '
           '--window {} --duration {:g}')
# Octets, what is in them, stanzas under way in each stream, and the least ratio. One under way
# has a TLS record, a read and a write of its own, as on most streams; more of them share these.
# A body of 'x' is the best case of a guard that has short cuts, the others are without them.
LOADS = ((300, 'ascii', 1, 0.7), (300, 'ascii', 16, 0.7), (4096, 'ascii', 1, 1.0),
         (4096, 'ascii', 16, 1.0), (4096, 'text', 16, 1.0), (4096, 'nested', 16, 1.0),
         (65536, 'ascii', 2, 1.0))


def octets_per_cpu(report):
    """MiB that a second of the server's CPU carried."""
    return report['stanzas']['bytes'] / (1 << 20) / report['server']['stanza_cpu_s']


def stanza_rate(report):
    return report['stanzas']['recorded'] / report['stanzas']['took_s']


def load(scenario, server, size, window, seconds, body='ascii'):
    return scenario.streams(server, '--direct', '--streams', STREAMS, '--stanzas', size,
                            '--body', body, '--window', window, '--duration', seconds)


def measure(options, results):
    raw = results.part('p3')
    with Scenario(options.tenants, options.peers) as scenario:
        for one in LOADS:
            measure_one(options, results, scenario, *one)
        raw['cipher'] = {'danegate': cipher_of_danegate(scenario), 'haproxy': rivals.CIPHER}


def measure_one(options, results, scenario, size, body, window, least):
    what = f'stanzas of {size}, {body}, {window} at a time'
    octets = Row('P3', what, 'MiB a second of CPU', 'HAProxy', ('at least', least), 0,
                 COMMAND.format(size, body, window, options.seconds))
    rate = Row('P3', what, 'a second', 'HAProxy', None, 0)

    def of(make):
        with running(make) as server:
            return load(scenario, server, size, window, options.seconds, body)

    for ours, theirs in paired(options, f'{TITLE}, {what}', lambda: of(scenario.danegate),
                               lambda: of(lambda: rivals.Haproxy(scenario))):
        results.part('p3')['runs'].append({'octets': size, 'body': body, 'window': window,
                                           'danegate': ours, 'haproxy': theirs})
        octets.add(octets_per_cpu(ours), octets_per_cpu(theirs))
        rate.add(stanza_rate(ours), stanza_rate(theirs))
    results.add(octets, rate)


def cipher_of_danegate(scenario):
    """What its log says of the streams; raises if it is another than HAProxy's."""
    with running(scenario.danegate) as server:
        load(scenario, server, 300, 1, 0.2)
        found = {entry['cipher'] for entry in server.events('stream') if entry['established']}
    if found != {rivals.CIPHER}:
        raise RuntimeError(f'expected {rivals.CIPHER} in all streams of danegate; found {found}')
    return rivals.CIPHER
