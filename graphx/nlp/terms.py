"""Known terms: names and standard terms that are matched wherever they stand, ours and the user's."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from spacy.lang.en import English
from spacy.language import Language
from spacy.matcher import Matcher, PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from graphx.errors import InputError
from graphx.readers.text import clean, read_text
from graphx.tables import Kind

SPANS = "mentions"
"""The key of `doc.spans` that holds what was found."""

Term = tuple[str, Any]
"""A kind, and a term as text or as a spaCy token pattern (a list of objects)."""

OWN, KNOWN = "own list", "known term"
"""What `span.id_` says of a match: the user's list, or the shipped one."""

# Metrics that are cut off at a rank: NDCG@20, Recall@k.
_AT_RANK = (
    r"^(?:n?DCG|NDCG|[Rr]ecall|[Pp]rec(?:ision)?|[Hh]its?|HR|M?RR|m?AP|MAP|[Pp]ass|[Cc]ons|[Mm]aj|Acc)@[\dkKnN.]+$"
)

SURENESS = {OWN: 1.0, KNOWN: 0.8}
"""The score of a match."""


@lru_cache(maxsize=1)
def known_terms() -> tuple[tuple[Kind, str], ...]:
    """Return the shipped list as (kind, term)."""
    lines = files("graphx.nlp").joinpath("terms.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return tuple((Kind(kind), term) for kind, term in rows)


@lru_cache(maxsize=1)
def _listed() -> dict[str, tuple[Kind, str]]:
    return {variant.casefold(): (kind, term) for kind, term in known_terms() for variant in _variants(term)}


def known_kind(*forms: str) -> Kind | None:
    """Return the kind that the list gives to one of the forms, in any case; None if to none."""
    return next((_listed()[form.casefold()][0] for form in forms if form.casefold() in _listed()), None)


def settled_kind(form: str) -> Kind | None:
    """Return the kind that the list gives to a form spelled as listed, if it is one that context rarely changes."""
    kind, term = _listed().get(form.casefold(), (None, ""))
    as_listed = not _is_name(term) or form in set(_variants(term))
    return kind if kind in (Kind.DATASET, Kind.METRIC) and as_listed else None


def known_spelling(form: str) -> str:
    """Return a form with the capitals that the list gives it ("Tail latency": "tail latency")."""
    _, term = _listed().get(form.casefold(), (None, form))
    return term if term.casefold() == form.casefold() else form


def _variants(term: str) -> Iterator[str]:
    """Yield a term's spellings: with and without hyphens, and in the plural."""
    for form in dict.fromkeys((term, term.replace("-", " ")) if " " in term else (term,)):
        yield form
        if form[-1:].isalpha() and not form.endswith(("s", "ing", "ity")):
            yield re.sub("([^aeiou])y$", r"\1ie", form) + ("es" if form.endswith(("ch", "sh", "x")) else "s")


def read_own(path: Path) -> tuple[Term, ...]:
    """Read a user's list of terms.

    A line is a spaCy pattern, {"label": kind, "pattern": text or token pattern}
    (https://spacy.io/usage/rule-based-matching#entityruler-files), or kind<TAB>term, in either
    order. Lines that begin with # are comments.

    Raises:
        InputError: the file cannot be opened, or a line is neither.
    """
    terms = []
    text = read_text(path, "A list of terms has a line kind<TAB>term for each.")
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip() and not line.startswith("#"):
            try:
                terms.append(_pattern(line) if line.lstrip().startswith("{") else _pair(line))
            except (ValueError, KeyError, TypeError, RecursionError):
                wanted = f"kind<TAB>term (kinds: {', '.join(Kind)}) or a spaCy pattern"
                raise InputError(f"{path}, line {number}: this is not {wanted}: {line[:60]!r}") from None
    return tuple(terms)


def _pair(line: str) -> Term:
    one, _, other = map(clean, line.partition("\t"))
    kind, term = (one, other) if one.lower() in set(Kind) else (other, one)
    if not term:
        raise ValueError
    return str(Kind(kind.lower())), term


def _pattern(line: str) -> Term:
    """Return a spaCy pattern, tried out, so that a faulty one is told with its line."""
    row = json.loads(line)
    pattern = row["pattern"]
    if isinstance(pattern, str):
        return _pair(f"{row['label']}\t{pattern}")
    Matcher(English().vocab, validate=True).add("term", [pattern])
    return str(Kind(row["label"].lower())), pattern


@Language.factory("graphx_terms", default_config={"own": []})
class TermFinder:
    """Puts every known term into `doc.spans`: label its kind, id "known term" or "own list".

    A single word that has a capital is matched as written ("SAM" is not "Sam"), anything
    else in any case. What the encoder has found already stays; what the user lists replaces it.
    """

    def __init__(self, nlp: Language, name: str, own: list[Term]) -> None:
        at_rank = (str(Kind.METRIC), [{"TEXT": {"REGEX": _AT_RANK}}])
        self.known = _matchers(nlp, [at_rank, *((str(kind), term) for kind, term in known_terms())])
        self.own = _matchers(nlp, own)

    def __call__(self, doc: Doc) -> Doc:
        """Add the matches to `doc.spans`."""
        own = filter_spans(_matches(self.own, doc, OWN))
        seen = doc.spans.get(SPANS, ())
        known = _clear_of([*own, *seen], filter_spans(_matches(self.known, doc, KNOWN)))
        for span in (*own, *known):
            span._.score = SURENESS[span.id_]
        doc.spans[SPANS] = sorted([*own, *_clear_of(own, seen), *known], key=lambda span: span.start)
        return doc


def _matchers(nlp: Language, terms: Iterable[Term]) -> list[Any]:
    exact, any_case, patterns = PhraseMatcher(nlp.vocab), PhraseMatcher(nlp.vocab, attr="LOWER"), Matcher(nlp.vocab)
    for kind, term in terms:
        if not isinstance(term, str):
            patterns.add(kind, [term])
        else:
            matcher = exact if _is_name(term) else any_case
            matcher.add(kind, [nlp.make_doc(variant) for variant in _variants(term)])
    return [matcher for matcher in (exact, any_case, patterns) if len(matcher)]


def _matches(matchers: list[Any], doc: Doc, by: str) -> list[Span]:
    return [
        Span(doc, start, end, label=label, span_id=by) for matcher in matchers for label, start, end in matcher(doc)
    ]


def _clear_of(taken: Iterable[Span], spans: Iterable[Span]) -> list[Span]:
    """Return the spans that overlap none of those that are taken."""
    tokens = {i for span in taken for i in range(span.start, span.end)}
    return [span for span in spans if tokens.isdisjoint(range(span.start, span.end))]


def _is_name(term: str) -> bool:
    return " " not in term and term != term.lower()
