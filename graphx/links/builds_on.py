"""`builds_on`: one paper names an artefact that another paper here introduces; the sentence proves it.

An artefact is a concept with a name of its own: one spelled like a name (FedProx, P^2OT), one
that the title coins ("Pathways: …"), or a phrase of three words or more that the title carries.
A paper builds on it if it names it, or a longer phrase that holds it ("semantic-regularised
progressive partial optimal transport"), and isn't the older of the two.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from graphx.forms import normalise
from graphx.nlp.names import is_name_like
from graphx.papers import texts
from graphx.tables import Relation, Role

LONG_PHRASE = 3
"""Words; a shorter phrase in a title ("data placement") is a topic and no artefact."""
SHORT_NAME = 6
"""Letters; a name so short may mean another thing elsewhere, so the papers must have more in common."""
COLUMNS = [
    "source", "target", "relation", "weight", "n_shared", "evidence", "places", "target_places", "via", "backbone",
]  # fmt: skip


def find_builds_on(
    papers: pd.DataFrame,
    mentions: pd.DataFrame,
    concepts: pd.DataFrame,
    weights: pd.DataFrame,
    named: sparse.csr_array,
) -> pd.DataFrame:
    """Return the links `builds_on`, sorted by source, target and concept.

    Args:
        papers: the table `papers`.
        mentions: the table `mentions`.
        concepts: the table `concepts`; `introduced_by` says whose an artefact is.
        weights: what `shares.scaled` gives.
        named: what `shares.concept_matrix` gives.
    """
    artefacts = _artefacts(papers, mentions, concepts)
    uses = pd.concat([_by_name(artefacts, weights), _within_phrases(artefacts, concepts, weights)])
    uses = uses[uses["paper_id"] != uses["target"]].drop_duplicates(["paper_id", "via"])
    uses = uses[~_backwards(papers, uses) & _related(papers, concepts, named, uses)]
    uses = uses.sort_values(["paper_id", "target", "via"], ignore_index=True)
    return _proved(uses, papers, mentions)


def _artefacts(papers: pd.DataFrame, mentions: pd.DataFrame, concepts: pd.DataFrame) -> pd.DataFrame:
    """Return concept_id, target, titled (the title carries it), short, and words (of a long phrase)."""
    known = concepts.loc[concepts["introduced_by"].notna(), ["concept_id", "introduced_by"]]
    title_of = dict(zip(papers["paper_id"], papers["title"], strict=True))
    claims = mentions.merge(known, left_on=["concept_id", "paper_id"], right_on=["concept_id", "introduced_by"])
    rows = []
    for (concept_id, target), own in claims.groupby(["concept_id", "introduced_by"], sort=True):
        title = title_of[target]
        in_title = own[(own["end"] <= len(title))]
        coined = any(
            s == 0 and title[e : e + 1] == ":" for s, e in zip(in_title["start"], in_title["end"], strict=True)
        )
        named = any(map(_is_own_name, own["text"]))
        longest = max(in_title["text"], key=len, default="")
        phrase = _words(longest) if len(longest.split()) >= LONG_PHRASE else ()
        if coined or named or phrase:
            shortest = min(len(form) for form in own["text"])
            short = not phrase and shortest <= SHORT_NAME
            rows.append((concept_id, target, len(in_title) > 0, short, phrase))
    return pd.DataFrame(rows, columns=["concept_id", "target", "titled", "short", "words"])


def _is_own_name(form: str) -> bool:
    """Tell whether a form is spelled like a name as a whole, and is no compound of capitalised words."""
    cores = re.split(r"[-/]", form)
    inner = any(re.search(r".[A-Z0-9]", core) for core in cores)
    return " " not in form and is_name_like(form) and inner


def _by_name(artefacts: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """Return the papers that name an artefact and don't claim it themselves."""
    uses = weights[["paper_id", "concept_id", "role", "weight"]].merge(artefacts, on="concept_id")
    uses = uses[uses["role"] != Role.INTRODUCES]
    return uses.assign(via=uses["concept_id"], names=uses["concept_id"])


def _within_phrases(artefacts: pd.DataFrame, concepts: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """Return the papers that name a longer phrase which holds an artefact's, whatever they claim of it."""
    by_start = defaultdict(list)
    for artefact in artefacts[artefacts["words"].map(len) > 0].itertuples():
        by_start[artefact.words[:2]].append((artefact.words, artefact.concept_id))
    holds = [
        (concept_id, via)
        for concept_id, forms in zip(concepts["concept_id"], concepts["forms"], strict=True)
        for via in sorted({via for form in forms for via in _held(form, by_start)} - {concept_id})
    ]
    held = pd.DataFrame(holds, columns=["names", "via"]).astype(object)
    uses = weights[["paper_id", "concept_id", "role", "weight"]].merge(held, left_on="concept_id", right_on="names")
    return uses.merge(artefacts.rename(columns={"concept_id": "via"}), on="via")


def _held(form: str, by_start: dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]]) -> Iterator[str]:
    """Return the artefacts whose phrase stands within a form."""
    if form.count(" ") + form.count("-") + 1 < LONG_PHRASE:
        return
    words = _words(form)
    for i in range(len(words) - LONG_PHRASE + 1):
        for phrase, concept_id in by_start.get(words[i : i + 2], ()):
            if words[i : i + len(phrase)] == phrase:
                yield concept_id


def _words(form: str) -> tuple[str, ...]:
    return tuple(normalise(word) for word in form.replace("-", " ").split())


def _backwards(papers: pd.DataFrame, uses: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell where both dates are known and the user's comes first."""
    dates = papers["date"].astype(object).where(papers["year"].notna(), None)
    date_of = dict(zip(papers["paper_id"], dates, strict=True))
    return np.array(
        [
            isinstance(date_of[s], str) and isinstance(date_of[t], str) and date_of[s] < date_of[t]
            for s, t in zip(uses["paper_id"], uses["target"], strict=True)
        ],
        dtype=bool,
    )


def _related(
    papers: pd.DataFrame, concepts: pd.DataFrame, named: sparse.csr_array, uses: pd.DataFrame
) -> NDArray[np.bool_]:
    """Tell where the name is long enough to mean one thing, or the papers share another concept."""
    index = pd.Index(papers["paper_id"])
    source, target = index.get_indexer(uses["paper_id"]), index.get_indexer(uses["target"])
    shared = (named[source] != 0).multiply(named[target] != 0).sum(axis=1) if len(uses) else np.zeros(0)
    same = (uses["names"] == uses["via"]).to_numpy(dtype=bool)
    enough: NDArray[np.bool_] = ~uses["short"].to_numpy(dtype=bool) | (np.asarray(shared).ravel() - same > 0)
    return enough


def _proved(uses: pd.DataFrame, papers: pd.DataFrame, mentions: pd.DataFrame) -> pd.DataFrame:
    """Return links with the sentences of both sides and their places."""
    text_of = texts(papers)
    relevant = mentions[mentions["concept_id"].isin(set(uses["names"]) | set(uses["via"]))]
    # A dictionary keeps the order of the text and drops repetitions.
    spans: dict[tuple[str, str], dict[tuple[int, int], None]] = defaultdict(dict)
    introducing: dict[tuple[str, str], dict[tuple[int, int], None]] = defaultdict(dict)
    for m in relevant.itertuples(index=False):
        place = (m.sentence_start, m.sentence_end)
        spans[m.paper_id, m.concept_id][place] = None
        if m.role == Role.INTRODUCES:
            introducing[m.paper_id, m.concept_id][place] = None
    rows = []
    for use in uses.itertuples(index=False):
        own = spans[use.paper_id, use.names]
        others = introducing[use.target, use.via]
        rows.append(
            (
                use.paper_id, use.target, str(Relation.BUILDS_ON), use.weight, 1,
                [text_of[use.paper_id][start:end].strip() for start, end in own],
                [f"{start}:{end}" for start, end in own], [f"{start}:{end}" for start, end in others], use.via, True,
            )
        )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)
