"""What rises, what fades, and what had its burst: concepts over the time of the papers that name them."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graphx.atlas import Atlas
from graphx.query.incidence import Numbers, incidence

MIN_PAPERS = 30
"""Dated papers; fewer show no trend."""
MIN_PERIODS = 3
MIN_NAMED = 5
"""Dated papers that must name a concept before its counts say anything."""
CLEAR = 2.0
"""Standard errors; a trend that is smaller may be chance."""
BURST_RATE = 2.0
"""How much more often a concept is named in its burst state: Kleinberg's s."""
BURST_COST = 1.0
"""What entering a burst costs, in logarithms of the number of periods: Kleinberg's gamma."""
COLUMNS = [
    "concept_id", "label", "kind", "trend", "score", "slope", "n_papers", "first", "last", "periods", "counts",
    "burst_start", "burst_end", "burst_weight",
]  # fmt: skip


class Periods(NamedTuple):
    """Time cut into equal pieces.

    Attributes:
        names: of every piece from the first paper's to the last's: 2024, 2024-Q3 or 2024-09.
        of: the number of each paper's piece, -1 if the paper has no date that is fine enough.
    """

    names: list[str]
    of: Numbers


class _Measured(NamedTuple):
    """All concepts that enough dated papers name, one element or row each."""

    periods: Periods
    concept: Numbers
    counts: NDArray[np.int64]
    score: NDArray[np.float64]
    slope: NDArray[np.float64]
    burst_start: Numbers
    burst_end: Numbers
    burst_weight: NDArray[np.float64]


def trends(atlas: Atlas, n: int = 20, kind: str | None = None) -> pd.DataFrame:
    """Return the concepts that rise, fade or had a burst: up to n of each trend, the clearest first.

    A concept's share of the papers of each period is what counts, so that a growing pile makes
    nothing rise. The trend is tested as by P. Armitage, "Tests for linear trends in proportions
    and frequencies", Biometrics 11 (1955); bursts are those of the batched two-state automaton
    of J. Kleinberg, "Bursty and hierarchical structure in streams", Data Mining and Knowledge
    Discovery 7 (2003), with s = 2 and gamma = 1.

    Args:
        atlas: any atlas; papers without a date are left out.
        n: how many of each trend.
        kind: only concepts of this kind.

    Returns:
        concept_id, label, kind, trend (rising, fading, or burst for what had its time and shows no
        lasting trend), score (Armitage's z: standard errors from no trend), slope (change of the
        share per period), n_papers (dated ones that name it), first and last (period that names
        it), periods and counts (papers that name it in each), burst_start, burst_end and
        burst_weight (of its heaviest burst, if it has one). `attrs["note"]` says in a sentence how
        many papers had a date, or why the frame is empty; `attrs["totals"]` is the number of papers of
        each period.
    """
    found = atlas.once("trends", _measure)
    of_kind = np.ones(len(found.concept), dtype=bool)
    if kind is not None:
        of_kind = (atlas.concepts["kind"].take(found.concept) == kind).to_numpy(dtype=bool)
    steady = np.abs(found.score) < CLEAR
    chosen = {
        "rising": _first(n, found.score, of_kind & (found.score >= CLEAR)),
        "burst": _first(n, found.burst_weight, of_kind & steady & (found.burst_start >= 0)),
        "fading": _first(n, -found.score, of_kind & (found.score <= -CLEAR)),
    }
    rows = np.concatenate(list(chosen.values()))
    frame = atlas.concepts[["concept_id", "label", "kind"]].take(found.concept[rows]).reset_index(drop=True)
    counts, names = found.counts[rows], np.array([*found.periods.names, None], dtype=object)
    named = counts > 0
    frame["trend"] = np.repeat(list(chosen), [len(part) for part in chosen.values()]).astype(object)
    frame["score"] = found.score[rows].round(2)
    frame["slope"] = found.slope[rows]
    frame["n_papers"] = counts.sum(axis=1)
    frame["first"] = names[named.argmax(axis=1)] if len(rows) else None
    frame["last"] = names[named.shape[1] - 1 - named[:, ::-1].argmax(axis=1)] if len(rows) else None
    frame["periods"] = [found.periods.names] * len(rows)
    frame["counts"] = counts.tolist()
    frame["burst_start"] = names[found.burst_start[rows]]
    frame["burst_end"] = names[found.burst_end[rows]]
    frame["burst_weight"] = np.where(found.burst_start[rows] >= 0, found.burst_weight[rows].round(2), np.nan)
    frame = frame[COLUMNS]
    frame.attrs["note"] = _note(found.periods, len(atlas.papers), len(frame))
    frame.attrs["totals"] = totals_of(found.periods).tolist()
    return frame


def periods(papers: pd.DataFrame) -> Periods:
    """Cut the time of the papers into years, or into quarters or months if it is short.

    Months for up to two years, quarters for up to six; but years wherever one paper in ten has no
    month. A date without a year ("--12-29") is no date.
    """
    dates = papers["date"].astype(object).where(papers["date"].notna(), "").astype(str)
    stated = papers["year"].to_numpy(dtype=float, na_value=np.nan)
    year = pd.to_numeric(dates.str.extract(r"^(\d{4})", expand=False)).to_numpy(dtype=float)
    year = np.where(np.isnan(year), stated, year)
    month = pd.to_numeric(dates.str.extract(r"^\d{4}-(\d\d)", expand=False)).to_numpy(dtype=float) - 1
    dated, exact = ~np.isnan(year), ~np.isnan(month)
    if not dated.any():
        return Periods([], np.full(len(papers), -1))
    per_year, usable = 1, dated
    if exact.sum() >= 0.9 * dated.sum():
        months = (12 * year + month)[exact]
        span = months.max() - months.min() + 1
        if span <= 72:
            per_year, usable = (12 if span <= 24 else 4), exact
    number = np.where(usable, year * per_year + np.where(exact, month, 0) * per_year // 12, np.nan)
    start, end = int(np.nanmin(number)), int(np.nanmax(number))
    form = {1: "{0}", 4: "{0}-Q{1}", 12: "{0}-{1:02}"}[per_year]
    names = [form.format(i // per_year, i % per_year + 1) for i in range(start, end + 1)]
    return Periods(names, np.where(usable, number - start, -1).astype(np.int64))


def cut(atlas: Atlas) -> Periods:
    """Return the periods of an atlas's papers; made once."""
    return atlas.once("periods", lambda atlas: periods(atlas.papers))


def totals_of(cut: Periods) -> NDArray[np.int64]:
    """Return how many papers each period has."""
    return np.bincount(cut.of[cut.of >= 0], minlength=len(cut.names))


def trend_test(counts: NDArray[np.int64], totals: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Armitage's z and the slope of the share per period.

    With r of d papers in period t, p = Σr / Σd and t̄ the mean period of the papers:
    slope = Σ (t - t̄)(r - p·d) / Σ d(t - t̄)² and z = slope · sqrt(Σ d(t - t̄)² / p(1 - p)).

    Args:
        counts: concepts × periods, papers that name the concept.
        totals: papers of every period.
    """
    share = counts.sum(axis=1) / totals.sum()
    time = np.arange(len(totals)) - (np.arange(len(totals)) * totals).sum() / totals.sum()
    spread = (totals * time**2).sum()
    slope = (counts - share[:, None] * totals) @ time / spread
    return slope * np.sqrt(spread / np.maximum(share * (1 - share), 1e-12)), slope


def bursts(counts: NDArray[np.int64], totals: NDArray[np.int64]) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
    """Return the first and last period of every concept's heaviest burst, -1 if it has none, and its weight.

    Kleinberg's batched automaton: in the quiet state a paper names the concept with its overall
    share p, in the burst state with 2p. A period in which r of d papers name it costs
    -ln p^r (1 - p)^(d - r); entering the burst state costs ln(number of periods). The
    cheapest sequence of states (Viterbi) tells the bursts; a burst's weight is what it saves.

    Args:
        counts: concepts × periods, papers that name the concept.
        totals: papers of every period.
    """
    quiet = np.clip(counts.sum(axis=1) / totals.sum(), 1e-12, 1 - 1e-12)[:, None]
    burst = np.minimum(BURST_RATE * quiet, (1 + quiet) / 2)  # a share above one half cannot double
    saved = counts * np.log(burst / quiet) + (totals - counts) * np.log((1 - burst) / (1 - quiet))
    cost = BURST_COST * np.log(len(totals))
    n_concepts, n_periods = counts.shape
    low, high = np.zeros(n_concepts), np.full(n_concepts, cost)
    from_high = np.zeros((2, n_periods, n_concepts), dtype=bool)
    for t in range(n_periods):
        if t:
            from_high[0, t], from_high[1, t] = high < low, high < low + cost
            low, high = np.minimum(low, high), np.minimum(high, low + cost)
        high = high - saved[:, t]
    state = np.zeros((n_periods, n_concepts), dtype=bool)
    state[-1] = high < low
    for t in range(n_periods - 1, 0, -1):
        state[t - 1] = np.where(state[t], from_high[1, t], from_high[0, t])
    return _heaviest(state, saved.T)


def _heaviest(state: NDArray[np.bool_], saved: NDArray[np.float64]) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
    """Return start, end and weight of each concept's heaviest run of periods in the burst state."""
    n_concepts = state.shape[1]
    start, end = np.full(n_concepts, -1), np.full(n_concepts, -1)
    weight, began, sum_ = np.zeros(n_concepts), np.zeros(n_concepts, dtype=np.int64), np.zeros(n_concepts)
    for t, on in enumerate(state):
        fresh = on & ~state[t - 1] if t else on
        began = np.where(fresh, t, began)
        sum_ = np.where(fresh, 0.0, sum_) + np.where(on, saved[t], 0.0)
        better = on & (sum_ > weight)
        start, end = np.where(better, began, start), np.where(better, t, end)
        weight = np.where(better, sum_, weight)
    return start, end, weight


def _measure(atlas: Atlas) -> _Measured:
    time = cut(atlas)
    dated = time.of >= 0
    if dated.sum() < MIN_PAPERS or len(time.names) < MIN_PERIODS:
        nothing, none = np.zeros(0, dtype=np.int64), np.zeros(0)
        return _Measured(time, nothing, np.zeros((0, len(time.names)), np.int64), none, none, nothing, nothing, none)
    named = incidence(atlas)
    used = dated[named.paper]
    paper, concept = named.paper[used], named.concept[used]
    frequent = np.flatnonzero(np.bincount(concept, minlength=len(atlas.concepts)) >= MIN_NAMED)
    row = np.full(len(atlas.concepts), -1)
    row[frequent] = np.arange(len(frequent))
    kept = row[concept] >= 0
    n_periods = len(time.names)
    cells = row[concept[kept]] * n_periods + time.of[paper[kept]]
    counts = np.bincount(cells, minlength=len(frequent) * n_periods).reshape(-1, n_periods)
    totals = totals_of(time)
    score, slope = trend_test(counts, totals)
    return _Measured(time, frequent, counts, score, slope, *bursts(counts, totals))


def _first(n: int, score: NDArray[np.float64], allowed: NDArray[np.bool_]) -> Numbers:
    """Return where the n highest scores stand among those that are allowed."""
    where = np.flatnonzero(allowed)
    return where[np.argsort(-score[where].round(9), kind="stable")[:n]]


def _note(cut: Periods, n_papers: int, n_found: int) -> str:
    dated = int((cut.of >= 0).sum())
    said = f"{dated:,} of {n_papers:,} papers have a date with a year"
    if dated < MIN_PAPERS:
        return f"No trends: only {said}, fewer than the {MIN_PAPERS} it takes; add a source that states dates."
    if len(cut.names) < MIN_PERIODS:
        return f"No trends: {said}, but all within {' and '.join(cut.names)}; add papers of other times."
    said = f"{said}, from {cut.names[0]} to {cut.names[-1]}"
    if not n_found:
        return f"No trends: {said}, too few for any that chance would not make; add a source that states dates."
    return f"{said}; the others are left out." if dated < n_papers else f"{said}."
