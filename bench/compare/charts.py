"""Charts in SVG: pairs of bars for what is compared, lines for what goes on for long."""

import html
import statistics

OURS, THEIRS, INK, FAINT = '#1b6ca8', '#c98a1b', '#222222', '#dddddd'
_WIDTH, _LEFT, _ROW = 720, 300, 46
_HEAD = ('<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
         'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">\n'
         '<rect width="100%" height="100%" fill="white"/>\n'
         '<text x="12" y="22" font-size="15" fill="{ink}">{title}</text>\n')


def _text(x, y, words, anchor='start', colour=INK):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">'
            f'{html.escape(words)}</text>\n')


def _bar(y, values, longest, colour, digits):
    """A bar to the median, and a line from the minimum to the maximum."""
    room = _WIDTH - _LEFT - 90
    median, least, most = (room * value / longest for value in
                           (statistics.median(values), min(values), max(values)))
    return (f'<rect x="{_LEFT}" y="{y}" width="{median:.1f}" height="14" fill="{colour}"/>\n'
            f'<line x1="{_LEFT + least:.1f}" x2="{_LEFT + most:.1f}" y1="{y + 7}" y2="{y + 7}" '
            f'stroke="{INK}"/>\n' +
            _text(_LEFT + most + 6, y + 11, f'{statistics.median(values):,.{digits}f}'))


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
            parts.append(_bar(y + 16, row.peer, longest, THEIRS, row.digits))
    peers = ', '.join(dict.fromkeys(row.peer_name for row in rows if row.peer_name))
    parts.append(_text(_LEFT, height - 12, 'danegate', colour=OURS))
    parts.append(_text(_LEFT + 70, height - 12, peers, colour=THEIRS))
    return ''.join(parts) + '</svg>\n'


def lines(curves, title, unit):
    """`curves`: {name: [(seconds, value)]}, each on a scale from 0 to its own maximum."""
    height, plot = 300, 200
    parts = [_HEAD.format(width=_WIDTH, height=height, ink=INK, title=html.escape(title))]
    last = max(curve[-1][0] for curve in curves.values()) or 1
    for share in (0, 0.5, 1):
        y = 50 + plot * (1 - share)
        parts.append(f'<line x1="40" x2="{_WIDTH - 20}" y1="{y}" y2="{y}" stroke="{FAINT}"/>\n')
    for number, (name, curve) in enumerate(curves.items()):
        colour = (OURS, THEIRS, '#4a8a3a', '#8a3a6a')[number % 4]
        most = max(value for _, value in curve) or 1
        points = ' '.join(f'{40 + (_WIDTH - 60) * at / last:.1f},{50 + plot * (1 - value / most):.1f}'
                          for at, value in curve)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" '
                     f'stroke-width="1.5"/>\n')
        parts.append(_text(40 + 160 * number, height - 12, f'{name}, up to {most:,.0f}',
                           colour=colour))
    parts.append(_text(_WIDTH - 20, height - 30, f'{last:,.0f} {unit}', 'end'))
    return ''.join(parts) + '</svg>\n'
