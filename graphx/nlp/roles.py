"""How a paper relates to what it names, told from the words around the mention."""

import re

from spacy.language import Language
from spacy.tokens import Doc, Span

from graphx.nlp.acronyms import definitions
from graphx.nlp.rules import is_name_like
from graphx.nlp.sentences import sentence_bounds
from graphx.nlp.terms import SPANS, is_generic
from graphx.tables import Kind, Role

_COINED = {"acronym", "called", "spelling", "dataset cue"}
"""Known terms are known because others introduced them; only the name before a title's colon may claim one."""

REACH = 300
"""Characters on either side that are looked at; a sentence may be a whole file without a full stop."""

_WE = r"\b(?:we|this (?:paper|work|article|thesis|study|report)|the (?:paper|authors?)|our (?:paper|work))\b"
_INTRODUCE = (
    r"(?:propos|introduc|present|develop|design|describ|releas|buil[dt]|construct|creat|contribut|devis|formulat|"
    r"unveil|coin|open-sourc|curat|offer)\w*"
)
_INTRODUCES = re.compile(rf"{_WE}[^.;]{{0,60}}?\b{_INTRODUCE}\b(?P<between>[^.;]{{0,160}})$", re.I)
_PASSIVE = re.compile(r"^[^.;]{0,40}?\b(?:is|are) (?:proposed|introduced|presented|developed|released)\b", re.I)
_NAMED = re.compile(r"\b(?:called|named|dubbed|termed|namely|coined)\s*(?:as )?[\"“'(]*$", re.I)
_OTHER_OBJECT = re.compile(
    r"\b(?:using|based|for|by|that|which|on|with|to|from|in|of|via|through|over|where|than)\b", re.I
)
_MODIFIES = re.compile(
    r"-\w| (?!(?:is|are|was|that|which|who|for|to|and|or|as|with|in|by|via|on|at|of|an?|the|from|using|can|has|have|"
    r"where|while|through|based|built|designed|trained|together|framework|model|method|algorithm|benchmark|dataset|"
    r"corpus|suite|toolkit|platform)s?\b)[a-z]+\b",
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


@Language.component("graphx_roles")
def roles(doc: Doc) -> Doc:
    """Give every mention its role: introduces, uses, compares or mentions."""
    spans = list(doc.spans.get(SPANS, ()))
    text, bounds = doc.text, sentence_bounds(doc)
    pairs = [{text[d.short_start : d.short_end], text[d.long_start : d.long_end]} for d in definitions(text)]
    generic = {form for pair in pairs if any(map(is_generic, pair)) for form in pair}
    for span in spans:
        may_be_new = span.label_ in (Kind.METHOD, Kind.DATASET) and span.id_ in _COINED
        may_be_new = may_be_new and span.text not in generic and not is_generic(span.text)
        start, end = bounds(span)
        before = text[max(start, span.start_char - REACH) : span.start_char]
        after = text[span.end_char : min(end, span.end_char + REACH)]
        span._.role = _role(span, before, after, may_be_new)
    introduced = {span.text for span in spans if span._.role == Role.INTRODUCES}
    for pair in pairs:  # what introduces the acronym introduces its long form
        if introduced & pair and not pair & generic:
            introduced |= pair
    for span in spans:
        if span.text in introduced and span.label_ in (Kind.METHOD, Kind.DATASET):
            span._.role = Role.INTRODUCES
    return doc


def _role(span: Span, before: str, after: str, may_be_new: bool) -> Role:
    """Tell the role from the parts of the sentence on either side."""
    if span.id_ == "title" or (may_be_new and _is_introduced(before, after)):
        return Role.INTRODUCES
    if _COMPARES.search(before):
        return Role.COMPARES
    if span.label_ == Kind.DATASET or _USES.search(before):
        return Role.USES
    return Role.MENTIONS


def _is_introduced(before: str, after: str) -> bool:
    """Tell "we propose X" and "X is introduced", but not "we propose a method for X"."""
    cue = _INTRODUCES.search(before)
    if _PASSIVE.match(after) or (cue and _NAMED.search(before)):
        return True
    if cue is None or _MODIFIES.match(after):
        return False
    return not _OTHER_OBJECT.search(cue["between"]) and not any(map(is_name_like, cue["between"].split()))
