"""Charts in SVG: pairs of bars for what is compared, curves for what grows, lines for what goes
on for long."""

import html
import math
import statistics

OURS, THEIRS, INK, FAINT = '#1b6ca8', '#c98a1b', '#222222', '#dddddd'
_COLOURS = OURS, THEIRS, '#4a8a3a', '#8a3a6a'
_WIDTH, _LEFT, _ROW = 760, 330, 46
_PANEL, _PLOT, _MARGIN = 250, 150, 70   # of what grows
_HEAD = ('<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
         'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">\n'
         '<rect width="100%" height="100%" fill="white"/>\n'
         '<text x="12" y="22" font-size="15" fill="{ink}">{title}</text>\n')


def _text(x, y, words, anchor='start', colour=INK):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">'
            f'{html.escape(words)}</text>\n')


def _bar(y, values, longest, colour, digits, name=''):
    """A bar to the median, and a line from the minimum to the maximum."""
    room = _WIDTH - _LEFT - 170
    median, least, most = (room * value / longest for value in
                           (statistics.median(values), min(values), max(values)))
    return (f'<rect x="{_LEFT}" y="{y}" width="{median:.1f}" height="14" fill="{colour}"/>\n'
            f'<line x1="{_LEFT + least:.1f}" x2="{_LEFT + most:.1f}" y1="{y + 7}" y2="{y + 7}" '
            f'stroke="{INK}"/>\n' +
            _text(_LEFT + most + 6, y + 11, f'{statistics.median(values):,.{digits}f} {name}'))


def bars(rows, title):
    """One pair a row; each pair has a scale of its own, since units differ."""
    height = 64 + _ROW * len(rows)
    parts = [_HEAD.format(width=_WIDTH, height=height, ink=INK, title=html.escape(title))]
    for number, row in enumerate(rows):
        y = 40 + _ROW * number
        longest = max([*row.ours, *row.peer]) or 1
        parts.append(_text(_LEFT - 8, y + 11, f'{row.ident}  {row.what}', 'end'))
        parts.append(_text(_LEFT - 8, y + 27, row.unit, 'end', '#777777'))
        parts.append(_bar(y, row.ours, longest, OURS, row.digits))
        if row.peer:
            parts.append(_bar(y + 16, row.peer, longest, THEIRS, row.digits,
                              f'({row.peer_name})'))
    parts.append(_text(_LEFT, height - 12, 'danegate', colour=OURS))
    return ''.join(parts) + '</svg>\n'


def growth(panels, title, axis):
    """What one of many costs, over how many there are. `panels`: [(what, {name: [(size,
    samples)]})], below each other, each on a scale from 0 to its own maximum; sizes are on a
    logarithmic one, which `axis` names. A point is a median, the line through it goes from the
    minimum to the maximum."""
    height = 50 + _PANEL * len(panels)
    parts = [_HEAD.format(width=_WIDTH, height=height, ink=INK, title=html.escape(title))]
    for number, (what, curves) in enumerate(panels):
        parts += _panel(50 + _PANEL * number, what, curves, axis)
    return ''.join(parts) + '</svg>\n'


def _panel(top, what, curves, axis):
    sizes = sorted({size for curve in curves.values() for size, _ in curve})
    most = max(max(samples) for curve in curves.values() for _, samples in curve) or 1
    span = math.log(sizes[-1] / sizes[0]) or 1
    bottom = top + 30 + _PLOT

    def x_of(size):
        return _MARGIN + (_WIDTH - 2 * _MARGIN) * math.log(size / sizes[0]) / span

    def y_of(value):
        return bottom - _PLOT * value / most

    tops = {}
    for size, samples in (point for curve in curves.values() for point in curve):
        tops[x_of(size)] = max(statistics.median(samples), tops.get(x_of(size), 0))
    yield _text(12, top, what)
    yield _line(_MARGIN - 20, bottom, _WIDTH - _MARGIN + 20, bottom, FAINT)
    for size in sizes:
        yield _text(x_of(size), bottom + 30, f'{size:,}', 'middle', '#777777')
    yield _text(_WIDTH - 12, bottom + 46, axis, 'end', '#777777')
    for number, (name, curve) in enumerate(curves.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        yield _text(_MARGIN + 240 * number, bottom + 46, name, colour=colour)
        yield from _curve([(x_of(size), samples) for size, samples in curve], y_of, colour, tops)


def _curve(points, y_of, colour, tops):
    """Figures stand above a point that is the highest at its place, else below."""
    middle = [(x, statistics.median(samples)) for x, samples in points]
    way = ' '.join(f'{x:.1f},{y_of(value):.1f}' for x, value in middle)
    yield f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="1.5"/>\n'
    for (x, value), (_, samples) in zip(middle, points):
        yield _line(x, y_of(min(samples)), x, y_of(max(samples)), colour)
        yield f'<circle cx="{x:.1f}" cy="{y_of(value):.1f}" r="3" fill="{colour}"/>\n'
        y = y_of(value) + (-10 if value >= tops[x] else 18)
        yield _text(x, y, f'{value:.3g}' if value < 1000 else f'{value:,.0f}', 'middle', colour)


def _line(x1, y1, x2, y2, colour):
    return (f'<line x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}" '
            f'stroke="{colour}"/>\n')


def lines(curves, title, unit):
    """`curves`: {name: [(seconds, value)]}, each on a scale from 0 to its own maximum."""
    height, plot = 300, 200
    parts = [_HEAD.format(width=_WIDTH, height=height, ink=INK, title=html.escape(title))]
    last = max(curve[-1][0] for curve in curves.values()) or 1
    for share in (0, 0.5, 1):
        y = 50 + plot * (1 - share)
        parts.append(f'<line x1="40" x2="{_WIDTH - 20}" y1="{y}" y2="{y}" stroke="{FAINT}"/>\n')
    for number, (name, curve) in enumerate(curves.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        most = max(value for _, value in curve) or 1
        points = ' '.join(f'{40 + (_WIDTH - 60) * at / last:.1f},{50 + plot * (1 - value / most):.1f}'
                          for at, value in curve)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" '
                     f'stroke-width="1.5"/>\n')
        parts.append(_text(40 + 160 * number, height - 12, f'{name}, up to {most:,.0f}',
                           colour=colour))
    parts.append(_text(_WIDTH - 20, height - 30, f'{last:,.0f} {unit}', 'end'))
    return ''.join(parts) + '</svg>\n'
