"""Known terms: a list of names and standard terms, matched wherever they stand."""

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span

from graphx.tables import Kind

SPANS = "mentions"
"""The key of `doc.spans` that holds what was found."""


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


@lru_cache(maxsize=1)
def _generic() -> frozenset[str]:
    phrases = {form for form, (_, term) in _listed().items() if not _is_name(term)}
    words = [re.split(r"[\s-]", phrase) for phrase in phrases]
    return frozenset(phrases | {"".join(w[:1] for w in own) for own in words if len(own) > 1})


def is_generic(form: str) -> bool:
    """Tell whether a form is a listed phrase or its acronym ("GNN"): nobody introduces those anew."""
    plain = form.casefold()
    return plain in _generic() or plain.removesuffix("s") in _generic()


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


@Language.factory("graphx_terms")
class TermFinder:
    """Puts every known term into `doc.spans`, with its kind as the label.

    A single word that has a capital is matched as written ("SAM" is not "Sam"), anything
    else in any case.
    """

    def __init__(self, nlp: Language, name: str) -> None:
        self.exact = PhraseMatcher(nlp.vocab)
        self.any_case = PhraseMatcher(nlp.vocab, attr="LOWER")
        for kind in Kind:
            terms = [term for its, term in known_terms() if its == kind]
            exact = [v for t in terms if _is_name(t) for v in _variants(t)]
            loose = [v for t in terms if not _is_name(t) for v in _variants(t)]
            self.exact.add(kind.value, [nlp.make_doc(v) for v in exact])
            self.any_case.add(kind.value, [nlp.make_doc(v) for v in loose])

    def __call__(self, doc: Doc) -> Doc:
        """Add the matches to `doc.spans`."""
        spans = [
            Span(doc, start, end, label=label, span_id="known term")
            for matcher in (self.exact, self.any_case)
            for label, start, end in matcher(doc)
        ]
        doc.spans[SPANS] = [*doc.spans.get(SPANS, ()), *spans]
        return doc


def _is_name(term: str) -> bool:
    return " " not in term and term != term.lower()
