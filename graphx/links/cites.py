"""`cites`: reference lists matched to the papers of an atlas; what matches none is kept as dangling."""

import re
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pandas as pd

from graphx.papers import normalised_title
from graphx.tables import Relation, frame

STRENGTH = 0.5
"""The weight of a citation: as much as a pair of papers that share half of what they name."""

ARXIV_DOI = "10.48550/arxiv."
"""What the DOIs begin with that arXiv gives its papers."""

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>,;]+", re.I)
_ARXIV = re.compile(
    r"(?:arxiv[:./\s]*(?:abs/|org/abs/|org/pdf/)?|^)((?:\d{4}\.\d{4,5})|(?:[a-z-]+(?:\.[a-z]{2})?/\d{7}))(?:v\d+)?",
    re.I,
)
_OPENALEX = re.compile(r"(?:openalex\.org/|openalex:|^)(W\d{4,})\b", re.I)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_FIRST_WORDS = 3
_SHORTEST_TITLE = 4
"""Words; a shorter title is found in references by chance."""


def match(papers: pd.DataFrame) -> pd.DataFrame:
    """Match every reference to the paper here that it means.

    By DOI, arXiv id or OpenAlex id; else by title, if the reference holds all of a paper's title,
    unless every year that it states is more than one off the paper's. A paper that lists itself is passed over.

    Returns:
        The table `references`, in order of papers and of their lists; `target` is null where a
        reference dangles.
    """
    by_id = _by_id(papers)
    titles = _titles(papers)
    years = dict(zip(papers["paper_id"], papers["year"], strict=True))
    rows = []
    for paper_id, references in zip(papers["paper_id"], papers["references"], strict=True):
        for reference in references:
            target, by = _target(reference, by_id, titles, years)
            if target != paper_id:
                rows.append({"paper_id": paper_id, "reference": reference, "target": target, "by": by})
    return frame("references", rows)


def find_cites(references: pd.DataFrame) -> pd.DataFrame:
    """Return the links `cites`, one a pair; the reference is the evidence."""
    found = references[references["target"].notna()].drop_duplicates(["paper_id", "target"])
    links = pd.DataFrame(
        {
            "source": found["paper_id"],
            "target": found["target"],
            "relation": str(Relation.CITES),
            "weight": STRENGTH,
            "n_shared": 0,
            "evidence": [[reference] for reference in found["reference"]],
            "via": found["by"],
            "backbone": True,
        }
    )
    return links.sort_values(["source", "target"], ignore_index=True)


def _by_id(papers: pd.DataFrame) -> dict[str, str]:
    """Return the paper of each DOI, arXiv id and OpenAlex id."""
    found = {}
    for column, prefix in (("openalex_id", "openalex"), ("arxiv_id", "arxiv"), ("doi", "doi")):
        known = papers[papers[column].notna()]
        for paper_id, value in zip(known["paper_id"], known[column], strict=True):
            if prefix == "doi" and value.lower().startswith(ARXIV_DOI):
                found[f"arxiv:{value.lower().removeprefix(ARXIV_DOI)}"] = paper_id
            found[f"{prefix}:{re.sub(r'v[0-9]+$', '', value) if prefix == 'arxiv' else value}".lower()] = paper_id
    return found


def _titles(papers: pd.DataFrame) -> dict[tuple[str, ...], list[tuple[list[str], str]]]:
    """Return the words of every title that is long enough, with its paper, by its first words."""
    titles = defaultdict(list)
    for paper_id, title in zip(papers["paper_id"], papers["title"], strict=True):
        words = normalised_title(title).split()
        if len(words) >= _SHORTEST_TITLE:
            titles[tuple(words[:_FIRST_WORDS])].append((words, paper_id))
    return titles


def _target(
    reference: str,
    by_id: dict[str, str],
    titles: dict[tuple[str, ...], list[tuple[list[str], str]]],
    years: dict[str, int],
) -> tuple[str | None, str | None]:
    """Return the paper that a reference means and what told so."""
    for key in _ids(reference):
        if key in by_id:
            return by_id[key], key.partition(":")[0]
    words = normalised_title(reference).split()
    stated = [int(year) for year in _YEAR.findall(reference)]
    fitting = [
        (len(title), paper_id)
        for i in range(len(words) - _SHORTEST_TITLE + 1)
        for title, paper_id in titles.get(tuple(words[i : i + _FIRST_WORDS]), ())
        if words[i : i + len(title)] == title and _same_year(stated, years[paper_id])
    ]
    return (min(fitting, key=lambda fit: (-fit[0], fit[1]))[1], "title") if fitting else (None, None)


def _ids(reference: str) -> Iterator[str]:
    """Return the ids in a reference, written as the keys of `_by_id`; a paper's DOI at arXiv is its arXiv id, too."""
    doi = _DOI.search(reference)
    if doi:
        plain = doi[0].lower().rstrip(".)]")
        yield f"doi:{plain}"
        if plain.startswith(ARXIV_DOI):
            yield f"arxiv:{re.sub(r'v[0-9]+$', '', plain.removeprefix(ARXIV_DOI))}"
    arxiv = _ARXIV.search(reference)
    if arxiv:
        yield f"arxiv:{arxiv[1].lower()}"
    openalex = _OPENALEX.search(reference)
    if openalex:
        yield f"openalex:{openalex[1].lower()}"


def _same_year(stated: list[int], year: int) -> bool:
    """Tell whether no year contradicts: none is stated, none is known, or one is at most one off."""
    return not stated or pd.isna(year) or bool((np.abs(np.array(stated) - int(year)) <= 1).any())
