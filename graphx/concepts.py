"""Mentions to concepts: join the forms that name one thing, and say what it is.

Two forms are one if `forms.normalise` makes them equal, if a paper defines one as the acronym
of the other, or if a thesaurus says so. An acronym is first what its own paper says; elsewhere
it is what most papers that define it say. A user's thesaurus has the last word.
"""

import re
from collections import Counter, defaultdict
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from graphx.forms import normalise, singular, slugify, without_latex
from graphx.nlp.acronyms import definitions
from graphx.nlp.names import is_name_like
from graphx.nlp.terms import known_spelling, known_terms
from graphx.papers import texts
from graphx.tables import ROLE_ORDER, Kind, Role, frame
from graphx.thesaurus import Keys, Thesaurus, keyed, shipped

DOMINANT = 2 / 3
"""Share of the papers defining an acronym that must agree before others are read that way."""

SHORT = 3
"""Letters; an acronym so short means too many things for one paper to say what it means in others."""

WELL_KNOWN = 5
"""Papers; what more of them name is well known."""


class Concepts(NamedTuple):
    """The three tables that joining gives."""

    mentions: pd.DataFrame
    concepts: pd.DataFrame
    paper_concepts: pd.DataFrame


def join(
    mentions: pd.DataFrame, papers: pd.DataFrame, thesaurus: Thesaurus = (), kinds: tuple[tuple[str, str], ...] = ()
) -> Concepts:
    """Join mentions to concepts.

    Args:
        mentions: the table `mentions`; what stands in `concept_id` and `joined_by` is ignored.
        papers: the table `papers`.
        thesaurus: the user's; what it drops is in no table.
        kinds: the user's: labels, and the kind that the concept has whatever its papers see in it.

    Returns:
        `mentions` with `concept_id` and `joined_by`, `concepts` (x and y null) sorted by id, and
        `paper_concepts` sorted by paper and concept. The weight of a concept in a paper is
        (1 + ln n_mentions) · ln(1 + papers / papers that name it): G. Salton and C. Buckley,
        "Term-weighting approaches in automatic text retrieval", 1988, with a sum below the
        logarithm so that it never vanishes.
    """
    users = keyed(thesaurus)
    rows = _keyed(mentions, papers, users)
    if rows.empty:
        return Concepts(frame("mentions", []), frame("concepts", []), frame("paper_concepts", []))
    labels = _labels(rows, {normalise(new): new for _, new in shipped()} | users.titles)
    ids = _ids(labels, rows)
    rows["concept_id"] = rows["key"].map(ids)
    paper_concepts = _paper_concepts(rows.assign(role=_tenable_roles(rows, papers)), len(papers))
    decided = _voted_kinds(rows) | _given_kinds(kinds, labels, ids)
    concepts = _concepts(rows, {i: labels[key] for key, i in ids.items()}, decided)
    concepts = concepts.merge(_first(paper_concepts, papers, rows), on="concept_id", how="left")
    return Concepts(
        frame("mentions", rows),
        frame("concepts", concepts.sort_values("concept_id", ignore_index=True)),
        paper_concepts,
    )


def _keyed(mentions: pd.DataFrame, papers: pd.DataFrame, users: Keys) -> pd.DataFrame:
    """Return mentions with the key of what they name and why they have it, without those that are dropped."""
    known = {normalise(old): normalise(new) for old, new in shipped()}
    own, usual = acronyms(papers, known)
    forms = mentions["text"].unique()
    plain_of = {form: normalise(form) for form in forms}
    key_of = {form: normalise(with_known_acronyms(form)) for form in forms}

    def settle(paper_id: str, form: str) -> tuple[str, str]:
        plain, key, seen = plain_of[form], key_of[form], set()
        given = users.exact.get(form, users.alike.get(plain))
        if given is not None:
            return given, "thesaurus"
        why = "form" if key == plain else "synonym"
        while key not in seen:  # an acronym within a long form: LLMOS, LLM
            seen.add(key)
            steps = (
                ("acronym", own.get((paper_id, key))),
                ("acronym elsewhere", usual.get(key)),
                ("synonym", known.get(key)),
            )
            step = next(((reason, new) for reason, new in steps if new and new not in seen), None)
            if step:
                why, key = step
        return (users.alike[key], "thesaurus") if key in users.alike else (key, why)

    settled = [settle(*pair) for pair in zip(mentions["paper_id"], mentions["text"], strict=True)]
    rows = mentions.assign(key=[key for key, _ in settled], joined_by=[why for _, why in settled])
    return rows[rows["key"] != ""].reset_index(drop=True)


def acronyms(papers: pd.DataFrame, known: dict[str, str]) -> tuple[dict[tuple[str, str], str], dict[str, str]]:
    """Return the key of the long form of every acronym by paper, and of those whose meaning most papers share."""
    own: dict[tuple[str, str], str] = {}
    meanings: dict[str, Counter[str]] = defaultdict(Counter)
    for paper_id, text in texts(papers).items():
        for d in definitions(text):
            short = normalise(text[d.short_start : d.short_end])
            long = normalise(with_known_acronyms(text[d.long_start : d.long_end]))
            long = known.get(long, long)
            if (paper_id, short) not in own and short != long:
                own[paper_id, short] = long
                meanings[short][long] += 1
    usual = {
        short: min(longs, key=lambda long: (-longs[long], long))
        for short, longs in meanings.items()
        if max(longs.values()) >= DOMINANT * longs.total() and (len(short) > SHORT or longs.total() > 1)
    }
    return own, usual


@lru_cache(maxsize=1)
def _known_acronyms() -> tuple[re.Pattern[str], dict[str, str]]:
    acronyms = {old.casefold().replace("-", " "): new for old, new in shipped() if is_name_like(new) and " " in old}
    longest_first = sorted(acronyms, key=lambda old: (-len(old), old))
    pattern = "|".join(re.escape(old).replace(r"\ ", "[ -]") for old in longest_first)
    return re.compile(rf"(?<![\w-])(?:{pattern})(?=s?(?![\w]))", re.I), acronyms


def with_known_acronyms(form: str) -> str:
    """Write a phrase with the acronyms that everybody knows: "large language model serving", "LLM serving"."""
    pattern, acronyms = _known_acronyms()
    return pattern.sub(lambda match: acronyms[match[0].casefold().replace("-", " ")], form) if " " in form else form


def _labels(rows: pd.DataFrame, given: dict[str, str]) -> dict[str, str]:
    """Choose for every key the form to title it with: the thesaurus', or the most used, in the singular.

    Of forms that are used in as many papers, one that begins a title which coins it goes first.

    Of spellings that differ by case only, a name keeps its capitals and a phrase drops them.
    Where two concepts would have one label, the long form tells them apart.
    """
    coined = (rows["start"] == 0) & (rows["role"] == Role.INTRODUCES)  # "FooNet: a subtitle"
    counts = rows.assign(coined=coined).groupby(["key", "text"])
    counts = counts.agg(
        nunique=("paper_id", "nunique"), coined=("coined", "sum"), size=("paper_id", "size")
    ).reset_index()
    counts["text"] = counts["text"].map(_titled)
    counts["folded"] = counts["text"].str.casefold().str.replace("-", " ")
    totals = counts.groupby(["key", "folded"])[["nunique", "coined", "size"]].sum().reset_index()
    totals = totals.sort_values(["nunique", "coined", "size", "folded"], ascending=[False, False, False, True])
    best = totals.drop_duplicates("key").set_index("key")["folded"]
    chosen = counts[counts["folded"] == counts["key"].map(best)]
    chosen = chosen.assign(phrase=[form == form.lower() for form in chosen["text"]])
    chosen = chosen.groupby(["key", "text", "phrase"])[["nunique", "size"]].sum().reset_index()
    chosen = chosen.sort_values(["phrase", "nunique", "size", "text"], ascending=[False, False, False, True])
    chosen = chosen.drop_duplicates("key")
    labels = dict(zip(chosen["key"], chosen["text"].map(known_spelling), strict=True))
    labels |= {key: label for key, label in (_listed_names() | given).items() if key in labels}
    n_papers = dict(rows.groupby("key")["paper_id"].nunique())
    first: dict[str, str] = {}  # of concepts with one label the one in most papers has it bare
    slugs = {key: slugify(label) for key, label in labels.items()}
    for key in sorted(labels, key=lambda k: (-n_papers[k], k)):
        first.setdefault(slugs[key], key)
    long_forms = rows.assign(length=rows["text"].str.len()).sort_values(["length", "text"], ascending=[False, True])
    longest = dict(long_forms.drop_duplicates("key").set_index("key")["text"])
    return {
        key: label if key == first[slugs[key]] or len(longest[key]) <= len(label) else f"{label} ({longest[key]})"
        for key, label in labels.items()
    }


@lru_cache(maxsize=1)
def _listed_names() -> dict[str, str]:
    """Return the listed spelling of names, by key: "CIFAR-100" for "cifar100"."""
    return {normalise(term): term for _, term in reversed(known_terms()) if " " not in term and not term.islower()}


def _titled(form: str) -> str:
    """Take LaTeX and the plural off a form, but leave "mixture of experts" alone."""
    form = without_latex(form)
    return form if re.search(r"\b(?:of|and)\b", form) else singular(form)


def _ids(labels: dict[str, str], rows: pd.DataFrame) -> dict[str, str]:
    """Give every key a readable id; of two with one label the one in more papers has it bare."""
    n_papers = dict(rows.groupby("key")["paper_id"].nunique())
    ids: dict[str, str] = {}
    taken: Counter[str] = Counter()
    for key in sorted(labels, key=lambda k: (-n_papers[k], k)):
        slug = slugify(labels[key])
        taken[slug] += 1
        ids[key] = slug if taken[slug] == 1 else f"{slug}--{taken[slug]}"
    return ids


def _concepts(rows: pd.DataFrame, labels: dict[str, str], kinds: dict[str, str]) -> pd.DataFrame:
    """Count every concept's forms, papers and mentions."""
    by_concept = rows.groupby("concept_id")
    concepts = by_concept.agg(n_papers=("paper_id", "nunique"), n_mentions=("paper_id", "size")).reset_index()
    concepts["label"] = concepts["concept_id"].map(labels)
    concepts["kind"] = concepts["concept_id"].map(kinds)
    forms = rows.groupby(["concept_id", "text"]).size().reset_index(name="n")
    forms = forms.sort_values(["concept_id", "n", "text"], ascending=[True, False, True])
    forms_of: dict[str, list[str]] = defaultdict(list)
    for concept_id, form in zip(forms["concept_id"], forms["text"], strict=True):
        forms_of[concept_id].append(form)
    return concepts.assign(forms=[forms_of[concept_id] for concept_id in concepts["concept_id"]])


def _given_kinds(kinds: tuple[tuple[str, str], ...], labels: dict[str, str], ids: dict[str, str]) -> dict[str, str]:
    """Return the kinds that the user gave, by concept; a label that no concept has is looked for by its spelling."""
    given, titles = dict(kinds), set(labels.values())
    alike = {normalise(label): kind for label, kind in kinds if label not in titles}
    found = {ids[key]: given.get(label, alike.get(key)) for key, label in labels.items()}
    return {concept_id: kind for concept_id, kind in found.items() if kind}


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


def _tenable_roles(rows: pd.DataFrame, papers: pd.DataFrame) -> pd.Series:
    """Return the roles, but "mentions" where a paper can't have introduced what it seems to.

    What an older paper here names, or what is `WELL_KNOWN` and cannot be dated, was not introduced
    by a paper whose title doesn't begin with it.
    """
    claims = rows.loc[rows["role"] == Role.INTRODUCES, ["paper_id", "concept_id"]]
    named = rows.loc[rows["concept_id"].isin(set(claims["concept_id"])), ["paper_id", "concept_id", "start"]]
    pairs = named.groupby(["paper_id", "concept_id"])["start"].min().reset_index()
    known = papers["date"].where(papers["year"].notna())
    pairs["date"] = known.take(pd.Index(papers["paper_id"]).get_indexer(pairs["paper_id"])).to_numpy(dtype=object)
    pairs["date"] = pairs["date"].astype(known.dtype)
    by_concept = pairs.groupby("concept_id")
    older = pairs["date"] > by_concept["date"].transform("min")  # false where either is unknown
    undated = pairs["date"].isna() & (by_concept["paper_id"].transform("size") > WELL_KNOWN)
    untenable = pairs.loc[(older | undated) & (pairs["start"] > 0), ["paper_id", "concept_id"]]
    given = pd.MultiIndex.from_frame(rows[["paper_id", "concept_id"]].astype(object))
    refused = given.isin(pd.MultiIndex.from_frame(untenable.astype(object))) & (rows["role"] == Role.INTRODUCES)
    return rows["role"].astype(object).where(~refused, str(Role.MENTIONS))


def _first(paper_concepts: pd.DataFrame, papers: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return for every concept the earliest year, and the paper that introduces it.

    Of several that claim to, those that carry the name in their title come first, then the
    earliest does, and of those without a date the one that names it most.
    """
    dated = paper_concepts.merge(papers[["paper_id", "year", "date"]], on="paper_id")
    first_year = dated.groupby("concept_id")["year"].min()
    claims = dated[dated["role"] == Role.INTRODUCES].copy()
    claims["known"] = claims["date"].where(claims["year"].notna())
    keys = ["paper_id", "concept_id"]
    titled = rows.loc[rows["start"] == 0, keys].drop_duplicates().assign(titled=True)
    claims = claims.merge(titled, on=keys, how="left")
    claims["titled"] = claims["titled"].notna()
    claims = claims.sort_values(
        ["titled", "known", "n_mentions", "paper_id"], ascending=[False, True, False, True], na_position="last"
    ).drop_duplicates("concept_id")
    introduced = claims.set_index("concept_id")["paper_id"]
    return pd.DataFrame({"first_year": first_year, "introduced_by": introduced}).rename_axis("concept_id").reset_index()
