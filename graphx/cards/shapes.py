"""The sign of every kind, as on the map, so that nobody needs to tell colours apart."""

from math import cos, pi, sin

from graphx.tables import Kind

_TURNS = {Kind.METHOD: (4, 0.0), Kind.DATASET: (4, 0.125), Kind.TASK: (3, 0.0)}
"""How many corners, and by what part of a full turn the first is turned from the top."""


def shape(kind: str, x: float, y: float, r: float) -> str:
    """Return the sign of a kind (or of a `paper`) as an SVG element around a point."""
    if kind not in {*_TURNS, Kind.METRIC}:
        return f"<circle class='sign paper' cx='{x:g}' cy='{y:g}' r='{0.85 * r:.3g}'/>"
    kind = Kind(kind)
    if kind == Kind.METRIC:  # a star
        corners = [(turn / 10, r * (1.1 if turn % 2 == 0 else 0.5)) for turn in range(10)]
    else:
        n, first = _TURNS[kind]
        corners = [(turn / n + first, 1.1 * r) for turn in range(n)]
    points = " ".join(f"{x + s * sin(2 * pi * t):.4g},{y - s * cos(2 * pi * t):.4g}" for t, s in corners)
    return f"<polygon class='sign {kind}' points='{points}'/>"


def sign(kind: str) -> str:
    """Return the sign of a kind, small, as a picture of its own that says nothing the words beside it don't."""
    inside = shape(kind, 7, 7, 5)
    return f"<svg class='kind-sign' viewBox='0 0 14 14' width='14' height='14' aria-hidden='true'>{inside}</svg>"
