"""A reading list (`graphx.query.reading`) as Markdown, BibTeX and RIS, with the concepts as keywords."""

import re
import unicodedata
from collections.abc import Iterable
from string import ascii_lowercase
from typing import Any
from urllib.parse import quote

import pandas as pd

_CONFERENCE = re.compile(r"\b(?:conference|proceedings|proc\.|symposium|workshop|meeting)", re.I)
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # and not \{, since BibTeX counts braces without looking what is before them
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{c: f"\\{c}" for c in "&%$#_"},
}
_SMALL_WORDS = frozenset(
    "a an and as at by can do does for from how in is of on or the to towards via what when with".split()
)


def markdown(papers: pd.DataFrame) -> str:
    """Return a reading list as a numbered list in Markdown (CommonMark), each paper with why it is there."""
    lines = []
    for paper in papers.itertuples(index=False):
        address = _address(paper)
        title = f"[{_plain(paper.title)}](<{address}>)" if address else _plain(paper.title)
        about = [", ".join(map(_plain, paper.authors)), _plain(paper.venue), _year(paper)]
        lines += [f"{paper.rank}. **{title}**", *([f"   {' · '.join(filter(None, about))}"] if any(about) else [])]
        lines.append(f"   *{_plain(paper.why)}*")
        if len(paper.keywords):
            lines.append(f"   {', '.join(map(_plain, paper.keywords))}")
        lines.append("")
    return _joined(line if not line or line.endswith("  ") else f"{line}  " for line in lines)


def bibtex(papers: pd.DataFrame) -> str:
    """Return a reading list as BibTeX in Unicode, as biber and BibTeX since 0.99e with UTF-8 read it.

    A citation key is the first author's family name, the year and the first word of the title that says
    something; where no author is known, the first three such words and the year. What a key says twice gets
    a letter. Why a paper is there is in `annote`, which the standard styles leave out.
    """
    taken: set[str] = set()
    entries = []
    for paper in papers.itertuples(index=False):
        venue, arxiv = _clean(paper.venue), paper.paper_id.removeprefix("arxiv:")
        conference = bool(_CONFERENCE.search(venue))
        kind = "misc" if not venue else "inproceedings" if conference else "article"
        fields = {
            "title": " ".join(map(_kept_capitals, _clean(paper.title).split(" "))),
            "author": " and ".join(_author(name) for name in map(_clean, paper.authors) if name),
            "year": _year(paper),
            "booktitle" if conference else "journal": _latex(venue),
            "doi": _verbatim(paper.doi),
            "url": _verbatim(paper.url),
            "eprint": _verbatim(arxiv) if arxiv != paper.paper_id else "",
            "keywords": ", ".join(_latex(_clean(word).replace(",", " ")) for word in paper.keywords),
            "annote": _latex(_clean(paper.why)),
        }
        if fields["eprint"]:
            fields["archiveprefix"] = "arXiv"
        body = "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items() if value)
        entries.append(f"@{kind}{{{_key(paper, taken)}{body}\n}}\n")
    return _joined(entries)


def ris(papers: pd.DataFrame) -> str:
    """Return a reading list as RIS, the tagged format of reference managers, one line a value."""
    lines: list[str] = []
    for paper in papers.itertuples(index=False):
        venue = _clean(paper.venue)
        kind = "GEN" if not venue else "CONF" if _CONFERENCE.search(venue) else "JOUR"
        date = _clean(paper.date).replace("-", "/") if re.fullmatch(r"\d{4}(-\d\d){0,2}", _clean(paper.date)) else ""
        tagged = [
            ("TY", kind),
            ("TI", paper.title),
            *(("AU", author) for author in paper.authors),
            ("PY", _year(paper)),
            ("DA", date),
            ("T2", venue),
            ("DO", paper.doi),
            ("UR", paper.url),
            *(("KW", word) for word in paper.keywords),
            ("N1", paper.why),
        ]
        lines += [f"{tag}  - {_clean(value)}" for tag, value in tagged if _clean(value)]
        lines += ["ER  - ", ""]
    return _joined(lines)


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _clean(value: Any) -> str:
    """Return a value on one line without control characters; nothing for what is unknown."""
    if value is None or value is pd.NA or value != value:
        return ""
    return " ".join("".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in str(value)).split())


def _year(paper: Any) -> str:
    return _clean(paper.year)


def _plain(value: Any) -> str:
    """Return a value as Markdown that shows it as it is."""
    return re.sub(r"([\\`*_\[\]<>|~&$#!])", r"\\\1", _clean(value))


def _address(paper: Any) -> str:
    """Return where to read a paper, if that is an address of the web."""
    doi, url = _clean(paper.doi), _clean(paper.url)
    address = f"https://doi.org/{doi}" if doi else url
    safe: str = quote(address, safe=":/?#[]@!$&'()*+,;=%~")
    return safe if safe.startswith(("https://", "http://")) else ""


def _latex(text: str) -> str:
    return "".join(_LATEX.get(c, c) for c in text)


def _verbatim(value: Any) -> str:
    """Return an identifier or address, in which LaTeX's commands mean nothing, safe to stand in braces."""
    return re.sub(r"[{}\\\s]", lambda match: quote(match[0]), _clean(value))


def _kept_capitals(word: str) -> str:
    """Put a word in braces whose capitals a style must leave: BanditPAM, LLM-based, CIFAR-10."""
    kept = any(c.isupper() for c in word[1:]) or (len(word) == 1 and word.isupper() and word != "A")
    return f"{{{_latex(word)}}}" if kept else _latex(word)


def _author(name: str) -> str:
    """Return one author's name; braces keep a name whole that holds the word between names."""
    return f"{{{_latex(name)}}}" if re.search(r"\band\b", name, re.I) else _latex(name)


def _key(paper: Any, taken: set[str]) -> str:
    """Return a citation key that is not taken yet, and take it."""
    words = [word for word in map(_ascii, re.split(r"[\W_]+", _clean(paper.title))) if word]
    words = [word for word in words if word not in _SMALL_WORDS] or words
    family = ""
    if len(paper.authors):
        name = _clean(paper.authors[0])
        family = _ascii(name.split(",")[0] if "," in name else name.split(" ")[-1])
    year = _year(paper)
    key = f"{family}{year}{words[0]}" if family and words else f"{family}{''.join(words[:3])}{year}"
    key = key or "paper"
    endings = ("", *ascii_lowercase, *(f"-{number}" for number in range(1, len(taken) + 2)))
    unused: str = next(key + ending for ending in endings if key + ending not in taken)
    taken.add(unused)
    return unused


def _ascii(word: str) -> str:
    """Return the ASCII letters and digits of a word, in lower case and without accents."""
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", word).lower())
