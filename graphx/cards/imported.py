"""What the Import page tells: what was understood of files, how far a build is, and what an update changed."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from graphx.cards.html import count

MOST_FILES = 50
MOST_PROBLEMS = 5
MOST_CHANGES = 15


def file_card(
    name: str, format_name: str, columns: Mapping[str, str], n_records: int, titles: Sequence[str],
    problems: pd.DataFrame, again: bool,
) -> str:  # fmt: skip
    """Return what was understood of one file: entries, first titles, columns and problems, as an item of a list."""
    facts = [f"{n_records:,} entr{'y' if n_records == 1 else 'ies'}", escape(format_name) or "not understood"]
    if len(problems):
        facts.append(f"{len(problems):,} problem{'s' * (len(problems) != 1)}")
    if again:
        facts.append("the same file is there already, so it adds nothing")
    first = "".join(f"<li>{escape(title)}</li>" for title in titles)
    more = f"<li>… and {n_records - len(titles):,} more</li>" if n_records > len(titles) else ""
    taken = "".join(
        f"<dt>{escape(column.replace('_', ' '))}</dt><dd>{escape(str(field)[:60])}</dd>"
        for column, field in columns.items()
    )
    guessed = f"<details><summary>Which column was taken for what</summary><dl>{taken}</dl></details>" if taken else ""
    return (
        f"<li><b>{escape(name)}</b> <small>{' · '.join(facts)}</small>"
        + (f"<ul class='titles'>{first}{more}</ul>" if first else "")
        + _problems(problems)
        + guessed
        + "</li>"
    )


def files(items: Sequence[str]) -> str:
    """Return a list of what `file_card` returned, the first of very many."""
    rest = len(items) - MOST_FILES
    more = f"<li>… and {rest:,} more files</li>" if rest > 0 else ""
    return f"<article><ul class='papers'>{''.join(items[:MOST_FILES])}{more}</ul></article>"


def _problems(problems: pd.DataFrame) -> str:
    if problems.empty:
        return ""
    told = "".join(
        f"<li><b>{escape(p.position)}</b> {escape(p.message)}</li>" for p in problems.head(MOST_PROBLEMS).itertuples()
    )
    rest = len(problems) - MOST_PROBLEMS
    return f"<ul class='trouble'>{told}{f'<li>… and {rest:,} more</li>' if rest > 0 else ''}</ul>"


def steps(rows: Iterable[tuple[str, str, float, float | None]], elapsed: float, left: float, cancelling: bool) -> str:
    """Return the steps of a build.

    Args:
        rows: title, state ("done", "running" or "waiting"), seconds, and share done or None, of every step.
        elapsed: seconds so far.
        left: seconds that are left, by estimate.
        cancelling: whether it is about to be cancelled.
    """
    items = []
    for title, state, seconds, share in rows:
        beside = "waiting"
        if state == "done":
            beside = duration(seconds)
        elif state == "running":
            value = "" if share is None else f" value='{share:.3f}'"
            part = "" if share is None else f"{share:.0%} · "
            beside = f"<progress max='1'{value} aria-label='{escape(title)}'></progress> {part}{duration(seconds)}"
        sign = {"done": "✓", "running": "▸"}.get(state, "·")
        current = " aria-current='step'" if state == "running" else ""
        items.append(f"<li class='{state}'{current}><i aria-hidden='true'>{sign}</i><span>{escape(title)}</span>"
                     f"<small>{beside}</small></li>")  # fmt: skip
    ahead = "stopping …" if cancelling else f"about {duration(left)} left" if left >= 1 else "nearly done"
    total = f"<p class='facts'>{duration(elapsed)} so far, {ahead}</p>"
    return f"<article><ol class='steps'>{''.join(items)}</ol>{total}</article>"


def changes(changed: Mapping[str, Any]) -> str:
    """Return what an update changed, as `info["changes"]` has it."""
    parts = [f"<p>{count(changed['new_papers'])} new, {changed['new_concepts']:,} concepts new.</p>"]
    if changed["most_named_new_concepts"]:
        parts.append(f"<p><b>New, and named most:</b> {escape(', '.join(changed['most_named_new_concepts']))}</p>")
    if changed["rising_concepts"]:
        rising = (f"{c['label']} ({c['before']} → {c['after']} papers)" for c in changed["rising_concepts"])
        parts.append(f"<p><b>Named more often now:</b> {escape(', '.join(rising))}</p>")
    told = [c for c in changed["communities"] if c["change"] != "same"]
    told.sort(key=lambda c: -max(c["n_before"] or 0, c["n_after"] or 0))
    items = "".join(
        f"<li>{escape(c['label'] or c['community_id'])} <small>{escape(c['change'])}, "
        f"{c['n_before'] or 0} → {c['n_after'] or 0} papers</small></li>"
        for c in told[:MOST_CHANGES]
    )
    if items:
        rest = f"<li>… and {len(told) - MOST_CHANGES} more</li>" if len(told) > MOST_CHANGES else ""
        parts.append(f"<h3>Communities that changed</h3><ul>{items}{rest}</ul>")
    return f"<article>{''.join(parts)}</article>"


def duration(seconds: float) -> str:
    """Return a time as a person says it: 8 s, 3 min, 1 h 5 min."""
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
