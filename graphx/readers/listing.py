"""Hugging Face paper listing pages, copied or saved as text.

Three layouts occur: blocks with blank lines between, with or without a few lines of
metadata after each abstract, and title and abstract on alternating lines with the page's
"Subscribe" glued to the first title. All are the same sequence once furniture and
metadata are told apart: a title, its abstract, and perhaps what belongs to them.
"""

import datetime as dt
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from graphx.readers.source import Found, Source
from graphx.readers.text import clean

NAME = "Hugging Face listing page (text)"

# What the page itself says, around the papers. Compared without case.
FURNITURE = {
    "new", "hot", "trending", "daily", "weekly", "monthly", "daily papers", "trending papers", "papers",
    "subscribe", "submit", "submitted by", "upvote", "login", "log in", "sign up", "search",
    "previous", "next", "...", "…",
    "models", "datasets", "spaces", "docs", "enterprise", "pricing", "community", "buckets",
    "company", "tos", "privacy", "about", "careers", "jobs", "website", "hugging face", "system theme",
    "get trending papers in your email inbox!", "get trending papers in your email inbox once a day!",
    "byak and the research community", "by ak and the research community",
}  # fmt: skip

LONGEST_TITLE = 230
"""Characters; of 74,688 arXiv titles the longest has 226."""
SHORTEST_ABSTRACT = 20
"""Characters; a longer line that ends in a full stop is an abstract, as no arXiv title ends in one."""

WRAPPED = 130
"""Characters; three lines or more, none longer and all but the last about as long, are one paragraph."""

_MONTH_NAMES = "January February March April May June July August September October November December".split()
_MONTHS = {form: n for n, name in enumerate(_MONTH_NAMES, start=1) for form in (name, name[:3], f"{name[:3]}.")}
_AUTHORS = re.compile(r"[•·*-] ?([0-9,]{1,9}) authors?")
_VOTES = r"[0-9]{1,3}(?:,[0-9]{3}){1,2}|[0-9]{1,8}|[0-9]{1,4}(?:\.[0-9])?k"
_DATE = re.compile(
    r"([A-Z][a-z]{2,8}\.?|[0-9]{1,2}) ([A-Z][a-z]{2,8}\.?|[0-9]{1,2})(?:,? ([0-9]{4}))?" + f"(?: (?:· )?({_VOTES}))?"
)
_ENDS = re.compile(r"""([.!?…。！？][)\]"'”’}*]*|https?://\S+)$""")

Line = tuple[int, str]
"""Line number, from 1, and text."""


def recognises(source: Source) -> bool:
    """Tell whether a file may be a listing page: any text that is no markup and no JSON."""
    head = source.text.lstrip()[:200].lower()
    return head != "" and not re.match(r"\{|\[\s*[\[{\"]|<!doctype|<html|<\?xml|%pdf|@\w+\{", head)


def read(source: Source) -> Found:
    """Read the papers of a page.

    Their position is the line of the title; besides title and abstract they have what the metadata
    say (`n_authors`, `organisation`, `date`, `year`, `upvotes`).
    """
    rows: list[dict[str, Any]] = []
    problems: list[tuple[str, str]] = []
    lines = _lines(source.text)
    owner: dict[str, Any] = {}  # whom metadata belong to: the paper above, and nobody if that was left out
    i = 0
    after_abstract = False
    while i < len(lines):
        number, line = lines[i]
        following = lines[i + 1][1] if i + 1 < len(lines) else ""
        if _is_furniture(line):
            owner = owner if line.isdigit() else {}  # the head of another page
            i += 2 if line.casefold() == "submitted by" else 1  # with the name below it
        elif _is_metadata(line) or (after_abstract and following == "·" and not _is_abstract(line)):
            message = _add_metadata(owner, line)
            if message:
                problems.append((f"line {number}", message))
            i += 1
        elif len(line) <= LONGEST_TITLE and _is_abstract(following):
            owner = {"position": f"line {number}", "title": line, "abstract": following}
            rows.append(owner)
            i += 2
            after_abstract = True
            continue
        else:
            what = "text without a title above it" if _is_abstract(line) else "title without an abstract"
            problems.append((f"line {number}", f"{what}, left out: {_start(line)}"))
            owner = owner if _is_abstract(line) else {}
            i += 1
        after_abstract = False
    if rows and lines[-1][1] == rows[-1]["abstract"] and not _ENDS.search(lines[-1][1]):
        message = f"the file seems cut: the abstract ends without a full stop: …{lines[-1][1][-40:]}"
        problems.append((f"line {lines[-1][0]}", message))
    return Found(rows, problems)


def _lines(text: str) -> list[Line]:
    """Return the lines that hold something, with "Subscribe" taken off a title that follows furniture.

    Metadata on one line ("• 3 authors · Sep 9, 2010") come out as lines of their own.
    """
    lines: list[Line] = []
    in_furniture = True
    for number, line in _paragraphs(text):
        glued = line.removeprefix("Subscribe")
        if in_furniture and glued != line and glued and not glued[0].islower() and not glued[0].isspace():
            line = glued.strip()
        in_furniture = _is_furniture(line) or (bool(lines) and lines[-1][1].casefold() == "submitted by")
        authors, dot, date = line.partition(" · ")
        parts = [authors, "·", date] if dot and _AUTHORS.fullmatch(authors) else [line]
        lines += [(number, part) for part in parts]
    return lines


def _paragraphs(text: str) -> Iterator[Line]:
    """Yield the lines that hold something; those of a wrapped paragraph as one."""
    numbered = [(number, clean(line)) for number, line in enumerate(text.split("\n"), start=1)]
    for blank, block in groupby(numbered, key=lambda line: not line[1]):
        lines = list(block)
        texts = [line for _, line in lines]
        if blank:
            continue
        told_apart = any(_is_metadata(line) or _is_furniture(line) for line in texts)
        lengths = [len(line) for line in texts[:-1]]
        even = len(lines) > 2 and 0.75 * max(lengths) <= min(lengths) and max(lengths) <= WRAPPED
        if even and len(texts[-1]) <= WRAPPED and not told_apart:
            yield lines[0][0], " ".join(texts)
        else:
            yield from lines


def _is_furniture(line: str) -> bool:
    return line.casefold() in FURNITURE or line.isdigit()


def _is_abstract(line: str) -> bool:
    return len(line) > LONGEST_TITLE or (len(line) >= SHORTEST_ABSTRACT and line.endswith((".", "。", "．")))


def _is_metadata(line: str) -> bool:
    """Tell metadata from titles: a count of authors, "·" or a date."""
    return line in ("·", "•") or bool(_AUTHORS.fullmatch(line) or _date(line))


def _date(line: str) -> tuple[int, int, str | None, str | None] | None:
    """Return month, day, year and upvotes of a line that is a date."""
    match = _DATE.fullmatch(line)
    if not match:
        return None
    month, day = (match[1], match[2]) if match[2].isdigit() else (match[2], match[1])
    return (_MONTHS[month], int(day), match[3], match[4]) if month in _MONTHS and day.isdigit() else None


def _add_metadata(row: dict[str, Any], line: str) -> str | None:
    """Add what a line of metadata says to the row above it; return what is wrong with it."""
    authors, date = _AUTHORS.fullmatch(line), _date(line)
    if line in ("·", "•"):
        return None
    if authors:
        row["n_authors"] = _count(authors[1])
        return None
    if not date:
        row["organisation"] = line
        return None
    month, day, year, upvotes = date
    try:
        dt.date(int(year) if year else 2000, month, day)  # 2000 has every day a year can have
    except ValueError:
        return f"no such date, left out: {line}"
    row["date"] = f"{year or '-'}-{month:02}-{day:02}"
    if year:
        row["year"] = int(year)
    if upvotes:
        row["upvotes"] = _count(upvotes)
    return None


def _count(text: str) -> int:
    """Read "3", "1,204" or "1.2k"."""
    number = text.replace(",", "")
    return round(float(number[:-1]) * 1000) if number.endswith("k") else int(float(number))


def _start(line: str) -> str:
    return line if len(line) <= 80 else f"{line[:79]}…"
