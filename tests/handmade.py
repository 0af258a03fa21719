"""Atlases made by hand, of which the right answer is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphx.atlas import Atlas
from graphx.tables import TABLES, Kind, Relation, Role, frame


@dataclass(frozen=True)
class Made:
    """A paper: the concepts it names, when it came out, and its community."""

    names: Sequence[str]
    date: str | None = None
    year: int | None = None
    community: str | None = None


def atlas_of(
    papers: Sequence[Made],
    kinds: Mapping[str, Kind] | None = None,
    links: Sequence[tuple[int, int, float, str]] = (),
) -> Atlas:
    """Make the atlas of papers p000, p001 …; a concept's id is its label, and its kind method if `kinds` has none.

    Links are first paper, second paper, weight and the concept they share; all are in the backbone.
    """
    kinds = kinds or {}
    rows, mentions, pairs, member = [], [], [], []
    for n, made in enumerate(papers):
        paper_id = f"p{n:03}"
        title, abstract = f"Paper {n}", ""
        for name in made.names:
            start = len(title) + 1 + len(abstract)
            abstract += f"Here is {name}. "
            place = {"start": start + 8, "end": start + 8 + len(name), "sentence_start": start}
            named = {"paper_id": paper_id, "concept_id": name, "role": Role.USES}
            kind = kinds.get(name, Kind.METHOD)
            mentions.append({**named, **place, "text": name, "kind": kind, "sentence_end": start + 9 + len(name)})
            pairs.append({**named, "n_mentions": 1, "weight": 1.0})
        year = made.year or (int(made.date[:4]) if made.date and made.date[0] != "-" else None)
        rows.append(
            {"paper_id": paper_id, "title": title, "abstract": abstract, "date": made.date, "year": year, "sources": []}
        )
        if made.community:
            member.append({"paper_id": paper_id, "level": 0, "community_id": made.community, "certainty": 1.0})
    labels = sorted({pair["concept_id"] for pair in pairs})
    n_papers = {label: sum(pair["concept_id"] == label for pair in pairs) for label in labels}
    tables = {name: frame(name, []) for name in TABLES} | {
        "papers": frame("papers", rows),
        "mentions": frame("mentions", mentions),
        "concepts": frame(
            "concepts",
            [
                {"concept_id": i, "label": i, "kind": kinds.get(i, Kind.METHOD), "forms": [i], "n_papers": n_papers[i]}
                for i in labels
            ],
        ),
        "paper_concepts": frame("paper_concepts", pairs),
        "links": frame(
            "links",
            [
                {
                    "source": f"p{a:03}",
                    "target": f"p{b:03}",
                    "relation": Relation.SHARES,
                    "weight": weight,
                    "evidence": [concept],
                    "backbone": True,
                }
                for a, b, weight, concept in links
            ],
        ),
        "communities": frame(
            "communities",
            [
                {"community_id": i, "level": 0, "label": i, "n_papers": sum(m["community_id"] == i for m in member)}
                for i in sorted({m["community_id"] for m in member})
            ],
        ),
        "membership": frame("membership", member),
    }
    return Atlas(**tables, info={})
