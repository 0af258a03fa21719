"""The lists of the Aliases page: what is likely one concept, and what was decided, each with what it changes."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import pandas as pd

from graphx.aliases import Action, Decision
from graphx.cards.html import count, link
from graphx.query import CONCEPT

MOST_FORMS = 6
"""Forms of a concept that are shown; the rest are counted."""

_DONE = {
    Action.MERGE: "Merge {what} into {into}",
    Action.SPLIT: "Split {into} off {what}",
    Action.RENAME: "Rename {what} to {into}",
    Action.KIND: "Make {what} a {into}",
    Action.DROP: "Drop {what}",
    Action.REJECT: "Never suggest {what} and {into} as one",
}


def suggested(rows: pd.DataFrame) -> str:
    """Return suggestions as a list whose labels can be chosen, each to be accepted or rejected.

    Args:
        rows: as `graphx.query.aliases.suggestions` gives them.
    """
    items = "".join(map(_suggestion, rows.itertuples()))
    return f"<ol class='suggested'>{items}</ol>"


def _suggestion(row: Any) -> str:
    kinds = row.kinds.split(", ")
    both = f" · {count(row.n_both)} {'names' if row.n_both == 1 else 'name'} both" if row.n_both else ""
    pair = escape(f"{row.gone} into {row.keep}")
    buttons = "".join(
        f"<button type='button' data-do='{do}' data-gone='{escape(row.gone_id)}' data-keep='{escape(row.keep_id)}' "
        f"aria-label='{title}: {pair}' title='{hint}'>{title}</button>"
        for do, title, hint in (
            ("accept", "Accept", "Make them one concept under the first label"),
            ("reject", "Reject", "They are two; never suggest this again"),
        )
    )
    keep = link(CONCEPT + row.keep_id, row.keep, kinds[0], "show its sentences")
    gone = link(CONCEPT + row.gone_id, row.gone, kinds[-1], "show its sentences")
    return (
        f"<li><div><p class='two'>{keep} <small>{count(row.n_keep)}</small> <i aria-label='takes in'>←</i> "
        f"{gone} <small>{count(row.n_gone)}</small></p>"
        f"<p class='facts'>{escape(row.kinds.replace(', ', ' and '))} · {escape(row.reason)}{both}</p></div>"
        f"<p class='doing'>{buttons}</p></li>"
    )


def decided(decisions: Sequence[Decision], changes: pd.DataFrame | None = None, gone: Iterable[Decision] = ()) -> str:
    """Return decisions as a list, each to be undone.

    Args:
        decisions: the decisions.
        changes: what each changes, as `graphx.query.deciding.preview` gives it; None if that is past.
        gone: decisions that were taken back, but that the atlas still follows; each can be taken again.
    """
    told = (
        [_told(d, row) for d, row in zip(decisions, changes.itertuples(), strict=True)] if changes is not None else []
    )
    items = [_decision(d, told[n] if told else "", "undo", "Undo") for n, d in enumerate(decisions)]
    items += [_decision(d, _takes(d), "redo", "Keep it") for d in gone]
    return f"<ul class='decided'>{''.join(items)}</ul>"


def key(decision: Decision) -> str:
    """Return what tells a decision from others in a list."""
    return "\t".join((decision.action, decision.what, decision.into))


def words(decision: Decision) -> str:
    """Say in words what was decided, as HTML."""
    what, into = (f"<b>{escape(label)}</b>" for label in (decision.what, decision.into))
    if decision.action == Action.KIND:
        into = escape(decision.into)
    said = _DONE[decision.action].format(what=what, into=into)
    apart = [form for form in decision.forms if form != decision.into]
    if decision.action == Action.SPLIT and apart:
        said += f" <small>with {escape(_some(apart))}</small>"
    return said


def _decision(decision: Decision, told: str, do: str, title: str) -> str:
    name = f"{decision.action} {decision.what} {decision.into}".strip()
    taken = " class='taken'" if do == "redo" else ""
    facts = f"<p class='facts'>{escape(told)}</p>" if told else ""
    return (
        f"<li{taken}><div><p>{words(decision)}</p>{facts}</div>"
        f"<p class='doing'><button type='button' data-do='{do}' data-key='{escape(key(decision))}' "
        f"aria-label='{escape(f'{title}: {name}')}'>{title}</button></p></li>"
    )


def _told(d: Decision, row: Any) -> str:
    """Say what a decision changes."""
    if d.action == Action.REJECT:
        return "changes nothing in the atlas"
    named = f"{row.n_mentions} mention{'s' * (row.n_mentions != 1)} in {count(row.n_papers)}"
    if d.action == Action.DROP:
        told = f"takes away {named}"
    else:
        label = d.what if d.action == Action.KIND else d.into
        told = f"changes {named}; “{label}” is then in {count(row.n_papers_after)}"
        told += f", written {_some(row.forms)}" if d.action in (Action.MERGE, Action.SPLIT) else ""
    if row.along:
        told += f". Mentions of {_some(row.along)} go along, since they are written the same"
    return told


def _takes(d: Decision) -> str:
    return "taken back: its papers are searched for it again" if d.action == Action.DROP else "taken back"


def _some(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - MOST_FORMS} more" if len(labels) > MOST_FORMS else ""
    return ", ".join(labels[:MOST_FORMS]) + more
