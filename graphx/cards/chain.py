"""A path as a chain of sentences, as a picture beside it, and what its two ends can be chosen from."""

from collections.abc import Mapping
from html import escape
from textwrap import wrap
from typing import Any

import pandas as pd

from graphx.cards.html import count, facts, link, marked, number
from graphx.cards.shapes import shape, sign

_STRENGTH = (
    "how convincing this step is, from 0 to 1: what role the text gives it, how often it says so, and how rare it is"
)
_WORDS = {
    "introduces": "introduces", "is_introduced_by": "is introduced by", "uses": "uses", "is_used_by": "is used by",
    "compares": "compares with", "is_compared_by": "is compared by", "mentions": "mentions",
    "is_mentioned_by": "is mentioned by", "builds_on": "builds on", "is_built_on_by": "is built on by",
    "cites": "cites", "is_cited_by": "is cited by", "similar": "says much the same as",
}  # fmt: skip
STEP = 74
"""Pixels between two stations of the way that is shown."""
LANE, FIRST_LANE = 34, 82
"""Pixels between ways, and where the one that is shown is; the others are to its left."""
WIDE = 300


def chain(way: pd.DataFrame, best: float) -> str:
    """Return a path as a list: every station, and between two the relation and the sentence that proves it.

    Args:
        way: the rows of one path, as `graphx.query.path` gives them.
        best: the score of the best path.
    """
    steps = way.to_dict("records")
    parts = []
    for place, step in enumerate(steps):
        station = f"<p class='station'>{sign(_kind(step))} {_name(step)}</p>"
        hop = _hop(step) if place + 1 < len(steps) else ""
        parts.append(f"<li>{station}{hop}</li>")
    score = float(steps[0]["score"])
    part = score / best if best else 1.0
    said = "the most convincing way" if part >= 1 else f"{max(100 * part, 1):.0f} % as convincing as the first way"
    hint = f"the product of its steps' strengths, {score:.2g}, compared with that of the first way"
    many = f"{len(steps) - 1} step{'s' * (len(steps) != 2)}"
    return f"{facts(many, number(said, hint))}<ol class='chain'>{''.join(parts)}</ol>"


def ways(found: pd.DataFrame, shown: int, chosen: str | None) -> str:
    """Return all paths as a picture: the one that is shown as a line of signs with their names, the others faint.

    Args:
        found: what `graphx.query.path` tells.
        shown: the number of the path that is shown.
        chosen: the node that is chosen.
    """
    by_way = {int(n): rows.to_dict("records") for n, rows in found.groupby("path")}
    main = by_way[shown]
    high = (len(main) - 1) * STEP + 56
    at = {step["node_id"]: (FIRST_LANE, 24 + place * STEP) for place, step in enumerate(main)}
    lines, dots = [], []
    others = [n for n in by_way if n != shown]
    for lane, way in enumerate(others, 1):
        points = []
        for place, step in enumerate(by_way[way]):
            x, y = FIRST_LANE - lane * LANE, 24 + (high - 56) * place / (len(by_way[way]) - 1)
            fresh = step["node_id"] not in at
            points.append(at.setdefault(step["node_id"], (x, round(y))))
            dots += [_dot(step, points[-1], False, step["node_id"] == chosen)] if fresh else []
        lines.append(f"<path class='way' d='{_bent(points)}'><title>way {way}</title></path>")
    lines.append(f"<path class='way shown' d='{_bent([at[step['node_id']] for step in main])}'/>")
    dots += [_dot(step, at[step["node_id"]], True, step["node_id"] == chosen) for step in main]
    hops = "".join(
        f"<text class='hop' x='{FIRST_LANE + 18}' y='{32 + place * STEP + STEP // 2}'>"
        f"↓ {escape(words(step['relation']))}</text>"
        for place, step in enumerate(main[:-1])
    )
    more = f", and {count(len(others)).replace('paper', 'other way')} faint beside it" if others else ""
    return (
        f"<svg class='ways' viewBox='0 0 {WIDE} {high}' role='group' "
        f"aria-label='The way as a picture: {len(main)} stations{more}'>{''.join(lines)}{hops}{''.join(dots)}</svg>"
    )


def words(relation: Any) -> str:
    """Return a relation as it is read between two stations."""
    return _WORDS.get(str(relation), str(relation).replace("_", " "))


def hits(found: pd.DataFrame, end: str) -> str:
    """Return what a search found as a list of buttons; a click tells `do` (pick), `end` and `id`.

    Args:
        found: what `graphx.query.search` tells.
        end: which end of the path is looked for: source or target.
    """
    if found.empty:
        return "<p class='facts'>Nothing is called that. Try fewer or shorter words.</p>"
    items = "".join(
        f"<li>{_pick(end, hit.node_id, hit.label, hit.detail if hit.type == 'concept' else f'paper {hit.detail}')}</li>"
        for hit in found.itertuples()
    )
    note = facts(escape(found.attrs.get("note", "")))
    return f"<ul class='picks' aria-label='What was found'>{items}</ul>{note}"


def browse(by_kind: Mapping[str, pd.DataFrame], end: str, opened: bool) -> str:
    """Return the concepts of each kind that most papers name, to be chosen without typing.

    Args:
        by_kind: for every kind rows of concept_id, label, kind and n_papers.
        end: which end of the path is looked for: source or target.
        opened: whether the list is unfolded.
    """
    parts = []
    for kind, concepts in by_kind.items():
        concepts = concepts.sort_values("label", key=lambda labels: labels.str.casefold(), kind="stable")
        items = "".join(
            f"<li>{_pick(end, f'concept:{c.concept_id}', str(c.label), '', count(c.n_papers))}</li>"
            for c in concepts.itertuples()
        )
        parts.append(f"<h4>{sign(kind)} {escape(kind)}s</h4><ul class='picks tight'>{items}</ul>")
    inside = f"<div class='browse'>{''.join(parts)}</div>"
    return f"<details{' open' * opened}><summary>Or choose from those named most</summary>{inside}</details>"


def _pick(end: str, node: str, label: str, detail: Any, hint: str = "") -> str:
    small = f" <small>{escape(str(detail))}</small>" if detail is not None and pd.notna(detail) and detail != "" else ""
    return (
        f"<button type='button' class='pick' data-do='pick' data-end='{escape(end)}' data-id='{escape(node)}' "
        f"title='{escape(hint or label)}'>{escape(label)}{small}</button>"
    )


def _kind(step: Mapping[str, Any]) -> str:
    return str(step["kind"]) if isinstance(step["kind"], str) else "paper"


def _name(step: Mapping[str, Any]) -> str:
    kind = _kind(step)
    css = "" if kind == "paper" else kind
    return f"<small>{escape(kind)}</small> {link(step['node_id'], step['label'], css)}"


def _hop(step: Mapping[str, Any]) -> str:
    """Return how a station is tied to the next, and the sentence that says so."""
    strength = number(f"{step['strength']:.2f}", _STRENGTH)
    quote_ = f"<blockquote>{marked(step)}</blockquote>" if step["sentence"] else ""
    said = f"<p><b>{escape(words(step['relation']))}</b> <small>{strength}</small></p>{quote_}"
    return f"<div class='hop'>{said}</div>"


def _dot(step: Mapping[str, Any], at: tuple[int, int], shown: bool, chosen: bool) -> str:
    """Return a station: its sign, and its name if it is on the way that is shown."""
    kind, node, label = _kind(step), escape(step["node_id"]), escape(str(step["label"]))
    x, y = at
    name = ""
    if shown:
        lines = wrap(str(step["label"]), 29, max_lines=2, placeholder=" …") or [""]
        first = y + 4 - 7 * (len(lines) - 1)
        rows = "".join(f"<tspan x='{x + 18}' y='{first + 15 * n}'>{escape(row)}</tspan>" for n, row in enumerate(lines))
        name = f"<text>{rows}</text>"
    halo = f"<circle class='halo' cx='{x}' cy='{y}' r='14'/>" if chosen else ""
    return (
        f"<g class='stop{' shown' * shown}' tabindex='0' role='button' data-node='{node}' "
        f"aria-label='{escape(kind)}: {label}'><title>{escape(kind)}: {label}</title>{halo}"
        f"<circle class='ground' cx='{x}' cy='{y}' r='{11 if shown else 8}'/>"
        f"{shape(kind, x, y, 9 if shown else 6)}{name}</g>"
    )


def _bent(points: list[tuple[int, int]]) -> str:
    """Return a line through points that leaves and reaches each of them upright."""
    (x, y), *rest = points
    parts = [f"M{x} {y}"]
    for to_x, to_y in rest:
        middle = (y + to_y) / 2
        parts.append(f"C{x} {middle:g} {to_x} {middle:g} {to_x} {to_y}")
        x, y = to_x, to_y
    return "".join(parts)
