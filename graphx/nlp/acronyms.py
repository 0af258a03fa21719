"""Acronyms that a text defines: "approximate nearest neighbor search (ANNS)".

The algorithm is that of A. Schwartz and M. Hearst, "A simple algorithm for identifying
abbreviation definitions in biomedical text", Pacific Symposium on Biocomputing 2003,
pages 451-462.
"""

import re
from typing import NamedTuple

_IN_BRACKETS = re.compile(r"\(([^()\n]{2,60})\)")
_WORD = re.compile(r"[^\s()\[\]{}]+")
_LEADING = set("a an the of for in on and or by with to as such called named".split())


class Definition(NamedTuple):
    """An acronym and its long form, as character offsets into the text."""

    short_start: int
    short_end: int
    long_start: int
    long_end: int


def definitions(text: str) -> list[Definition]:
    """Find every "long form (SF)" and "SF (long form)" whose letters agree, in order of place."""
    found = []
    for bracket in _IN_BRACKETS.finditer(text):
        inside = re.split(r"[,;]", bracket[1])[0].rstrip()
        start = bracket.start(1)
        if _may_be_short(inside):
            long = _long_form_before(text, bracket.start(), inside)
            if long:
                found.append(Definition(start, start + len(inside), *long))
        else:
            before = re.search(r"(\S+)\s*$", text[: bracket.start()])
            if before and _may_be_short(before[1]) and _aligns(before[1], inside) == 0:
                found.append(Definition(before.start(1), before.end(1), start, start + len(inside)))
    return found


def _may_be_short(form: str) -> bool:
    """Tell whether a form looks like an acronym: short, few words, a capital, no sentence."""
    return (
        2 <= len(form) <= 12
        and len(form.split()) <= 2
        and form[0].isalnum()
        and sum(c.isupper() for c in form) >= 1
        and sum(c.isalpha() for c in form) >= 2
        and not form.isdigit()
        and not re.fullmatch(r"[A-Z]?[a-z]+|\d+.*|[Ee]q.*|[Ff]ig.*|e\.g\..*|i\.e\..*", form)
    )


def _long_form_before(text: str, bracket: int, short: str) -> tuple[int, int] | None:
    """Return the shortest stretch before the bracket that spells the acronym."""
    singular = short[:-1] if re.fullmatch(r"[A-Z0-9-]{2,}s", short) else short
    clause = max(text.rfind(stop, 0, bracket) for stop in (". ", "; ", ": ", "\n", "(", ")"))
    end = len(text[:bracket].rstrip(" \"'”’"))
    words = list(_WORD.finditer(text, clause + 1, end))
    longest = min(len(singular) + 5, len(singular) * 2)
    window = words[-longest:]
    if not window:
        return None
    start = _aligns(singular, text[window[0].start() : end])
    if start is None:
        return None
    start += window[0].start()
    while (first := _WORD.match(text, start)) and first[0].lower() in _LEADING:
        start = first.end() + 1
    long = text[start:end]
    if len(long) <= len(singular) or singular in long.split() or long[:1] in "$\\":
        return None
    return start, end


def _aligns(short: str, long: str) -> int | None:
    """Match the acronym's letters from right to left; return where its first one starts a word."""
    at = len(long)
    letters = [c.lower() for c in short if c.isalnum()]
    for i in range(len(letters) - 1, -1, -1):
        at -= 1
        while at >= 0 and (
            long[at].lower() != letters[i] or (i == 0 and at > 0 and (long[at - 1].isalnum() or long[at - 1] == "'"))
        ):
            at -= 1
        if at < 0:
            return None
    return at
