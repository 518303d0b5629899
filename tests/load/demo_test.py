#!/usr/bin/python3
"""danegate-load demo: from nothing to figures, and nothing stays behind."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
from load_program import PROGRAM, run  # noqa: E402
from lab.processes import wait_until  # noqa: E402

SMALL = ("--tenants", "2", "--peers", "4", "--streams", "4")


def descendants(pid):
    """Processes whose parent is this one."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                status = pathlib.Path("/proc", name, "stat").read_text()
            except OSError:
                continue
            if int(status.rsplit(")", 1)[1].split()[1]) == pid:
                found.append(int(name))
    return found


class Demo(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="danegate-load-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.environment = {"TMPDIR": folder.name}

    def test_it_tells_what_danegate_carries_and_leaves_nothing_behind(self):
        chart = self.folder / "chart.svg"
        done = run("demo", *SMALL, "--duration", 1, "--json", "--svg", chart,
                   env=self.environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        said = json.loads(done.stdout)
        self.assertEqual((said["mistakes"], said["streams"]), ([], 4))
        for part in ("setups", "stanzas"):
            for figure in (said[part]["rate"], said[part]["cpu_s"],
                           said[part]["latency_ms"]["p50"]):
                self.assertGreater(figure, 0, said)
            self.assertLessEqual(said[part]["latency_ms"]["p50"], said[part]["latency_ms"]["max"])
        self.assertLess(said["stanzas"]["calm_rate"], said["stanzas"]["rate"])
        self.assertTrue(said["versions"][0].startswith("danegate "))
        self.assertEqual(len(ElementTree.parse(chart).getroot().findall("{*}polyline")), 2)
        self.assertEqual(os.listdir(self.folder), ["chart.svg"])

    def test_its_table_is_for_people_and_its_folder_stays_where_it_was_given(self):
        folder = self.folder / "kept"
        done = run("demo", *SMALL, "--duration", 0.5, "--folder", folder)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stderr, "")
        for words in ("2 tenants, 4 peers, 4 streams", "stream set-ups", "stanzas of 300 octets",
                      "memory of a silent stream", "BoringSSL"):
            self.assertIn(words, done.stdout)
        self.assertTrue((folder / "danegate.log").exists())

    def test_an_interrupt_ends_it_and_its_children(self):
        with subprocess.Popen([PROGRAM, "demo", *SMALL, "--duration", "600"],
                              env={**os.environ, **self.environment},
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as demo:
            children = wait_until(lambda: len(found := descendants(demo.pid)) == 2 and found,
                                  "NSD and danegate have been started")
            demo.send_signal(signal.SIGINT)
            said = demo.communicate(timeout=25)
        self.assertEqual(demo.returncode, 130, said)
        self.assertEqual([pid for pid in children if os.path.exists(f"/proc/{pid}")], [])
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_danegate_that_does_not_start_is_told_with_its_log(self):
        broken = self.folder / "broken"
        broken.write_text("#!/bin/sh\necho it is broken\nexit 3\n")
        broken.chmod(0o755)
        done = run("demo", *SMALL, "--danegate", broken)
        self.assertEqual(done.returncode, 1)
        self.assertIn("danegate: it ended with status 3:\nit is broken", done.stderr)

    def test_a_danegate_that_is_not_there_is_wrong_usage(self):
        done = run("demo", *SMALL, "--danegate", "/nowhere/danegate")
        self.assertEqual(done.returncode, 64)
        self.assertIn("--danegate: expected the program; there is none at /nowhere/danegate",
                      done.stderr)


if __name__ == "__main__":
    unittest.main()
