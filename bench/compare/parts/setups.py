"""P2: streams set up and closed again: STARTTLS, certificates on both sides, EXTERNAL, one
stanza, </stream:stream>. danegate has each peer's verdict and certificate for the backend
already, and hands the stanza to a backend; Prosody is the server itself."""

import ceiling
import rivals
from parts.turns import paired, running
from results import Row
from scenario import Scenario

TITLE = 'set-ups'
NEEDS = ('crypto',)
COST, MEASURED = 11, 2
# Prosody reads all peers' certificates for each tenant. 100 tenants and 1,000 peers were 1.5 GB,
# and some set-ups waited in vain for its features.
MOST_TENANTS = 10
COMMAND = 'danegate-load streams --starttls --setups --concurrency 32 --duration {:g}'


def per_second_of_cpu(report):
    return report['setups']['completed'] / report['server']['setup_cpu_s']


def measure(options, results):
    command = COMMAND.format(options.seconds)
    tenants = min(options.tenants, MOST_TENANTS)
    rate = Row('P2', f'stream set-ups, {tenants} tenants, {options.peers:,} peers',
               'a second of CPU', 'Prosody', ('at least', 20), 0, command)
    share = Row('P2', 'crypto in a set-up', '% of its CPU', target=('at least', 50),
                command='crypto_benchmark')
    raw = results.part('p2')
    with Scenario(tenants, options.peers, 'starttls') as scenario:

        def of(make, recorded):
            with running(make) as server:
                scenario.streams(server, '--starttls', '--setups', '--count', scenario.peers,
                                 recorded=recorded)
                return scenario.streams(server, '--starttls', '--setups', '--concurrency', 32,
                                        '--duration', options.seconds, recorded=recorded)

        for ours, theirs in paired(options, TITLE, lambda: of(scenario.danegate, True),
                                   lambda: of(lambda: rivals.Prosody(scenario), False)):
            cost = ceiling.measure()
            raw['runs'].append({'danegate': ours, 'prosody': theirs, 'crypto_s': cost})
            rate.add(per_second_of_cpu(ours), per_second_of_cpu(theirs))
            share.add(100 * ceiling.set_up(cost) * rate.ours[-1])
    results.add(rate, share)
