"""How a paper relates to what it names, told from the words around the mention."""

import re

from spacy.language import Language
from spacy.tokens import Doc, Span

from graphx.nlp.acronyms import definitions
from graphx.nlp.terms import SPANS, known_kind
from graphx.tables import Kind, Role

_WE = r"\b(?:we|this (?:paper|work|article|thesis|study|report)|the (?:paper|authors?)|our (?:paper|work))\b"
_INTRODUCE = (
    r"(?:propos|introduc|present|develop|design|describ|releas|buil[dt]|construct|creat|contribut|devis|formulat|"
    r"unveil|coin|open-sourc|curat|offer)\w*"
)
_INTRODUCES = re.compile(rf"{_WE}[^.;]{{0,60}}?\b{_INTRODUCE}\b(?P<between>[^.;]{{0,90}})$", re.I)
_PASSIVE = re.compile(r"^[^.;]{0,40}?\b(?:is|are) (?:proposed|introduced|presented|developed|released)\b", re.I)
_NAMED = re.compile(r"\b(?:called|named|dubbed|termed|namely|coined)\s*(?:as )?[\"“'(]*$", re.I)
_OTHER_OBJECT = re.compile(
    r"\b(?:using|based|for|by|that|which|on|with|to|from|in|of|via|through|over|where|than)\b", re.I
)
_COMPARES = re.compile(
    r"\b(?:compar(?:ed|es|ing|ison)|outperform\w*|surpass\w*|exceed\w*|versus|vs\.?|over|than|baselines?|"
    r"state-of-the-art (?:methods?|approaches|models?)|competitors?|rival\w*|beats?)\b[^.;]{0,80}$",
    re.I,
)
_USES = re.compile(
    r"\b(?:us(?:e[sd]?|ing)|based on|employ\w*|adopt\w*|leverag\w*|via|through|utiliz\w*|exploit\w*|"
    r"appl(?:y|ies|ied|ying)|combin\w*|incorporat\w*|integrat\w*|"
    r"build(?:s|ing)? (?:up)?on|extend\w*|evaluat\w*|experiments?|train(?:ed|ing)?|"
    r"fine-?tun\w*|test(?:ed)?|implement\w*|deploy\w*|with|inspired by)\b[^.;]{0,60}$",
    re.I,
)
_COINED = {"acronym", "title", "called", "spelling", "dataset cue"}


@Language.component("graphx_roles")
def roles(doc: Doc) -> Doc:
    """Give every mention its role: introduces, uses, compares or mentions."""
    spans = list(doc.spans.get(SPANS, ()))
    for span in spans:
        span._.role = _role(span)
    introduced = {span.text for span in spans if span._.role == Role.INTRODUCES}
    for definition in definitions(doc.text):  # what introduces the acronym introduces its long form
        short = doc.text[definition.short_start : definition.short_end]
        long = doc.text[definition.long_start : definition.long_end]
        if introduced & {short, long} and not known_kind(short, long):
            introduced |= {short, long}
    for span in spans:
        if span.text in introduced and span.id_ in _COINED:
            span._.role = Role.INTRODUCES
    return doc


def _role(span: Span) -> Role:
    sentence = span.sent
    before = sentence.text[: span.start_char - sentence.start_char]
    after = sentence.text[span.end_char - sentence.start_char :]
    coined = span.label_ in (Kind.METHOD, Kind.DATASET) and span.id_ in _COINED and not known_kind(span.text)
    if span.id_ == "title" or (coined and _is_introduced(before, after)):
        return Role.INTRODUCES
    if _COMPARES.search(before):
        return Role.COMPARES
    if span.label_ == Kind.DATASET or _USES.search(before):
        return Role.USES
    return Role.MENTIONS


def _is_introduced(before: str, after: str) -> bool:
    """Tell "we propose X" and "X is introduced", but not "we propose a method for X"."""
    if _PASSIVE.match(after) or _NAMED.search(before):
        return True
    cue = _INTRODUCES.search(before)
    return cue is not None and not _OTHER_OBJECT.search(cue["between"])
