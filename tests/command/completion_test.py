#!/usr/bin/python3
"""deploy/completion/danegate.bash knows every command and option that `danegate --help` names,
and no others.

The program is $DANEGATE, or build/release/danegate."""
import os
import shlex
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import help_text  # noqa: E402

_FILE = help_text.ROOT / "deploy" / "completion" / "danegate.bash"
_OF_FILES = {"FILE", "PEM", "PATH"}


def complete(*words, cwd=None):
    """What bash proposes for the last of these words."""
    line = " ".join(shlex.quote(word) for word in ("danegate", *words))
    script = (f"source {shlex.quote(str(_FILE))}; COMP_WORDS=({line}); COMP_CWORD={len(words)}; "
              '_danegate; printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "--norc", "-uc", script], capture_output=True, text=True,
                          check=False, timeout=20, cwd=cwd)
    assert done.stderr == "", done.stderr
    return sorted(done.stdout.split())


class Completion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.commands = help_text.everything()

    def test_every_command_is_proposed_with_its_options(self):
        for each in self.commands:
            with self.subTest(each.words):
                self.assertEqual(complete(*each.words, ""),
                                 sorted([*each.commands, *each.flags()]))
                self.assertEqual(complete(*each.words, "--"), sorted(each.flags()))

    def test_the_beginning_of_a_word_is_enough(self):
        self.assertEqual(complete("do"), ["doctor"])
        self.assertEqual(complete("ctl", "re"), ["reload"])
        self.assertEqual(complete("records", "acme", "--new"), ["--new-chain"])

    def test_files_are_proposed_where_one_is_wanted_and_nowhere_else(self):
        with tempfile.TemporaryDirectory(prefix="danegate-completion-") as folder:
            for name in ("edge.pem", "my edge.yaml"):
                open(os.path.join(folder, name), "w").close()
            for each in self.commands:
                for flag, value in each.takes_value().items():
                    with self.subTest((*each.words, flag)):
                        found = complete(*each.words, flag, "ed", cwd=folder)
                        self.assertEqual(found, ["edge.pem"] if value in _OF_FILES else [])


if __name__ == "__main__":
    unittest.main()
