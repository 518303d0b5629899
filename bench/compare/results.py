"""What was measured, as rows that are held against a target, and as one file."""

import datetime
import json
import statistics

import measuring
from measuring import spread


class Row:
    """One figure of a part. `ours` and `peer` are samples of the runs, in pairs; what is held
    against the target is their ratio, or where there is no peer our figure itself.

    target    "at least", "at most" (the median), or "never over" (every run), and the figure;
              None: told, and held against nothing
    digits    behind the point, of our figures; ratios have two"""

    def __init__(self, ident, what, unit, peer_name='', target=None, digits=1, command=''):
        self.ident, self.what, self.unit, self.digits = ident, what, unit, digits
        self.peer_name, self.target, self.command = peer_name, target, command
        self.ours, self.peer = [], []

    def add(self, ours, peer=None):
        self.ours.append(ours)
        if peer is not None:
            self.peer.append(peer)

    @property
    def ratios(self):
        return [ours / peer for ours, peer in zip(self.ours, self.peer) if peer]

    @property
    def judged(self):
        """The samples that the target speaks of."""
        return self.ratios if self.peer_name else self.ours

    def is_good(self):
        """None where there is nothing to hold it against."""
        if not self.target or not self.judged:
            return None
        sense, figure = self.target
        if sense == 'never over':
            return max(self.judged) <= figure
        median = statistics.median(self.judged)
        return median >= figure if sense == 'at least' else median <= figure

    def target_text(self):
        if not self.target:
            return ''
        return f'{self.target[0]} {self.target[1]:g}{" x" if self.peer_name else ""}'

    def cells(self):
        verdict = {True: 'yes', False: 'NO', None: ''}[self.is_good()]
        return (self.ident, ', '.join(filter(None, (self.what, self.unit))), spread(self.ours, self.digits),
                f'{self.peer_name} {spread(self.peer, self.digits)}' if self.peer else '',
                spread(self.ratios, 2), self.target_text(), verdict)

    def json(self):
        return {'id': self.ident, 'what': self.what, 'unit': self.unit, 'peer': self.peer_name,
                'target': self.target, 'met': self.is_good(), 'command': self.command,
                'ours': summary(self.ours), 'theirs': summary(self.peer),
                'ratio': summary(self.ratios)}


def summary(values):
    if not values:
        return None
    return {'median': statistics.median(values), 'min': min(values), 'max': max(values),
            'runs': values}


HEAD = ('id', 'what', 'danegate', 'peer', 'ratio', 'target', 'met')


class Results:
    """All parts' rows and raw reports."""

    def __init__(self, options):
        self.options = options
        self.begun = datetime.datetime.now(datetime.timezone.utc)
        self.machine = measuring.machine()
        self.parts, self.rows = {}, []
        self.curves = {}   # {file name: ({name: [(seconds, value)]}, title)}
        self.growth = {}   # {file name: (panels, title, axis)}, as charts.growth() takes them

    def part(self, ident):
        """The raw reports of a part, to be filled: they go into the file as they are."""
        return self.parts.setdefault(ident, {'runs': []})

    def add(self, *rows):
        self.rows += rows

    def in_order(self):
        """The rows by target: several parts have some of P9."""
        return sorted(self.rows, key=lambda row: row.ident)

    def text(self):
        table = measuring.table([HEAD, *(row.cells() for row in self.in_order())])
        whose = {}
        for row in self.in_order():
            if row.command:
                whose.setdefault(row.command, dict.fromkeys([row.ident]))[row.ident] = None
        return table + '\n\n' + '\n'.join(f"{', '.join(idents)}: {command}"
                                          for command, idents in whose.items())

    def markdown(self):
        """The same as a table of GitHub's, each command in its first row."""
        def line(cells):
            return '| ' + ' | '.join(cell.replace('|', '\\|') for cell in cells) + ' |'
        lines, told = [line((*HEAD, 'command')), '|' + '---|' * (len(HEAD) + 1)], set()
        for row in self.in_order():
            command = f'`{row.command}`' if row.command not in told | {''} else ''
            told.add(row.command)
            lines.append(line((*row.cells(), command)))
        return '\n'.join(lines)

    def write(self, path):
        with open(path, 'w', encoding='utf-8') as file:
            json.dump({'begun': self.begun.isoformat(timespec='seconds'), **self.machine,
                       'runs': self.options.runs, 'seconds': self.options.seconds,
                       'rows': [row.json() for row in self.rows], 'parts': self.parts},
                      file, indent=1)
            file.write('\n')
