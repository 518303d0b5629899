#!/usr/bin/python3
"""Reloads under load (threats B12, E7): certificates are renewed, tenants' files change, come,
go, break and are mended, while handshakes with all tenants and streams of some go on. The same
in large, with figures: bench/compare/reloads."""

import sys
import tempfile
import unittest

from support import ROOT
from lab.addresses import DNS_PORTS, AddressBlock

sys.path.insert(0, str(ROOT / 'bench' / 'compare'))

from churn import Churn, mistakes  # noqa: E402

TENANTS, RELOADS, RATE, PACE = 500, 60, 200, 8


class ReloadLoad(unittest.TestCase):
    def test_B12_E7_who_changes_is_served_and_nobody_else_notices(self):
        block = AddressBlock([5269, 5270, *DNS_PORTS])
        self.addCleanup(block.close)
        folder = tempfile.TemporaryDirectory(prefix='danegate-e2e-')
        self.addCleanup(folder.cleanup)
        report = Churn(folder.name, block, TENANTS).run(RELOADS, RATE, PACE)
        self.assertEqual(mistakes(report), [])
        self.assertEqual(set(report['served_ms']), {'renewed', 'changed', 'new domain', 'added',
                                                    'removed', 'broken', 'mended'})
        self.assertGreaterEqual(report['reloads'], RELOADS)
        self.assertGreater(report['handshakes']['completed'], RELOADS)
        self.assertGreater(report['streams']['messages'], report['streams']['kept'])


if __name__ == '__main__':
    unittest.main()
