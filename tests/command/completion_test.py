#!/usr/bin/python3
"""deploy/completion/ knows every command and option that `danegate --help` and `danegate-load
--help` name, and no others; and the tenants of the file that --config names.

The program is $DANEGATE, or build/release/danegate; danegate-load stands beside it."""
import os
import shlex
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import help_text  # noqa: E402

_FOLDER = help_text.ROOT / "deploy" / "completion"
_OF_FILES = {"FILE", "PEM", "PATH", "FOLDER", "PROGRAM"}


def complete(*words, cwd=None, program="danegate"):
    """What bash proposes for the last of these words."""
    line = " ".join(shlex.quote(word) for word in (program, *words))
    script = (f"source {shlex.quote(str(_FOLDER / program))}.bash; COMP_WORDS=({line}); "
              f"COMP_CWORD={len(words)}; _{program.replace('-', '_')}; "
              'printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "--norc", "-uc", script], capture_output=True, text=True,
                          check=False, timeout=20, cwd=cwd)
    assert done.stderr == "", done.stderr
    return sorted(done.stdout.split())


class Completion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.commands = [("danegate", each) for each in help_text.everything()]
        cls.commands += [("danegate-load", each)
                         for each in help_text.everything(help_text.LOAD_PROGRAM)]

    def test_every_command_is_proposed_with_its_options(self):
        for program, each in self.commands:
            with self.subTest(program, words=each.words):
                self.assertEqual(complete(*each.words, "", program=program),
                                 sorted([*each.commands, *each.flags()]))
                self.assertEqual(complete(*each.words, "--", program=program),
                                 sorted(each.flags()))

    def test_the_beginning_of_a_word_is_enough(self):
        self.assertEqual(complete("do"), ["doctor"])
        self.assertEqual(complete("ctl", "re"), ["reload"])
        self.assertEqual(complete("records", "acme", "--new"), ["--new-chain"])

    def test_files_are_proposed_where_one_is_wanted_and_nowhere_else(self):
        with tempfile.TemporaryDirectory(prefix="danegate-completion-") as folder:
            for name in ("edge.pem", "my edge.yaml"):
                open(os.path.join(folder, name), "w").close()
            for program, each in self.commands:
                for flag, value in each.takes_value().items():
                    if value == "WORD":
                        continue
                    with self.subTest(program, words=(*each.words, flag)):
                        found = complete(*each.words, flag, "ed", cwd=folder, program=program)
                        self.assertEqual(found, ["edge.pem"] if value in _OF_FILES else [])

    def test_the_words_that_an_option_takes_are_proposed(self):
        asked = 0
        for program, each in self.commands:
            for names, what in each.options:
                if names.endswith(" WORD"):
                    with self.subTest(program, words=(*each.words, names)):
                        words = complete(*each.words, names.split()[0], "", program=program)
                        self.assertGreater(len(words), 1)
                        for word in words:
                            self.assertIn(word, what)
                    asked += 1
        self.assertEqual(asked, 5)

    def test_tenants_of_the_configuration_are_proposed(self):
        with tempfile.TemporaryDirectory(prefix="danegate-completion-") as folder:
            os.mkdir(os.path.join(folder, "customers"))
            for name, text in (("acme", "tenant: acme  # the first\n"), ("beta", 'tenant: "beta-2"\n'),
                               ("evil", "tenant: $(touch bad)\n"), (".acme", "tenant: hidden\n")):
                with open(os.path.join(folder, "customers", name + ".yaml"), "w") as file:
                    file.write(text + "domains: [a.example]\n")
            with open(os.path.join(folder, "edge.yaml"), "w") as file:
                file.write("shards: 1\ntenants: customers\n")
            config = ("--config", "edge.yaml")
            for words in (("records", *config), ("doctor", "beta-2", *config)):
                self.assertEqual(complete(*words, "", cwd=folder)[-2:], ["acme", "beta-2"])
                self.assertEqual(complete(*words, "b", cwd=folder), ["beta-2"])
            self.assertEqual(complete("explain", "a.example", *config, "--tenant", "", cwd=folder),
                             ["acme", "beta-2"])
            self.assertEqual(complete("explain", "a.example", "--config", "/nowhere", "--tenant", "",
                                      cwd=folder), [])
            self.assertFalse(os.path.exists(os.path.join(folder, "bad")))


if __name__ == "__main__":
    unittest.main()
