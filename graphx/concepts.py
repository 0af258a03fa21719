"""Mentions to concepts: join the forms that name one thing, and say what it is.

Two forms are one if nothing but case, hyphens, spacing, spelling or a plural tells them
apart, or if a paper defines one as the acronym of the other. An acronym is first what
its own paper says; elsewhere it is what most papers that define it say.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from typing import NamedTuple

import numpy as np
import pandas as pd

from graphx.nlp.acronyms import definitions
from graphx.nlp.rules import is_name_like
from graphx.nlp.terms import known_spelling
from graphx.papers import texts
from graphx.tables import ROLE_ORDER, Kind, Role, frame

_INVARIABLE = re.compile(
    r"(means|medoids|modes|series|species|news|physics|mathematics|dynamics|statistics|analytics|robotics|semantics|"
    r"ethics|economics|optics|bayes|lens|bias|atlas|pandas|chaos|us|is|ss)$",
    re.I,
)
_GENERIC_HEAD = re.compile(r"\s+(?:datasets?|data sets?|benchmarks?|corpus|algorithms?|frameworks?)$", re.I)
_SPELLING = (
    (re.compile(r"isation"), "ization"),
    (re.compile(r"(?<=\w{4})ising\b"), "izing"),
    (re.compile(r"(?<=[mnrt]al)is(?=ed|er|ing)"), "iz"),
    (re.compile(r"neighbour"), "neighbor"),
    (re.compile(r"behaviour"), "behavior"),
    (re.compile(r"modell(?=ing|ed)"), "model"),
    (re.compile(r"labell(?=ing|ed)"), "label"),
    (re.compile(r"centre"), "center"),
    (re.compile(r"colour"), "color"),
)
_LEADING_ARTICLE = re.compile(r"^(?:the|an?|our)\s+", re.I)

DOMINANT = 2 / 3
"""Share of the papers defining an acronym that must agree before others are read that way."""


WELL_KNOWN = 5
"""Papers; what more of them name is well known."""


class Concepts(NamedTuple):
    """The three tables that joining gives."""

    mentions: pd.DataFrame
    concepts: pd.DataFrame
    paper_concepts: pd.DataFrame


def singular(form: str) -> str:
    """Take the plural off the last word, unless the word is not one (k-means, NAS, analysis)."""
    if form[-1:] != "s" or len(form) < 4 or _INVARIABLE.search(form):
        return form
    if form.endswith("ies") and len(form) > 4:
        return f"{form[:-3]}y"
    if re.search(r"(?:ss|x|(?<!ca)ch|sh|bias)es$", form):
        return form[:-2]
    if form.endswith("indices"):
        return f"{form[:-4]}ex"
    return form[:-1]


def normalise(form: str) -> str:
    """Reduce a form to what tells it from others; equal results are one concept.

    "the CIFAR-10 dataset" and "CIFAR10" give "cifar10"; "GPT-3" and "GPT-4" stay apart,
    and so do "k-means" and "k-means++".
    """
    plain = unicodedata.normalize("NFKC", form).strip(" \"'“”‘’`.,;:~")
    plain = _LEADING_ARTICLE.sub("", plain)
    trimmed = _GENERIC_HEAD.sub("", plain)
    if trimmed != plain and is_name_like(trimmed.split()[0]):
        plain = trimmed
    key = singular(plain).casefold()
    for pattern, american in _SPELLING:
        key = pattern.sub(american, key)
    return re.sub(r"[^\w+.#]|_|\.(?!\d)|(?<!\d)\.", "", key) or key or form


def join(mentions: pd.DataFrame, papers: pd.DataFrame) -> Concepts:
    """Join mentions to concepts.

    Args:
        mentions: the table `mentions`; what stands in `concept_id` is ignored.
        papers: the table `papers`.

    Returns:
        `mentions` with `concept_id`, `concepts` (x and y null) sorted by id, and
        `paper_concepts` sorted by paper and concept. The weight of a concept in a paper is
        (1 + ln n_mentions) · ln(1 + papers / papers that name it): G. Salton and C. Buckley,
        "Term-weighting approaches in automatic text retrieval", 1988, with a sum below the
        logarithm so that it never vanishes.
    """
    if mentions.empty:
        return Concepts(frame("mentions", []), frame("concepts", []), frame("paper_concepts", []))
    key_of = {form: normalise(form) for form in mentions["text"].unique()}
    rows = mentions.assign(key=_resolved(mentions["paper_id"], mentions["text"].map(key_of), papers))
    labels = _labels(rows)
    rows["concept_id"] = rows["key"].map(_ids(labels, rows))
    paper_concepts = _paper_concepts(rows, len(papers))
    concepts = _concepts(rows, {i: labels[key] for key, i in zip(rows["key"], rows["concept_id"], strict=True)})
    concepts = concepts.merge(_first(paper_concepts, papers, rows), on="concept_id", how="left")
    return Concepts(
        frame("mentions", rows),
        frame("concepts", concepts.sort_values("concept_id", ignore_index=True)),
        paper_concepts,
    )


def homes(paper_concepts: pd.DataFrame, membership: pd.DataFrame) -> dict[str, str]:
    """Return for every concept the community whose papers name it with most weight."""
    named = paper_concepts.merge(membership[["paper_id", "community_id"]], on="paper_id")
    weight = named.groupby(["concept_id", "community_id"])["weight"].sum().round(9).reset_index()
    weight = weight.sort_values(["weight", "community_id"], ascending=[False, True]).drop_duplicates("concept_id")
    return dict(zip(weight["concept_id"], weight["community_id"], strict=True))


def _resolved(paper_ids: pd.Series, keys: pd.Series, papers: pd.DataFrame) -> list[str]:
    """Replace the keys of acronyms by those of their long forms."""
    own: dict[tuple[str, str], str] = {}
    meanings: dict[str, Counter[str]] = defaultdict(Counter)
    for paper_id, text in texts(papers).items():
        for d in definitions(text):
            short = normalise(text[d.short_start : d.short_end])
            long = normalise(text[d.long_start : d.long_end])
            if (paper_id, short) not in own and short != long:
                own[paper_id, short] = long
                meanings[short][long] += 1
    usual = {
        short: min(longs, key=lambda long: (-longs[long], long))
        for short, longs in meanings.items()
        if max(longs.values()) >= DOMINANT * longs.total()
    }
    resolved = []
    for paper_id, key in zip(paper_ids, keys, strict=True):
        seen = {key}
        while (key := own.get((paper_id, key)) or usual.get(key) or key) not in seen:
            seen.add(key)  # an acronym within a long form: LLMOS, LLM
        resolved.append(key)
    return resolved


def _labels(rows: pd.DataFrame) -> dict[str, str]:
    """Choose for every key the form to title it with: the most used, in the singular.

    Of spellings that differ by case only, a name keeps its capitals and a phrase drops them.
    Where two concepts would have one label, the long form tells them apart.
    """
    counts = rows.groupby(["key", "text"])["paper_id"].agg(["nunique", "size"]).reset_index()
    counts["text"] = counts["text"].map(_titled)
    counts["folded"] = counts["text"].str.casefold().str.replace("-", " ")
    totals = counts.groupby(["key", "folded"])[["nunique", "size"]].sum().reset_index()
    totals = totals.sort_values(["nunique", "size", "folded"], ascending=[False, False, True])
    best = totals.drop_duplicates("key").set_index("key")["folded"]
    chosen = counts[counts["folded"] == counts["key"].map(best)]
    chosen = chosen.assign(phrase=[form == form.lower() for form in chosen["text"]])
    chosen = chosen.groupby(["key", "text", "phrase"])[["nunique", "size"]].sum().reset_index()
    chosen = chosen.sort_values(["phrase", "nunique", "size", "text"], ascending=[False, False, False, True])
    chosen = chosen.drop_duplicates("key")
    labels = dict(zip(chosen["key"], chosen["text"].map(known_spelling), strict=True))
    n_papers = rows.groupby("key")["paper_id"].nunique()
    first: dict[str, str] = {}  # of concepts with one label the one in most papers has it bare
    for key in sorted(labels, key=lambda k: (-n_papers[k], k)):
        first.setdefault(slugify(labels[key]), key)
    long_forms = rows.assign(length=rows["text"].str.len()).sort_values(["length", "text"], ascending=[False, True])
    longest = dict(long_forms.drop_duplicates("key").set_index("key")["text"])
    return {
        key: label if key == first[slugify(label)] or len(longest[key]) <= len(label) else f"{label} ({longest[key]})"
        for key, label in labels.items()
    }


def _titled(form: str) -> str:
    """Take the plural off a form, but leave "mixture of experts" alone."""
    return form if re.search(r"\b(?:of|and)\b", form) else singular(form)


def _ids(labels: dict[str, str], rows: pd.DataFrame) -> dict[str, str]:
    """Give every key a readable id; of two with one label the one in more papers has it bare."""
    n_papers = rows.groupby("key")["paper_id"].nunique()
    ids: dict[str, str] = {}
    taken: Counter[str] = Counter()
    for key in sorted(labels, key=lambda k: (-n_papers[k], k)):
        slug = slugify(labels[key])
        taken[slug] += 1
        ids[key] = slug if taken[slug] == 1 else f"{slug}--{taken[slug]}"
    return ids


def slugify(label: str) -> str:
    """Write a label with ASCII letters, digits and hyphens only; other scripts stay as they are."""
    plain = unicodedata.normalize("NFKD", label.replace("+", " plus ").replace("#", " sharp "))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return re.sub(r"[\W_]+", "-", plain).strip("-") or "unnamed"


def _concepts(rows: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """Count every concept's forms, papers and mentions, and settle its kind by vote."""
    by_concept = rows.groupby("concept_id")
    concepts = by_concept.agg(n_papers=("paper_id", "nunique"), n_mentions=("paper_id", "size")).reset_index()
    concepts["label"] = concepts["concept_id"].map(labels)
    concepts["kind"] = concepts["concept_id"].map(_voted_kinds(rows))
    forms = rows.groupby(["concept_id", "text"]).size().reset_index(name="n")
    forms = forms.sort_values(["concept_id", "n", "text"], ascending=[True, False, True])
    concepts["forms"] = concepts["concept_id"].map(forms.groupby("concept_id")["text"].agg(list))
    return concepts


def _voted_kinds(rows: pd.DataFrame) -> dict[str, str]:
    """Return the kind that most papers see in a concept; the surer finder breaks a tie."""
    votes = rows.groupby(["concept_id", "kind"]).agg(n=("paper_id", "nunique"), score=("score", "mean"))
    votes = votes.reset_index()
    votes["rank"] = votes["kind"].map({str(kind): i for i, kind in enumerate(Kind)})
    votes = votes.sort_values(["n", "score", "rank"], ascending=[False, False, True])
    return dict(votes.drop_duplicates("concept_id").set_index("concept_id")["kind"])


def _paper_concepts(rows: pd.DataFrame, n_papers: int) -> pd.DataFrame:
    """Return one row for every paper and concept it names, with its strongest role and tf-idf."""
    ranked = rows.assign(rank=rows["role"].map(ROLE_ORDER))
    pairs = ranked.groupby(["paper_id", "concept_id"]).agg(n_mentions=("rank", "size"), rank=("rank", "min"))
    pairs = pairs.reset_index()
    pairs["role"] = pairs["rank"].map(dict(enumerate(ROLE_ORDER)))
    df = pairs.groupby("concept_id")["paper_id"].transform("size").to_numpy(dtype=float)
    tf = pairs["n_mentions"].to_numpy(dtype=float)
    pairs["weight"] = (1 + np.log(tf)) * np.log1p(n_papers / df)
    return frame("paper_concepts", pairs.sort_values(["paper_id", "concept_id"], ignore_index=True))


def _first(paper_concepts: pd.DataFrame, papers: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return for every concept the earliest year, and the paper that introduces it.

    Of several that claim to, those that carry the name in their title come first, then the
    earliest does, and of those without a date the one that names it most. A name that is
    `WELL_KNOWN` was not introduced by a paper that does not carry it in its title.
    """
    dated = paper_concepts.merge(papers[["paper_id", "year", "date"]], on="paper_id")
    first_year = dated.groupby("concept_id")["year"].min()
    claims = dated[dated["role"] == Role.INTRODUCES].copy()
    claims["known"] = claims["date"].where(claims["year"].notna())
    keys = ["paper_id", "concept_id"]
    titled = rows.loc[rows["by"] == "title", keys].drop_duplicates().assign(titled=True)
    claims = claims.merge(titled, on=keys, how="left")
    claims["titled"] = claims["titled"].notna()
    n_papers = claims["concept_id"].map(paper_concepts["concept_id"].value_counts())
    claims = claims[claims["titled"] | (n_papers <= WELL_KNOWN)]
    claims = claims.sort_values(
        ["titled", "known", "n_mentions", "paper_id"], ascending=[False, True, False, True], na_position="last"
    ).drop_duplicates("concept_id")
    introduced = claims.set_index("concept_id")["paper_id"]
    return pd.DataFrame({"first_year": first_year, "introduced_by": introduced}).rename_axis("concept_id").reset_index()
