"""Concepts over time as small pictures: streams with their bursts, one concept's periods, and all dated papers."""

from collections.abc import Sequence
from html import escape
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graphx.cards.html import count, facts, link
from graphx.cards.shapes import sign
from graphx.query import CONCEPT
from graphx.tables import Role

Counts = NDArray[np.int64]
TRENDS = {
    "rising": ("Rising", "named by a growing share of the papers, more clearly than chance would make it"),
    "burst": ("Had their time", "named much more often for a while, without a lasting trend"),
    "fading": ("Fading", "named by a shrinking share of the papers, more clearly than chance would make it"),
}
"""The title of every trend, and what it means."""
WIDE, HIGH = 1000, 40
"""The inner size of a stream's picture; it is stretched to the room there is."""
LABELS = 5
"""Periods named on an axis."""
ROLE_WORDS = {
    Role.INTRODUCES: "introduced by",
    Role.USES: "used by",
    Role.COMPARES: "compared by",
    Role.MENTIONS: "mentioned by",
}


def streams(found: pd.DataFrame, chosen: str | None) -> str:
    """Return a list of concepts, by trend, each with the share of the papers that name it as a stream over time.

    Args:
        found: what `graphx.query.trends` tells.
        chosen: the node that is chosen.
    """
    totals = np.array(found.attrs["totals"])
    parts = []
    for trend, (title, means) in TRENDS.items():
        rows = found[found["trend"] == trend]
        if rows.empty:
            continue
        axis = _axis(rows["periods"].iloc[0])
        items = "".join(_stream(row, totals, chosen) for row in rows.to_dict("records"))
        parts.append(
            f"<section class='trend {trend}'><h3>{title} <small>{escape(means)}</small></h3>"
            f"<div class='stream-head' aria-hidden='true'><span></span>{axis}<span></span></div>"
            f"<ul class='streams'>{items}</ul></section>"
        )
    return "".join(parts)


def concept_years(history: pd.DataFrame, label: str) -> str:
    """Return who introduced a concept and who used it since as a figure: a column for every period, a layer for a role.

    Args:
        history: what `graphx.query.history` tells.
        label: the concept's label.
    """
    note = facts(escape(history.attrs["note"]))
    if history.empty:
        return f"<figure class='years'>{note}</figure>"
    counts = history[[str(role) for role in Role]].to_numpy(dtype=int)
    step = 34 if len(history) <= 14 else 18
    most, high = max(int(counts.sum(axis=1).max()), 1), 64
    every = -(-(7 * len(history["period"].iloc[0]) + 4) // step)  # so that names of periods have room
    columns = []
    for place, (period, row) in enumerate(zip(history["period"], counts, strict=True)):
        x, top, boxes = place * step + 2, float(high + 16), ""
        for role, n in zip(reversed(Role), reversed(row.tolist()), strict=True):
            tall = high * n / most
            top -= tall
            boxes += f"<rect class='{role}' x='{x}' y='{top:.1f}' width='{step - 4}' height='{tall:.1f}'/>" if n else ""
        total, middle = int(row.sum()), x + (step - 4) / 2
        boxes += f"<text x='{middle}' y='{top - 3:.1f}'>{'★ ' * bool(row[0])}{total}</text>" if total else ""
        shown = place % every == 0
        boxes += f"<text class='tick' x='{middle}' y='{high + 30}'>{escape(period)}</text>" if shown else ""
        columns.append(f"<g><title>{escape(f'{period}: {_by_role(row)}')}</title>{boxes}</g>")
    wide = len(history) * step + 40
    first = f", first in {history['period'].iloc[0]}"
    keys = "".join(
        f"<li><svg viewBox='0 0 12 12' width='12' height='12' aria-hidden='true'>"
        f"<rect class='{role}' x='1' y='1' width='10' height='10'/></svg> {ROLE_WORDS[role]}</li>"
        for role, n in zip(Role, counts.sum(axis=0), strict=True)
        if n
    )
    return (
        f"<figure class='years'><div class='wide'><svg role='img' width='{wide}' height='{high + 36}' "
        f"viewBox='-20 0 {wide} {high + 36}' aria-label='{escape(f'Papers that name {label} by period{first}')}'>"
        f"<line class='base' x1='0' x2='{len(history) * step}' y1='{high + 16}' y2='{high + 16}'/>{''.join(columns)}"
        f"</svg></div><ul class='keys'>{keys}</ul>{note}</figure>"
    )


def dated_papers(papers: pd.DataFrame, chosen: str | None) -> str:
    """Return the papers of every year as dots, and those without a year as a list.

    Args:
        papers: what `graphx.query.dated` tells.
        chosen: the node that is chosen.
    """
    known = papers[papers["year"].notna()]
    columns = []
    years = range(int(known["year"].min()), int(known["year"].max()) + 1) if len(known) else range(0)
    for year in years:
        own = known[known["year"] == year]
        dots = "".join(
            f"<li>{_dot(str(p.paper_id), f'{p.title} ({p.date if pd.notna(p.date) else year})', chosen)}</li>"
            for p in own.itertuples()
        )
        columns.append(f"<li class='year'><ol aria-label='{count(len(own))} of {year}'>{dots}</ol><b>{year}</b></li>")
    partial = papers[papers["year"].isna()]
    items = "".join(
        f"<li>{link(str(p.paper_id), str(p.title))} <small>{escape(str(p.date).removeprefix('--'))}</small></li>"
        for p in partial.itertuples()
    )
    without = (
        f"<h3>Only a month and a day <small>{count(len(partial))}; the source names no year, and none is guessed"
        f"</small></h3><ul class='papers'>{items}</ul>"
        if items
        else ""
    )
    return f"<ol class='dated wide' aria-label='Dated papers by year'>{''.join(columns)}</ol>{without}"


def span(start: str, end: str) -> str:
    """Return a stretch of periods: 2025-11 – 2026-01, but 2026-05 – 07."""
    if start == end:
        return start
    year, divides, rest = end.partition("-")
    return f"{start} – {rest if divides and start.startswith(year) else end}"


def _stream(row: dict[str, Any], totals: Counts, chosen: str | None) -> str:
    """Return a concept's line in the list: its name, its stream, and in words what it shows."""
    node, names, counts = CONCEPT + row["concept_id"], row["periods"], np.array(row["counts"])
    share = counts / np.maximum(totals, 1)
    part = max(1, len(totals) // 4)
    before, after = (counts[s].sum() / max(totals[s].sum(), 1) for s in (slice(None, part), slice(-part, None)))
    burst = row["burst_start"] is not None and pd.notna(row["burst_start"])
    peak = int(share.argmax())
    time = f"burst {span(row['burst_start'], row['burst_end'])}" if burst else f"peak {names[peak]}"
    change = f"{_percent(before)} → {_percent(after)}"
    label = (
        f"{row['label']}, {row['kind']}, {row['trend']}: named by {_percent(before)} of the papers at first, "
        f"{_percent(after)} at last, at most {_percent(share[peak])} in {names[peak]}" + (f"; {time}" if burst else "")
    )
    here = " aria-current='true'" if node == chosen else ""
    hint = f"share of the papers of the first {part} and of the last {part} periods that name it"
    between = (names.index(row["burst_start"]), names.index(row["burst_end"])) if burst else None
    leads = f"href='?node={quote(node)}' data-node='{escape(node)}'"
    css = "burst" if burst else "peak"
    return (
        f"<li><a class='stream' {leads} aria-label='{escape(label)}'{here}>"
        f"<span class='name'>{sign(row['kind'])} {escape(row['label'])}</span>"
        f"{_picture(row['kind'], names, counts, totals, between)}"
        f"<span class='said'><b title='{escape(hint)}'>{change}</b> <small>{count(int(row['n_papers']))}</small>"
        f"<small class='{css}'>{escape(time)}</small></span>"
        f"</a></li>"
    )


def _picture(
    kind: str,
    names: Sequence[str],
    counts: Counts,
    totals: Counts,
    burst: tuple[int, int] | None,
) -> str:
    """Return the stream itself: the share of each period's papers, on a ground that marks the burst."""
    step, share = WIDE / len(names), counts / np.maximum(totals, 1)
    height = share / max(share.max(), 1e-12) * (HIGH - 8)
    points = [(0.0, height[0]), *(((i + 0.5) * step, h) for i, h in enumerate(height)), (float(WIDE), height[-1])]
    line = " ".join(f"{x:.0f},{HIGH - h:.1f}" for x, h in points)
    band = ""
    if burst:
        left, right = burst[0] * step, (burst[1] + 1) * step
        band = (
            f"<rect class='band' x='{left:.0f}' y='0' width='{right - left:.0f}' height='{HIGH}'/>"
            f"<path class='bracket' d='M{left:.0f} 7V2H{right:.0f}V7'/>"
        )
    hits = "".join(
        f"<rect class='hit' x='{i * step:.0f}' y='0' width='{step:.0f}' height='{HIGH}'>"
        f"<title>{escape(name)}: {n} of {total} papers ({_percent(part)})</title></rect>"
        for i, (name, n, total, part) in enumerate(zip(names, counts.tolist(), totals.tolist(), share, strict=True))
    )
    area = f"<polygon class='area' points='0,{HIGH} {line} {WIDE},{HIGH}'/>"
    return (
        f"<svg class='{escape(kind)}' viewBox='0 0 {WIDE} {HIGH}' preserveAspectRatio='none' aria-hidden='true'>{band}"
        f"{area}<polyline class='line' points='{line}'/>{hits}</svg>"
    )


def _axis(names: Sequence[str]) -> str:
    """Return a line of period names, each where it is on the streams below."""
    places = sorted({round(i * (len(names) - 1) / max(LABELS - 1, 1)) for i in range(LABELS)})
    marks = "".join(f"<i style='left:{100 * (i + 0.5) / len(names):.1f}%'>{escape(names[i])}</i>" for i in places)
    return f"<span class='axis'>{marks}</span>"


def _percent(share: float) -> str:
    """Return a share with as many places as tell it from none."""
    return (
        f"{100 * share:.0f} %"
        if share >= 0.0995 or share == 0
        else f"{100 * share:.1f} %"
        if share >= 0.0005
        else "<0.1 %"
    )


def _by_role(row: Counts) -> str:
    said = [f"{ROLE_WORDS[role]} {count(int(n))}" for role, n in zip(Role, row, strict=True) if n]
    return ", ".join(said) or "no paper names it"


def _dot(node: str, label: str, chosen: str | None) -> str:
    here = " aria-current='true'" if node == chosen else ""
    return (
        f"<a href='?node={quote(node)}' data-node='{escape(node)}' title='{escape(label)}' "
        f"aria-label='{escape(label)}'{here}></a>"
    )
