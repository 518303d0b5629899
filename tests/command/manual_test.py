#!/usr/bin/python3
"""deploy/danegate.1 is what `danegate --help` says of every command, and groff takes it.

    tests/command/manual_test.py --update      # writes deploy/danegate.1 anew

The program is $DANEGATE, or build/release/danegate."""
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
import help_text  # noqa: E402

_PAGE = help_text.ROOT / "deploy" / "danegate.1"
_HEAD = r"""
.\" Written by tests/command/manual_test.py --update from danegate --help.
.TH DANEGATE 1 "" danegate "User Commands"
.SH NAME
danegate \- an XMPP server-to-server edge that proves who each peer is
.SH SYNOPSIS
.B danegate
.I command
.RI [ options ]
.br
.B danegate \-\-version
.SH DESCRIPTION
danegate stands between the XMPP federation and a provider's own servers. It
terminates the TLS of every hosted domain, proves who each peer is by DANE, PKI,
POSH or dialback, as the tenant's policy says, and hands proven streams on. A
tenant is one YAML file, which is taken up while danegate runs.
.PP
Options of every command: \fB\-\-help\fR. Exit status 64: wrong usage, or a
question that cannot be asked; 74: standard output could not be written.
.SH COMMANDS
"""
_TAIL = r"""
.SH SIGNALS
.TP
.B SIGTERM
End in good order: streams are told, and have
.I drain_time
to end.
.TP
.B SIGHUP
Begin a new log file of the same name, and look at all files, as
.BR "danegate ctl reload" .
.SH EXAMPLE
A customer, from the file to the first proof:
.PP
.nf
danegate check \-\-config /etc/danegate/danegate.yaml
danegate records acme \-\-config /etc/danegate/danegate.yaml
danegate doctor acme \-\-config /etc/danegate/danegate.yaml
danegate ctl verdicts \-\-config /etc/danegate/danegate.yaml
.fi
.SH SEE ALSO
README.md of danegate; deploy/danegate.yaml and deploy/tenant.yaml, where every
setting stands. RFC 7712, 7673, 7671, 7711, 6120.
"""


def escaped(text):
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return "\n".join(r"\&" + line if line[:1] in (".", "'") else line
                     for line in text.splitlines())


def entry(names, what):
    """A tagged paragraph: what is literal bold, what stands for something italic."""
    flags, _, value = names.partition(" ")
    tag = r"\fR, ".join(rf"\fB{escaped(flag)}" for flag in flags.split(",")) + r"\fR"
    if value:
        tag += rf" \fI{escaped(value)}\fR"
    return f".TP\n{tag}\n{escaped(what)}\n"


def synopsis(help_):
    """The line of usage: the command bold, what it takes behind it."""
    command = " ".join(("danegate", *help_.words))
    return f".B {escaped(command)}\n{escaped(help_.usage.removeprefix(command).lstrip())}\n"


def section(help_):
    text = (f'.SS "danegate {" ".join(help_.words)}"\n{escaped(help_.what)}.\n'
            f".PP\n{synopsis(help_)}")
    for name, what in help_.arguments:
        text += f".TP\n\\fI{escaped(name)}\\fR\n{escaped(what)}\n"
    text += "".join(entry(names, what) for names, what in help_.options
                    if "--help" not in names)
    if help_.footer:
        text += f".PP\n{escaped(help_.footer)}\n"
    return text


def page():
    top, *others = help_text.everything()
    version = [entry(names, what) for names, what in top.options if "--version" in names]
    return (_HEAD.lstrip("\n") + "".join(section(each) for each in others) +
            ".SH OPTIONS\n" + "".join(version) + _TAIL.lstrip("\n"))


class Manual(unittest.TestCase):
    def test_the_page_is_what_help_says(self):
        self.assertEqual(_PAGE.read_text(), page(), "run tests/command/manual_test.py --update")

    @unittest.skipUnless(shutil.which("groff"), "needs groff")
    def test_groff_has_nothing_to_say(self):
        done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-P-cbou", _PAGE], capture_output=True,
                              text=True, check=False, timeout=20)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("danegate ctl flush", done.stdout)


if __name__ == "__main__":
    if "--update" in sys.argv[1:]:
        _PAGE.write_text(page())
    else:
        unittest.main()
