"""`builds_on`: one paper names an artefact that another paper here introduces; the sentence proves it.

An artefact is a concept that a paper introduces under a name: one that its title coins ("Pathways: …"),
one spelled like a name that a sentence claims ("we propose FedProx"), or a phrase of three
words or more that leads its title. A paper builds on it if it names it as its paper writes
it, or a longer phrase that holds it ("semantic-regularised progressive partial optimal
transport"). What an older paper names already was not introduced, and a name that two papers
write whose texts are unlike means two things.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graphx.forms import normalise
from graphx.nlp.names import is_name_like
from graphx.nlp.vectors import encode
from graphx.papers import texts
from graphx.tables import Relation, Role

LONG_PHRASE = 3
"""Words; a shorter phrase in a title ("data placement") is a topic and no artefact."""
COMMON = 10
"""Papers; what more of them name, and the title of who seems to introduce it doesn't, is everybody's ("VLM")."""
ALIKE = 0.25
"""Cosine of two papers' texts; a name that both write means two things if they are less alike."""
_VERB = r"\b(?:propos|introduc|present|develop|releas|design|construct|creat|build|built|publish)\w*\b"
_CLAIMED = re.compile(
    rf"{_VERB}(?:(?!\b(?:of|on|for|with|using|by|via|in|from|to|based|that|which|than|over)\b|[.;:]).){{0,60}}$"
    rf"|{_VERB}[^,()]*\((?:[^()]*, )?$"
    r"|\b(?:called|named|dubbed|termed|coined?|refer to as)\b.{0,25}$",
    re.I | re.S,
)
"""What stands before a name that a paper claims: "we propose X", "we present a way to … (X", "a method called X"."""
WITHIN = 0.2
"""Weight of a link whose artefact is named within a longer phrase only: about that of a shared concept."""
_Use = tuple[str, str, tuple[int, int], bool]
"""Paper, concept of the artefact, bounds of the sentence, and whether it names the artefact itself."""
COLUMNS = [
    "source", "target", "relation", "weight", "n_shared", "evidence", "places", "target_places", "via", "backbone",
]  # fmt: skip


def find_builds_on(
    papers: pd.DataFrame,
    mentions: pd.DataFrame,
    concepts: pd.DataFrame,
    weights: pd.DataFrame,
) -> pd.DataFrame:
    """Return the links `builds_on`, sorted by source, target and concept.

    Args:
        papers: the table `papers`.
        mentions: the table `mentions`.
        concepts: the table `concepts`; `introduced_by` says whose an artefact is.
        weights: what `shares.scaled` gives.
    """
    artefacts = _artefacts(papers, mentions, concepts)
    uses = [*_by_name(artefacts, mentions), *_within_phrases(artefacts, mentions)]
    dates = _dates(papers)
    users = Counter(via for via, _ in {(via, paper_id) for paper_id, via, _, exact in uses if exact})
    common = {via for via, n in users.items() if n > COMMON and not artefacts[via].titled}
    older = {via for paper_id, via, _, exact in uses if exact and _before(dates, paper_id, artefacts[via].target)}
    found: dict[tuple[str, str, str], dict[tuple[int, int], None]] = defaultdict(dict)
    for paper_id, via, sentence, _ in uses:
        target = artefacts[via].target
        if paper_id != target and via not in older | common and not _before(dates, paper_id, target):
            found[paper_id, target, via][sentence] = None
    text_of = texts(papers)
    keys = sorted(found)
    keys = [key for key, related in zip(keys, _related(text_of, keys), strict=True) if related]
    own = weights[weights["concept_id"].isin({via for _, _, via in keys})]
    weight = dict(zip(zip(own["paper_id"], own["concept_id"], strict=True), own["weight"], strict=True))
    rows = []
    for source, target, via in keys:
        naming, claiming = found[source, target, via], artefacts[via].sentences
        rows.append(
            (
                source, target, str(Relation.BUILDS_ON), weight.get((source, via), WITHIN), 1,
                [text_of[source][start:end] for start, end in _trimmed(text_of[source], naming)],
                [f"{start}:{end}" for start, end in _trimmed(text_of[source], naming)],
                [f"{start}:{end}" for start, end in _trimmed(text_of[target], claiming)], via, True,
            )
        )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _trimmed(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans without the space at their ends."""
    return [
        (start + len(text[start:end]) - len(text[start:end].lstrip()), start + len(text[start:end].rstrip()))
        for start, end in spans
    ]


class _Artefact(NamedTuple):
    """What a paper introduces under a name of its own.

    Attributes:
        target: the paper.
        forms: how it writes the name.
        sentences: where it introduces it.
        phrase: the words of the name, if it is a long phrase that leads the title.
        titled: the paper's title carries it.
    """

    target: str
    forms: set[str]
    sentences: list[tuple[int, int]]
    phrase: tuple[str, ...]
    titled: bool


def _artefacts(papers: pd.DataFrame, mentions: pd.DataFrame, concepts: pd.DataFrame) -> dict[str, _Artefact]:
    """Return what papers introduce under a name, by concept."""
    known = concepts.loc[concepts["introduced_by"].notna(), ["concept_id", "introduced_by"]]
    text_of = texts(papers)
    columns = ["concept_id", "paper_id", "start", "end", "text", "role", "sentence_start", "sentence_end"]
    claims = mentions[columns].merge(
        known, left_on=["concept_id", "paper_id"], right_on=["concept_id", "introduced_by"]
    )
    claims = claims.sort_values("concept_id", kind="stable")
    found: dict[str, _Artefact] = {}
    for concept_id, rows in groupby(claims.itertuples(index=False), key=lambda m: str(m.concept_id)):
        own = list(rows)
        text = text_of[own[0].paper_id]
        title = text.partition("\n")[0]
        titled = any(m.end <= len(title) for m in own)
        leading = [m.text for m in own if _leads(title, m.start, m.end)]
        longest = max(sorted(leading), key=len, default="")
        phrase = _words(longest) if len(longest.split()) >= LONG_PHRASE else ()
        coined = any(m.start == 0 and title[m.end : m.end + 1] == ":" for m in own)
        forms = {m.text for m in own}
        named = any(_is_own_name(m.text) and _is_claimed(text, m.sentence_start, m.start) for m in own)
        if phrase or coined or named:
            sentences = [(m.sentence_start, m.sentence_end) for m in own if m.role == Role.INTRODUCES]
            found[concept_id] = _Artefact(str(own[0].paper_id), forms, list(dict.fromkeys(sentences)), phrase, titled)
    return found


def _leads(title: str, start: int, end: int) -> bool:
    """Tell whether a mention begins the title, or what follows the name that the title coins."""
    return start == 0 or (end <= len(title) and title[:start].rstrip().endswith(":"))


def _is_claimed(text: str, sentence: int, start: int) -> bool:
    """Tell whether the sentence says before the name that the paper made it."""
    return _CLAIMED.search(text[sentence:start]) is not None


def _is_own_name(form: str) -> bool:
    """Tell whether a form is spelled like a name as a whole, and is no compound of capitalised words."""
    inner = any(re.search(r".[A-Z0-9]", core) for core in re.split(r"[-/]", form))
    return " " not in form and is_name_like(form) and inner


def _by_name(artefacts: dict[str, _Artefact], mentions: pd.DataFrame) -> Iterator[_Use]:
    """Yield where papers name an artefact as its paper writes it and don't claim it themselves.

    "PaTH" is no path, and "StressTest" no stress test.
    """
    for m in mentions[mentions["concept_id"].isin(artefacts)].itertuples(index=False):
        forms = artefacts[m.concept_id].forms
        if m.role != Role.INTRODUCES and (m.text in forms or m.text.removesuffix("s") in forms):
            yield m.paper_id, m.concept_id, (m.sentence_start, m.sentence_end), True


def _within_phrases(artefacts: dict[str, _Artefact], mentions: pd.DataFrame) -> Iterator[_Use]:
    """Yield where papers name a longer phrase that holds an artefact's, whatever they claim of it."""
    by_start: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for concept_id, artefact in artefacts.items():
        if artefact.phrase:
            by_start[artefact.phrase[:2]].append(concept_id)
    forms = mentions["text"].unique()
    holds = {form: held for form in forms if (held := list(_held(form, by_start, artefacts)))}
    for m in mentions[mentions["text"].isin(holds)].itertuples(index=False):
        for via in holds[m.text]:
            if via != m.concept_id:
                yield m.paper_id, via, (m.sentence_start, m.sentence_end), False


def _held(form: str, by_start: dict[tuple[str, ...], list[str]], artefacts: dict[str, _Artefact]) -> Iterator[str]:
    """Yield the artefacts whose phrase stands within a form."""
    if form.count(" ") < LONG_PHRASE:
        return  # it must have more words than what it holds
    words = _words(form)
    for i in range(len(words) - LONG_PHRASE + 1):
        for concept_id in by_start.get(words[i : i + 2], ()):
            phrase = artefacts[concept_id].phrase
            if words[i : i + len(phrase)] == phrase:
                yield concept_id


def _words(form: str) -> tuple[str, ...]:
    return tuple(map(normalise, form.split()))


def _dates(papers: pd.DataFrame) -> dict[str, str]:
    """Return the date of every paper whose year is known."""
    known = papers[papers["year"].notna() & papers["date"].notna()]
    return dict(zip(known["paper_id"], known["date"], strict=True))


def _before(dates: dict[str, str], first: str, second: str) -> bool:
    """Tell whether both dates are known and the first paper is the older."""
    return first in dates and second in dates and dates[first] < dates[second]


def _related(text_of: dict[str, str], keys: list[tuple[str, str, str]]) -> NDArray[np.bool_]:
    """Tell which pairs of papers are about alike matters."""
    if not keys:
        return np.zeros(0, dtype=bool)
    ids = sorted({paper_id for source, target, _ in keys for paper_id in (source, target)})
    vectors = encode([text_of[paper_id] for paper_id in ids])
    at = {paper_id: i for i, paper_id in enumerate(ids)}
    source, target = (vectors[[at[key[end]] for key in keys]] for end in (0, 1))
    alike: NDArray[np.bool_] = (source * target).sum(axis=1) >= ALIKE
    return alike
