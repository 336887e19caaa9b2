"""A curve as an SVG picture, without a library for it."""

import math
from html import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 76, 90, 56, 52
COLORS = ("#714b67", "#9a9a9a", "#017e84")


def write(path, title, labels, series):
    """Write curves with both axes logarithmic, so that linear growth is a straight line.

    :param path: where to
    :param tuple labels: of the two axes
    :param dict series: points (x, y) by name; a dashed line for a name that begins with '('
    """
    points = [point for line in series.values() for point in line]
    place = _scale(points)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="12" role="img" aria-label="{escape(title)}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="24" font-size="15" fill="#222">{escape(title)}</text>',
        f'<text x="{LEFT}" y="44" fill="#666">{escape(labels[1])}</text>',
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 10}" fill="#666" text-anchor="end">'
        f"{escape(labels[0])}</text>",
        *_grid(points, place),
    ]
    for (name, line), color in zip(series.items(), COLORS, strict=False):
        parts += _line(name, [place(*point) for point in line], line, color)
    path.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")


def _scale(points):
    """Return the function that places a point on the picture."""
    low_x, high_x = (f(math.log10(x) for x, _y in points) for f in (min, max))
    low_y, high_y = (f(math.log10(y) for _x, y in points) for f in (min, max))

    def place(x, y):
        right = (math.log10(x) - low_x) / ((high_x - low_x) or 1)
        up = (math.log10(y) - low_y) / ((high_y - low_y) or 1)
        return (
            round(LEFT + right * (WIDTH - LEFT - RIGHT), 1),
            round(HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM - 10), 1),
        )

    return place


def _grid(points, place):
    """Return the lines and numbers behind the curves."""
    low_x, low_y = min(x for x, _y in points), min(y for _x, y in points)
    high_x, high_y = max(x for x, _y in points), max(y for _x, y in points)
    for x in sorted({x for x, _y in points}):
        left = place(x, low_y)[0]
        yield (
            f'<line x1="{left}" y1="{TOP}" x2="{left}" y2="{HEIGHT - BOTTOM}" stroke="#eee"/>'
            f'<text x="{left}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#666">'
            f"{x:,}</text>"
        )
    for power in range(math.ceil(math.log10(low_y)), math.floor(math.log10(high_y)) + 1):
        up = place(low_x, 10**power)[1]
        yield (
            f'<line x1="{LEFT}" y1="{up}" x2="{place(high_x, 1)[0]}" y2="{up}" stroke="#eee"/>'
            f'<text x="{LEFT - 8}" y="{up + 4}" text-anchor="end" fill="#666">{10**power:,g}</text>'
        )


def _line(name, placed, line, color):
    """Return one curve with its name at the end, its points with their values."""
    dashed = name.startswith("(")
    path = " ".join(f"{x},{y}" for x, y in placed)
    style = 'stroke-dasharray="5 5"' if dashed else 'stroke-width="2.5"'
    yield f'<polyline points="{path}" fill="none" stroke="{color}" {style}/>'
    x, y = placed[-1]
    shift = 18 if dashed else 4
    yield f'<text x="{x + 8}" y="{y + shift}" fill="{color}">{escape(name.strip("()"))}</text>'
    if not dashed:
        for (x, y), (_x, value) in zip(placed, line, strict=True):
            yield (
                f'<circle cx="{x}" cy="{y}" r="4" fill="{color}"/>'
                f'<text x="{x - 4}" y="{y - 10}" text-anchor="end" fill="{color}">'
                f"{value:,.0f}</text>"
            )
