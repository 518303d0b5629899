#!/usr/bin/python3
"""deploy/setup and deploy/quickstart leave nothing behind, however they end: no file that
keeps the machine's services down, no apt-get that goes on by itself.

Every program that would change the machine is a stub here."""

import os
import pathlib
import signal
import subprocess
import unittest

import stub_machine

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / 'deploy'
ENDS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
OURS = '#!/bin/sh\n# Made by deploy/setup of danegate, which takes it away when it ends.\nexit 101\n'
THEIRS = '#!/bin/sh\nexit 0\n'

# $machine is the folder of a test; missing/NAME: the package is not installed.
STUBS = {
    'dpkg-query': 'for name; do :; done; [ ! -e "$machine/missing/$name" ] || exit 1\n'
                  'echo installed 99:1',
    'apt-cache': 'printf "Source: boringssl (1.0)\\nVersion: 1.0\\n"',
    'apt-get': '''[ "$1" = install ] || exit 0
cp -p "$machine/policy" "$machine/seen"
if [ -e "$machine/gate" ]; then echo $$ >"$machine/ready"; read -r _ <"$machine/gate"; fi
[ ! -e "$machine/broken" ] || exit 100
rm -f "$machine"/missing/*''',
    'systemctl': 'echo "$@" >>"$machine/systemctl"',
    'sudo': 'exec "$@"',
}


class SetupScriptTest(unittest.TestCase):
    def setUp(self):
        self.machine = stub_machine.make(self, STUBS)
        (self.machine / 'missing').mkdir()
        self.policy = self.machine / 'policy'

    def remove(self, *packages):
        for package in packages:
            (self.machine / 'missing' / package).touch()

    def start(self, script, *arguments):
        """In a process group of its own, as a shell starts it."""
        environment = {**os.environ, **stub_machine.environment(self.machine),
                       'DANEGATE_POLICY_FILE': str(self.policy)}
        child = subprocess.Popen(
            [DEPLOY / script, *arguments], env=environment, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=lambda: [signal.signal(number, signal.SIG_DFL) for number in ENDS])
        self.addCleanup(child.communicate)
        self.addCleanup(child.kill)
        return child

    def run_setup(self):
        child = self.start('setup', 'demo')
        _, errors = child.communicate(timeout=20)
        return child.returncode, errors

    def install_and_interrupt(self, number, script, *arguments):
        """Sends the signal, as a terminal does, while apt-get installs. Returns the exit
        status and the id of apt-get."""
        self.remove('prosody')
        for name in ('ready', 'gate'):
            os.mkfifo(self.machine / name)
        child = self.start(script, *arguments)
        apt_get = int((self.machine / 'ready').read_text())
        self.assertTrue(self.policy.exists())
        os.killpg(child.pid, number)
        child.communicate(timeout=20)
        for name in ('ready', 'gate'):
            (self.machine / name).unlink()
        return child.returncode, apt_get

    def test_services_stay_down_while_packages_are_installed(self):
        self.remove('prosody', 'cmake')
        self.assertEqual(self.run_setup()[0], 0)
        seen = self.machine / 'seen'
        self.assertEqual(subprocess.run([seen], check=False).returncode, 101)
        self.assertFalse(self.policy.exists())

    def test_what_this_run_has_installed_does_not_start_at_the_next_boot(self):
        self.remove('prosody', 'erlang-base')
        self.assertEqual(self.run_setup()[0], 0)
        calls = (self.machine / 'systemctl').read_text().splitlines()
        self.assertEqual(sorted(calls), ['--quiet disable epmd.service epmd.socket',
                                         '--quiet disable prosody.service'])

    def test_a_server_that_was_there_before_is_left_alone(self):
        self.remove('openssl')
        self.assertEqual(self.run_setup()[0], 0)
        self.assertFalse((self.machine / 'systemctl').exists())

    def test_an_apt_get_that_fails_leaves_nothing_behind(self):
        self.remove('prosody')
        (self.machine / 'broken').touch()
        status, errors = self.run_setup()
        self.assertEqual(status, 1)
        self.assertIn('could not install: prosody', errors)
        self.assertFalse(self.policy.exists())
        self.assertFalse((self.machine / 'systemctl').exists())

    def test_an_interrupted_setup_leaves_nothing_behind(self):
        for number in ENDS:
            with self.subTest(number):
                status, _ = self.install_and_interrupt(number, 'setup', 'demo')
                self.assertEqual(status, 128 + number)
                self.assertFalse(self.policy.exists())

    def test_an_interrupted_quickstart_takes_apt_get_along(self):
        for number in ENDS:
            with self.subTest(number):
                status, apt_get = self.install_and_interrupt(number, 'quickstart', '--once')
                self.assertEqual(status, 128 + number)
                self.assertFalse(os.path.exists(f'/proc/{apt_get}'))
                self.assertFalse(self.policy.exists())

    def test_what_an_earlier_run_left_behind_is_taken_away(self):
        for packages in ((), ('prosody',)):
            with self.subTest(packages):
                self.policy.write_text(OURS)
                self.remove(*packages)
                self.assertEqual(self.run_setup()[0], 0)
                self.assertFalse(self.policy.exists())

    def test_a_policy_of_somebody_else_stays(self):
        self.policy.write_text(THEIRS)
        self.remove('prosody')
        self.assertEqual(self.run_setup()[0], 0)
        self.assertEqual(self.policy.read_text(), THEIRS)


if __name__ == '__main__':
    unittest.main()
