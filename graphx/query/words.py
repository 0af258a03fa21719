"""The words of an atlas as a full-text index: SQLite's FTS5, in memory, made once for an atlas.

What a user types is never a pattern or an expression of FTS5: it is cut into tokens of letters
and digits, and each token is quoted.
"""

import re
import sqlite3
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from graphx.atlas import Atlas

MOST_WORDS = 32
"""What is typed beyond so many words is left out; no title is longer."""
COMMON = 10
"""A word that more than one in so many texts has, of those that have the most frequent word, is common."""
RARER = 1_000
"""A word that so many times fewer texts have than one spelled nearly alike is taken for a slip of it."""
BETWEEN = " \ue000 "
"""Stands between the forms of a concept, so that no phrase runs over from one to the next; nobody can type it."""
LONGEST_WORD = 40
"""A longer word is no slip of another."""

_TOKEN = re.compile(r"[^\W_]+")
_QUOTED = re.compile(r'["“”]([^"“”]*)["“”]|(\S+)')


class Word(NamedTuple):
    """One word or quoted phrase of a question: every way to spell it, each as its tokens."""

    typed: str
    spellings: tuple[str, ...]
    exact: bool


class Index(NamedTuple):
    """The full-text index of an atlas. Reading it needs the lock, since its one connection is shared by threads.

    Attributes:
        connection: two tables, `papers` (title, abstract; row ids are places in the atlas's table) and
            `concepts` (label, forms; row ids are places in `popular`). They hold no text of their own.
        popular: places of the concepts in the atlas's table, those that most papers name first.
        terms: every token there is, sorted.
        below: for each term the number of texts that have one before it, and at the end of all.
        hyphened: what a label with one hyphen is without it: "kmeans" is "k means".
    """

    connection: sqlite3.Connection
    lock: Lock
    popular: NDArray[np.int64]
    terms: list[str]
    below: NDArray[np.int64]
    hyphened: dict[str, str]

    @classmethod
    def of(cls, atlas: Atlas) -> "Index":
        """Index the titles, abstracts, labels and forms of an atlas."""
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        concepts, papers = atlas.concepts, atlas.papers
        popular = np.argsort(-concepts["n_papers"].to_numpy(dtype=np.int64), kind="stable")
        forms = map(BETWEEN.join, concepts["forms"].iloc[popular])
        _fill(connection, "papers", ("title", "abstract"), papers["title"], papers["abstract"])
        _fill(connection, "concepts", ("label", "forms"), concepts["label"].iloc[popular], forms)
        counts: Counter[str] = Counter()
        for table in ("papers", "concepts"):
            counts.update(dict(connection.execute(f"SELECT term, doc FROM {table}_terms")))  # noqa: S608
        connection.execute("PRAGMA query_only = ON")
        del counts[BETWEEN.strip()]
        terms = sorted(counts)
        below = np.concatenate([[0], np.cumsum([counts[term] for term in terms], dtype=np.int64)])
        hyphened = {"".join(parts): " ".join(parts) for parts in map(_hyphened, concepts["label"]) if parts}
        return cls(connection, Lock(), popular, terms, below, hyphened)

    def concepts(self, expression: str, limit: int) -> list[int]:
        """Return the places of the concepts that match, those that most papers name first."""
        rows = self._rows("SELECT rowid FROM concepts WHERE concepts MATCH ? ORDER BY rowid LIMIT ?", expression, limit)
        return [int(self.popular[row]) for row in rows]

    def papers(self, expression: str, limit: int) -> list[int]:
        """Return the places of the papers that match: those whose titles do, then the others, each best first.

        Within both, by BM25 with a word in a title counting five times one in an abstract (S. Robertson and
        H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009). The titles go first also
        because there are few: what is common is ranked without weighing every abstract.
        """
        query = "SELECT rowid FROM papers WHERE papers MATCH ? ORDER BY bm25(papers, 5.0, 1.0), rowid LIMIT ?"
        found = self._rows(query, f"{{title}}: ({expression})", limit)
        if len(found) < limit:
            found += [row for row in self._rows(query, expression, limit) if row not in set(found)]
        return found[:limit]

    def frequency(self, token: str) -> int:
        """Return in how many texts a token begins a word (once for each word that it begins)."""
        first = bisect_left(self.terms, token)
        return int(self.below[bisect_left(self.terms, token + "\U0010ffff", lo=first)] - self.below[first])

    def common(self, word: Word) -> bool:
        """Tell whether so many texts have a word that it says nothing of them."""
        often = float(np.diff(self.below).max(initial=0)) / COMMON
        return max(self.frequency(spelling.split()[-1]) for spelling in word.spellings) > often

    def nearest(self, token: str) -> str | None:
        """Return the term that a token is most likely a slip of; of equally near ones the most frequent.

        A slip is a letter left out, put in, changed or swapped with the next: the optimal string
        alignment distance (L. Boytsov, "Indexing methods for approximate dictionary searching", 2011),
        of 1 for words of up to five letters and of 2 for longer ones. The first letter is taken for right
        if that leaves any. A hyphen that is left out is no slip, but another spelling.
        """
        if token in self.hyphened:
            return self.hyphened[token]
        if len(token) > LONGEST_WORD:
            return None
        most = 1 if len(token) <= 5 else 2
        distance = cdist([token], self.terms, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8)[0]
        near = [int(place) for place in np.flatnonzero(distance <= most) if self.terms[place] != token]
        near = [place for place in near if not any(map(str.isdigit, self.terms[place]))]
        near = [place for place in near if self.terms[place][0] == token[0]] or near
        count = np.diff(self.below)
        return self.terms[min(near, key=lambda p: (distance[p], -count[p], self.terms[p]))] if near else None

    def _rows(self, query: str, expression: str, limit: int) -> list[int]:
        with self.lock:
            return [row for (row,) in self.connection.execute(query, (expression, limit))]


def asked(words: str) -> list[Word]:
    """Cut what was typed into words and quoted phrases, with the ways to spell each."""
    found: dict[str, Word] = {}
    for phrase, plain in _QUOTED.findall(words):
        tokens = tokenised(phrase or plain)
        if tokens:
            typed = " ".join(tokens)
            spellings = (typed,) if phrase else _spellings(tokens)
            found.setdefault(f"{typed}|{bool(phrase)}", Word(typed, spellings, bool(phrase)))
    return list(found.values())[:MOST_WORDS]


def mended(index: Index, word: Word) -> Word:
    """Add what a word is most likely a slip of, if the atlas has no such word or hardly any."""
    if word.exact or len(word.typed) < 3 or not word.typed.isalpha():
        return word
    count = max(map(index.frequency, word.spellings))
    nearest = index.nearest(word.typed) if count <= 5 else None
    if nearest is None or index.frequency(nearest.split()[-1]) < RARER * count:
        return word
    return word._replace(spellings=(nearest, *(word.spellings if count else ())))


def expression(word: Word) -> str:
    """Write a word for FTS5: any of its spellings, the start of a word being enough unless it was quoted."""
    either = [f'"{s}"' if word.exact or len(s.split()[-1]) < 2 else f'"{s}"*' for s in word.spellings]
    return f"({' OR '.join(either)})"


def every(words: Iterable[Word]) -> str:
    """Write for FTS5 that all words must be there."""
    return " AND ".join(map(expression, words))


def folded(text: str) -> str:
    """Fold case and accents, each character to exactly one, so that places in the text stay."""
    if text.isascii():
        return text.lower()
    return "".join(unicodedata.normalize("NFD", char)[0].lower()[0] for char in text)


def tokenised(text: str) -> list[str]:
    """Return the tokens of a text as the index has them."""
    return _TOKEN.findall(folded(unicodedata.normalize("NFC", text)))


def _spellings(tokens: Sequence[str]) -> tuple[str, ...]:
    """Return a word's spellings: with and without its hyphens, CIFAR10 also as CIFAR 10, American, singular."""
    typed, joined = " ".join(tokens), "".join(tokens)
    apart = re.sub(r"(?<=[a-z])(?=\d)", " ", joined)
    american = re.sub(r"is(?=(?:ation|ed|er|ing|e)s?$)", "iz", typed)
    spellings = [typed, joined, apart, american]
    spellings += [s[:-1] for s in (typed, american) if len(s) > 4 and s.endswith("s") and not s.endswith(("ss", "is"))]
    return tuple(dict.fromkeys(spellings))


def _hyphened(label: str) -> list[str]:
    return tokenised(label) if label.count("-") == 1 and " " not in label else []


def _fill(
    connection: sqlite3.Connection, table: str, columns: tuple[str, str], first: Iterable[str], second: Iterable[str]
) -> None:
    connection.execute(
        f"CREATE VIRTUAL TABLE {table} USING fts5({', '.join(columns)}, content='', "
        "tokenize='unicode61 remove_diacritics 2')"
    )
    rows = ((number, *texts) for number, texts in enumerate(zip(first, second, strict=True)))
    with connection:
        connection.executemany(f"INSERT INTO {table} (rowid, {', '.join(columns)}) VALUES (?, ?, ?)", rows)  # noqa: S608
    connection.execute(f"CREATE VIRTUAL TABLE {table}_terms USING fts5vocab({table}, 'row')")
