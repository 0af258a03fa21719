"""The grid of methods and datasets or tasks: what was tried, what fits, why a pair does, and how far to believe it."""

from html import escape
from math import log
from typing import Any

import pandas as pd

from graphx.cards.html import after, chip, count, facts, link, marked, marked_spans, number
from graphx.query import CONCEPT, Heat, PairAnswer

LISTED = 99
"""Gaps that are listed, and whose place stands in their cell."""
FAINT = 0.05
"""A fit below it is drawn as a dot."""
_FIT = "how plausible the pair is, by what stands with both: 1 is the best gap of all, 0 shares nothing"


def heat_table(found: Heat, cell: tuple[str, str] | None, title: str) -> str:
    """Return a grid as an HTML table whose cells are buttons; a click tells `do` (cell), `method` and `other`.

    Args:
        found: the grid.
        cell: the ids of the pair that is open, or None.
        title: what the table is called.
    """
    if found.cells.empty:
        return f"<p>{escape(found.note)}</p>"
    heads = "".join(
        f"<th scope='col'><span>{link(CONCEPT + c.concept_id, c.label, c.kind, _named(c))}</span></th>"
        for c in found.columns.itertuples()
    )
    others, most = found.columns["label"].to_list(), int(found.cells["n_papers"].max())
    cells = found.cells.to_dict("records")
    lines = []
    for place, row in enumerate(found.rows.itertuples()):
        own = cells[place * len(others) : (place + 1) * len(others)]
        boxes = "".join(_cell(c, str(row.label), o, most, cell) for c, o in zip(own, others, strict=True))
        head = link(CONCEPT + str(row.concept_id), str(row.label), str(row.kind), _named(row))
        lines.append(f"<tr><th scope='row'><span>{head}</span></th>{boxes}</tr>")
    return (
        f"<div class='heat' role='region' tabindex='0' aria-label='{escape(title)}'><table>"
        f"<caption>{escape(title)}</caption><thead><tr><td></td>{heads}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def legend() -> str:
    """Return what the signs in the cells mean."""
    signs = (
        (_tried(3, 9), "tried: so many papers name both"),
        (_untried(1.0, 1), "a gap, and its place in the list below"),
        (_untried(0.6, None), "nobody tried it: the larger, the better it fits"),
        (_untried(0.0, None), "nothing ties the two"),
    )
    items = "".join(f"<li><span class='cell'>{sign}</span> {escape(words)}</li>" for sign, words in signs)
    return f"<ul class='heat-legend' aria-label='Signs'>{items}</ul>"


def belief(measured: pd.DataFrame, believed: str, between: str) -> str:
    """Return how far the gaps can be believed: what a backtest of this atlas found, or why there is none.

    Args:
        measured: what `graphx.query.backtest` tells.
        believed: what it found on other papers, in words.
        between: the kind of the other side.
    """
    head = "<h3>How far to believe this</h3>"
    if measured.empty:
        return (
            f"<aside class='belief'>{head}<p>It can't be measured on these papers: "
            f"{escape(measured.attrs['note'].removeprefix('No backtest: '))}</p>"
            f"<p>Measured elsewhere, {escape(believed)}.</p></aside>"
        )
    rows = "".join(
        f"<tr><th scope='row'>first {row.k}</th><td>{_share(row.hit_at_k)}</td><td>{_share(row.popularity)}</td>"
        f"<td>{_share(row.random)}</td></tr>"
        for row in measured.itertuples()
    )
    columns = (
        ("came true", "of the pairs proposed from the older papers, those that a newer paper names together"),
        ("most named", "the same for the pairs of the concepts that most papers name"),
        ("by chance", "the same for pairs drawn blindly"),
    )
    heads = "".join(f"<th scope='col'>{number(words, hint)}</th>" for words, hint in columns)
    return (
        f"<aside class='belief'>{head}<p>A test on your own papers: gaps between methods and {escape(between)}s were "
        f"proposed from the older papers only, then looked for in the newer ones.</p>"
        f"<table class='measures'><thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f"{facts(escape(measured.attrs['note']))}</aside>"
    )


def pair_card(answer: PairAnswer) -> str:
    """Return why a pair is plausible, or who tried it, as HTML."""
    method, other = (link(CONCEPT + c["concept_id"], c["label"], c["kind"], c["kind"]) for c in _sides(answer))
    if answer.n_papers:
        said = number(count(answer.n_papers), "papers here that name both") + " name both"
    else:
        said = "no paper here names both"
    place = number(f"gap no. {answer.rank}", "its place among the most plausible pairs") if answer.rank else ""
    score = number(f"score {answer.score:.2f}", "Σ √(n(a,c)·n(c,b)/n(c)) / (n(a)·n(b))^⅓ over what stands with both")
    parts = [
        "<article class='pair-of'><header><p class='kind'>pair</p>",
        f"<h2>{method} × {other}</h2>{facts(said, place, score if not answer.n_papers else '')}</header>",
        _ways(answer),
    ]
    if len(answer.tried):
        more = answer.n_papers - len(answer.tried)
        items = "".join(_both(row) for row in answer.tried.to_dict("records"))
        rest = f"<p><small>and {more} more</small></p>" if more > 0 else ""
        parts.append(f"<h3>Who tried it</h3><ul class='papers'>{items}</ul>{rest}")
    parts.append(_ties(answer))
    for side, concept in zip(("method", "other"), _sides(answer), strict=True):
        papers = answer.apart[answer.apart["side"] == side]
        if len(papers):
            items = "".join(_one(row) for row in papers.to_dict("records"))
            parts.append(f"<h3>Nearest papers with {escape(concept['label'])}</h3><ul class='papers'>{items}</ul>")
    return "".join([*parts, "</article>"])


def _cell(cell: dict[str, Any], method: str, other: str, most: int, chosen: tuple[str, str] | None) -> str:
    """Return one cell: a button that says in words what its sign shows."""
    if cell["same"]:
        return (
            f"<td><span class='none' title='{escape(f'{method} and {other} are named alike: no pair')}'>–</span></td>"
        )
    rank = None if pd.isna(cell["rank"]) else int(cell["rank"])
    if cell["n_papers"]:
        sign, words = _tried(cell["n_papers"], most), f"{count(cell['n_papers'])} name both"
    else:
        sign = _untried(cell["fit"], rank)
        words = f"nobody tried it, fit {cell['fit']:.2f}" + (f", gap no. {rank}" if rank else "")
    label = escape(f"{method} × {other}: {words}")
    pressed = (cell["method_id"], cell["other_id"]) == chosen
    return (
        f"<td><button type='button' class='cell' data-do='cell' data-method='{escape(cell['method_id'])}' "
        f"data-other='{escape(cell['other_id'])}' aria-pressed='{str(pressed).lower()}' aria-label='{label}' "
        f"title='{label}'>{sign}</button></td>"
    )


def _tried(n: int, most: int) -> str:
    """Return a number on a ground that is the darker, the more papers it stands for."""
    share = log(1 + n) / log(1 + max(n, most))
    return f"<span class='tried' style='--share:{100 * share:.0f}%'>{n}</span>"


def _untried(fit: float, rank: int | None) -> str:
    """Return a diamond, the larger the better the pair fits; filled and numbered if it is in the list of gaps."""
    if rank is None and fit < FAINT:
        return "<span class='nothing'>·</span>"
    listed = rank is not None and rank <= LISTED
    place = f"<sub>{rank}</sub>" if listed else ""
    return f"<span class='fit{' gap' if rank else ''}' style='--fit:{fit:.2f}'><i></i>{place}</span>"


def _sides(answer: PairAnswer) -> tuple[Any, Any]:
    return answer.method, answer.other


def _ways(answer: PairAnswer) -> str:
    """Return the link to the path between both sides."""
    source, target = (escape(CONCEPT + side["concept_id"]) for side in _sides(answer))
    data = f"data-page='path' data-source='{source}' data-target='{target}'"
    return (
        f"<nav class='actions'><a href='/path?source={source}&amp;target={target}' {data}>Path between them</a></nav>"
    )


def _ties(answer: PairAnswer) -> str:
    """Return what stands with both as chips, and by how many papers."""
    if answer.ties.empty:
        return "<p>Nothing else is named with both.</p>"
    method, other = (side["label"] for side in _sides(answer))
    chips = "".join(
        chip(t.concept_id, t.label, t.kind)
        + f"<small title='{escape(f'{count(t.n_method)} with {method}, {count(t.n_other)} with {other}')}'>"
        f"{t.n_method} | {t.n_other}</small> "
        for t in answer.ties.itertuples()
    )
    hint = number("papers with the one | with the other", f"{method} | {other}")
    return f"<h3>What stands with both <small>{hint}</small></h3><p class='chips'>{chips}</p>"


def _one(row: dict[str, Any]) -> str:
    with_it = f"also names {escape(', '.join(row['ties']))}" if len(row["ties"]) else ""
    head = f"{link(row['paper_id'], row['title'])}{after(row['year'])}"
    return f"<li>{head}<blockquote>{marked(row)}</blockquote>{facts(with_it)}</li>"


def _both(row: dict[str, Any]) -> str:
    """Return a paper with the sentence that names both, or the two sentences that name one each."""
    own, other = ((row[f"{side}start"], row[f"{side}end"]) for side in ("", "other_"))
    if row["sentence"] == row["other_sentence"]:
        quotes = f"<blockquote>{marked_spans(row['sentence'], sorted([own, other]))}</blockquote>"
    else:
        quotes = (
            f"<blockquote>{marked_spans(row['sentence'], [own])}</blockquote>"
            f"<blockquote>{marked_spans(row['other_sentence'], [other])}</blockquote>"
        )
    return f"<li>{link(row['paper_id'], row['title'])}{after(row['year'])}{quotes}</li>"


def _named(concept: Any) -> str:
    return f"{concept.kind}, named by {count(concept.n_papers)}"


def _share(value: float) -> str:
    return f"{100 * value:.0f} %" if value >= 0.01 or value == 0 else f"{100 * value:.1f} %"
