"""Hugging Face paper listing pages, copied or saved as text.

Three layouts occur: blocks with blank lines between, with or without a few lines of
metadata after each abstract, and title and abstract on alternating lines with the page's
"Subscribe" glued to the first title. All are the same sequence once furniture and
metadata are told apart: a title, its abstract, and perhaps what belongs to them.
"""

import datetime as dt
import re
from typing import Any

NAME = "Hugging Face listing page (text)"

# What the page itself says, around the papers. Compared without case.
FURNITURE = {
    "new", "hot", "trending", "daily", "weekly", "monthly", "daily papers", "trending papers", "papers",
    "subscribe", "submit", "upvote", "login", "log in", "sign up", "search", "previous", "next", "...", "…",
    "models", "datasets", "spaces", "docs", "enterprise", "pricing", "community", "buckets",
    "company", "tos", "privacy", "about", "careers", "jobs", "website", "hugging face", "system theme",
    "get trending papers in your email inbox!", "get trending papers in your email inbox once a day!",
    "byak and the research community", "by ak and the research community",
}  # fmt: skip

LONGEST_TITLE = 230
"""Characters; of 74,688 arXiv titles the longest has 226."""
SHORTEST_ABSTRACT = 60
"""Characters; a shorter line is taken for a title even if it ends in a full stop."""

_AUTHORS = re.compile(r"[•·*-]\s*(\d+)\s+authors?")
_DATE = re.compile(r"([A-Z][a-z]{2,8})\.? (\d{1,2})(?:, (\d{4}))?(?: ([\d,.]+k?))?")
_MONTHS = {
    name: number
    for number in range(1, 13)
    for name in (dt.date(2000, number, 1).strftime("%b"), dt.date(2000, number, 1).strftime("%B"))
}
_ENDS = re.compile(r"""([.!?…][)\]"'”’}*]*|https?://\S+)$""")

Line = tuple[int, str]
"""Line number, from 1, and text."""


def recognises(text: str) -> bool:
    """Tell whether text may be a listing page: any text that is no markup and no JSON."""
    head = text.lstrip()[:200].lower()
    return not head.startswith(("{", "[", "<!doctype", "<html", "<?xml", "%pdf", "@"))


def read(text: str) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """Read the papers of a page.

    Returns:
        Rows with `position` (line of the title), `title`, `abstract` and what the metadata
        say (`n_authors`, `organisation`, `date`, `year`, `upvotes`); and problems as
        (position, message).
    """
    rows: list[dict[str, Any]] = []
    problems: list[tuple[str, str]] = []
    lines = _lines(text)
    i = 0
    while i < len(lines):
        number, line = lines[i]
        following = lines[i + 1][1] if i + 1 < len(lines) else ""
        if line.casefold() in FURNITURE or line.isdigit():
            i += 1
        elif _is_metadata(line, following):
            message = _add_metadata(rows[-1] if rows else {}, line)
            if message:
                problems.append((f"line {number}", message))
            i += 1
        elif len(line) <= LONGEST_TITLE and _is_abstract(following):
            rows.append({"position": f"line {number}", "title": line, "abstract": following})
            i += 2
        elif _is_abstract(line):
            problems.append((f"line {number}", f"text without a title above it, left out: {_start(line)}"))
            i += 1
        else:
            problems.append((f"line {number}", f"title without an abstract, left out: {_start(line)}"))
            i += 1
    if rows and lines[-1][1] == rows[-1]["abstract"] and not _ENDS.search(lines[-1][1]):
        message = f"the file seems cut: the abstract ends without a full stop: …{lines[-1][1][-40:]}"
        problems.append((f"line {lines[-1][0]}", message))
    return rows, problems


def _lines(text: str) -> list[Line]:
    """Return the lines that hold something, with "Subscribe" taken off the first title."""
    lines = [(n, line.strip()) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    for i, (number, line) in enumerate(lines):
        if line.casefold() in FURNITURE:
            continue
        glued = line.removeprefix("Subscribe")
        if glued != line and not glued[0].islower():
            lines[i] = (number, glued.strip())
        break
    return lines


def _is_abstract(line: str) -> bool:
    return len(line) > LONGEST_TITLE or (len(line) >= SHORTEST_ABSTRACT and line.endswith("."))


def _is_metadata(line: str, following: str) -> bool:
    """Tell metadata from titles: a count of authors, "·", a date, or the line above "·"."""
    if line == "·" or _AUTHORS.fullmatch(line):
        return True
    date = _DATE.fullmatch(line)
    if date and date[1] in _MONTHS:
        return True
    return following == "·" and not _is_abstract(line)


def _add_metadata(row: dict[str, Any], line: str) -> str | None:
    """Add what a line of metadata says to the row above it; return what is wrong with it."""
    authors, date = _AUTHORS.fullmatch(line), _DATE.fullmatch(line)
    if line == "·":
        return None
    if authors:
        row["n_authors"] = int(authors[1])
        return None
    if not date:
        row["organisation"] = line
        return None
    month, day, year = _MONTHS[date[1]], int(date[2]), date[3]
    try:
        dt.date(int(year) if year else 2000, month, day)  # 2000 has every day a year can have
    except ValueError:
        return f"no such date, left out: {line}"
    row["date"] = f"{year or '-'}-{month:02}-{day:02}"
    if year:
        row["year"] = int(year)
    if date[4]:
        row["upvotes"] = _count(date[4])
    return None


def _count(text: str) -> int:
    """Read "3", "1,204" or "1.2k"."""
    number = text.replace(",", "")
    return round(float(number[:-1]) * 1000) if number.endswith("k") else int(float(number))


def _start(line: str) -> str:
    return line if len(line) <= 80 else f"{line[:79]}…"
