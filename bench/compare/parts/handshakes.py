"""P1 and P1b: full handshakes with certificates on both sides, by direct TLS."""

import ceiling
import rivals
from parts.turns import paired, running
from results import Row
from scenario import Scenario

TITLE = 'handshakes'
NEEDS = ('crypto',)
COST, MEASURED = 4, 2
COMMAND = ('danegate-load handshakes --direct --client-certificate PEM --concurrency 32 '
           '--duration {:g}')


def measure(options, results):
    command = COMMAND.format(options.seconds)
    rate = Row('P1', 'mutual-TLS handshakes', 'a second of CPU', 'HAProxy',
               ('at least', 1.8), 0, command)
    share = Row('P1b', 'crypto in a handshake', '% of its CPU', target=('at least', 70),
                command='crypto_benchmark')
    raw = results.part('p1')
    with Scenario(options.tenants, options.peers) as scenario:

        def of(make):
            with running(make) as server:
                scenario.handshakes(server, '--count', scenario.tenants)
                return scenario.handshakes(server, '--concurrency', 32,
                                           '--duration', options.seconds)

        for ours, theirs in paired(options, TITLE, lambda: of(scenario.danegate),
                                   lambda: of(lambda: rivals.Haproxy(scenario))):
            cost = ceiling.measure()
            raw['runs'].append({'danegate': ours, 'haproxy': theirs, 'crypto_s': cost})
            rate.add(*(report['completed'] / report['server']['cpu_s']
                       for report in (ours, theirs)))
            share.add(100 * ceiling.handshake(cost) * rate.ours[-1])
    results.add(rate, share)
