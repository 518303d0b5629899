#!/usr/bin/python3
"""The folder of tenant files while danegate runs: empty, away, with files that wait or are
wrong. Nobody goes unnoticed, and what is wrong is told wherever an operator looks."""

import os
import shutil
import unittest

import support   # noqa: F401 - finds the lab
from lab.processes import wait_until
from reload_case import PROVIDER, ReloadCase
from scene import ACME, EDGE_HOST


class Folder(ReloadCase):
    def test_an_empty_folder_lets_nobody_go_unless_it_is_meant(self):
        shutil.copytree(self.tenants, self.tenants + '.old')
        for name in os.listdir(self.tenants):
            os.remove(os.path.join(self.tenants, name))
        for _ in range(2):
            answer = self.ctl('reload', status=1)
            self.assertIn('--force', answer['problems'][-1]['message'])
            self.assertEqual(self.problems(), [answer['problems'][-1]['message']])
        self.assertEqual(len(self.edge.events('config', level='error')), 1, 'it is told once')
        self.assertEqual(len(self.ctl('tenants')['tenants']), 2)
        self.assertEqual(self.ctl('reload', '--force')['removed'], 2)
        self.assertEqual(self.ctl('tenants')['tenants'], [])

    def test_the_last_tenant_stays_as_the_log_promises_until_it_is_forced_out(self):
        os.remove(self.path('wonder'))
        self.wait_reload(removed=1)
        os.rename(self.path('acme'), self.path('acme') + '.old')
        line = self.edge.wait_for_event('config', level='error', place=self.tenants)
        self.assertIn('1 tenant is served: it stays', line['detail'])
        self.assertEqual(self.ctl('reload', status=1)['removed'], 0)
        self.assert_relays(self.establish(), self.scene.acme, 'still')
        os.rename(self.path('acme') + '.old', self.path('acme'))
        wait_until(lambda: not self.problems(), 'all is well again')
        os.remove(self.path('acme'))
        wait_until(self.problems, 'it is a mistake again')
        self.assertEqual(self.ctl('reload', '--force')['removed'], 1)

    def test_a_folder_that_is_away_is_a_problem_until_it_is_back(self):
        os.rename(self.tenants, self.tenants + '.away')
        line = self.edge.wait_for_event('config', level='error', place=self.tenants)
        self.assertIn('cannot read the folder', line['detail'])
        self.assertEqual(self.problems(), [line['detail']])
        os.rename(self.tenants + '.away', self.tenants)
        self.assertEqual(self.ctl('reload')['removed'], 0)
        self.assertEqual(self.problems(), [])

    def test_a_reload_says_how_many_are_served_and_fails_while_a_file_has_an_error(self):
        self.write('new', self.new_tenant())
        self.wait_reload(added=1)
        self.assertRegex(self.ctl_text('reload'),
                         r'^0 added, 0 changed, 0 removed in \d+\.\d ms; 3 tenants are served\n$')
        self.write('new', 'tenant: new\ndomain: []\n')
        told = self.ctl_text('reload', status=1)
        self.assertIn('3 tenants are served\n', told)
        self.assertIn('did you mean "domains"?', told)
        self.assertEqual(self.ctl('reload', status=1)['tenants'], 3)
        shutil.move(self.path('new'), self.path('new')[:-len('aml')] + 'ml')
        self.assertIn('rename it', self.ctl_text('reload'))   # a warning

    def test_L08_who_waits_for_the_DNS_is_named_in_the_log_and_by_status_and_tenants(self):
        self.scene.relay.rules.obey('drop * TLSA')
        self.write('new', self.new_tenant())
        self.assertEqual(self.edge.wait_for_event('waiting')['place'], self.path('new'))
        wait_until(lambda: self.ctl('status')['reload']['waiting'], 'status names it')
        for answer in (self.ctl('status')['reload'], self.ctl('tenants'), self.ctl('reload')):
            self.assertEqual(answer['waiting'], [self.path('new')])
        for question in ('status', 'tenants'):
            self.assertIn(f'{self.path("new")}: waits for the DNS', self.ctl_text(question))
        self.edge.wait_for_event('reload', 15, added=1)
        self.assertEqual(self.ctl('status')['reload']['waiting'], [])
        self.assertEqual(self.ctl('tenants')['waiting'], [])
        self.assertEqual(len(self.edge.events('waiting')), 1, 'it is told once')

    def test_what_is_wrong_at_the_start_is_in_the_log_once(self):
        self.assertEqual(self.edge.stop(), 0)
        with open(self.edge.config, encoding='ascii') as file:
            text = file.read()
        with open(self.edge.config, 'w', encoding='ascii') as file:
            file.write(text.replace(f'[{EDGE_HOST}]', f'[{EDGE_HOST}, edge2.{PROVIDER}]'))
        with open(self.path('bad'), 'w', encoding='ascii') as file:
            file.write('tenant: bad\ndomain: [bad.example]\n')
        self.edge.start().wait_ready()
        line = self.edge.wait_for_event('config', place=self.path('bad') + ':2:1')
        self.assertEqual(line['level'], 'error')
        self.assertIn('did you mean "domains"?', line['detail'])
        warning = self.edge.wait_for_event('config', level='warning')
        self.assertIn(f'does not name edge2.{PROVIDER}', warning['detail'])
        self.ctl('reload', status=1)
        told = [(line['place'], line['detail']) for line in self.edge.events('config')]
        self.assertEqual(sorted(told), sorted(set(told)))


if __name__ == '__main__':
    unittest.main()
