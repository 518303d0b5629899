"""What `danegate --help` and `danegate-load --help` say, read: the man page and the completion
are held against it."""
import dataclasses
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("DANEGATE", str(ROOT / "build" / "release" / "danegate"))
LOAD_PROGRAM = os.path.join(os.path.dirname(PROGRAM), "danegate-load")


@dataclasses.dataclass
class Help:
    """Of one command: () is danegate itself, ("ctl", "flush") a question of ctl."""
    words: tuple
    what: str          # one line
    usage: str         # "danegate match --chain PEM … [OPTIONS]"
    arguments: list    # (NAME, meaning) of positional ones
    options: list      # ("-h,--help" or "--config FILE", meaning)
    commands: list     # names of subcommands
    footer: str        # exit statuses

    def flags(self):
        """"--help", "--config", …"""
        return [flag for names, _ in self.options
                for flag in names.split(" ")[0].split(",") if flag.startswith("--")]

    def takes_value(self):
        """The flags that a value follows, with its name."""
        return {names.split(" ")[0]: names.split(" ", 1)[1]
                for names, _ in self.options if " " in names}


def ask(*words, program=PROGRAM):
    done = subprocess.run([program, *words, "--help"], capture_output=True, text=True,
                          check=True, timeout=20)
    parts = {"": []}
    part = ""
    for line in done.stdout.splitlines():
        heading = re.fullmatch(r"(Positionals|Options|Subcommands):", line)
        if heading:
            part = heading[1]
            parts[part] = []
        elif part and line and not line.startswith("  "):
            part = "footer"
            parts.setdefault(part, []).append(line)
        else:
            parts[part].append(line)
    entries = {name: [_entry(line) for line in parts.get(name, []) if line]
               for name in ("Positionals", "Options", "Subcommands")}
    return Help(words, parts[""][0], parts[""][1].removeprefix("Usage: "),
                [(names.split(" ")[-1], what) for names, what in entries["Positionals"]],
                entries["Options"], [name for name, _ in entries["Subcommands"]],
                "\n".join(parts.get("footer", [])).strip())


def everything(program=PROGRAM):
    """The program, its commands, and what they have below them, in the order of the help."""
    top = ask(program=program)
    found = [top]
    for name in top.commands:
        found.append(ask(name, program=program))
        found += [ask(name, below, program=program) for below in found[-1].commands]
    return found


def _entry(line):
    names, what = re.fullmatch(r"  (\S.*?) {2,}(\S.*)", line).groups()
    return names, what
