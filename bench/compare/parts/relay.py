"""P3: stanzas through, TLS in and TLS out; as many as the server takes (a closed loop)."""

import rivals
from parts.turns import paired, running
from results import Row
from scenario import Scenario

TITLE = 'relay'
COST, MEASURED = 25, 6
SIZES = {300: 0.7, 4096: 1.0, 65536: 1.0}   # octets, and the least ratio
COMMAND = ('danegate-load streams --direct --streams 32 --stanzas {} --window {} '
           '--duration {:g}')


def window(size):
    """Stanzas under way in each stream: enough to keep the server busy, and no more than
    socket buffers hold."""
    return max(1, min(16, 131072 // size))


def octets_per_cpu(report):
    """MiB that a second of the server's CPU carried."""
    return report['stanzas']['bytes'] / (1 << 20) / report['server']['stanza_cpu_s']


def stanza_rate(report):
    return report['stanzas']['recorded'] / report['stanzas']['took_s']


def load(scenario, server, size, seconds):
    return scenario.streams(server, '--direct', '--streams', 32, '--stanzas', size,
                            '--window', window(size), '--duration', seconds)


def measure(options, results):
    raw = results.part('p3')
    with Scenario(options.tenants, options.peers) as scenario:
        for size, least in SIZES.items():
            command = COMMAND.format(size, window(size), options.seconds)
            octets = Row('P3', f'relayed in stanzas of {size}', 'MiB a second of CPU', 'HAProxy',
                         ('at least', least), 0, command)
            rate = Row('P3', f'stanzas of {size}', 'a second', 'HAProxy', None, 0)

            def of(make, size=size):
                with running(make) as server:
                    return load(scenario, server, size, options.seconds)

            for ours, theirs in paired(options, f'{TITLE}, {size} octets',
                                       lambda: of(scenario.danegate),
                                       lambda: of(lambda: rivals.Haproxy(scenario))):
                raw['runs'].append({'octets': size, 'danegate': ours, 'haproxy': theirs})
                octets.add(octets_per_cpu(ours), octets_per_cpu(theirs))
                rate.add(stanza_rate(ours), stanza_rate(theirs))
            results.add(octets, rate)
        raw['cipher'] = {'danegate': cipher_of_danegate(scenario), 'haproxy': rivals.CIPHER}


def cipher_of_danegate(scenario):
    """What its log says of the streams; raises if it is another than HAProxy's."""
    with running(scenario.danegate) as server:
        load(scenario, server, 300, 0.2)
        found = {entry['cipher'] for entry in server.events('stream') if entry['established']}
    if found != {rivals.CIPHER}:
        raise RuntimeError(f'expected {rivals.CIPHER} in all streams of danegate; found {found}')
    return rivals.CIPHER
