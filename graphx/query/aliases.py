"""Which concepts are likely one: pairs whose labels say the same, with the reason in words.

Joining (`graphx.concepts`) takes for one what surely is. This looks further, for a person to decide, and
rather misses a pair than show a silly one: every word of two labels must agree, but for what a rule says.
So numbers, versions and prefixes that turn a meaning round never differ. A rule gives each label a key;
labels with one key are a pair.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from graphx.atlas import Atlas
from graphx.forms import singular, without_latex
from graphx.nlp.names import is_name_like
from graphx.query.incidence import incidence
from graphx.tables import Kind

COLUMNS = [
    "keep_id", "keep", "gone_id", "gone", "kinds", "n_keep", "n_gone", "n_both", "reason", "score", "similarity",
]  # fmt: skip
MOST_CONCEPTS = 40_000
"""Concepts that are compared; of more those that most papers name."""
KEPT = 500
"""Suggestions that are kept for an atlas, the best of all."""

_BRACKETS = re.compile(r"\s\([^()]*\)?|\([A-Z]+s?\)")
_TOLD_APART = re.compile(r"(\S+) \((.+?)\)?$")
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[\w+.#]*[\w+#]")
_ARTICLE = re.compile(r"(?<!\S)(?:an?|the)\s")
_RELATION = frozenset("and as at between by for from in of on or over to under versus via vs with without".split())
_GENERAL = frozenset(
    "algorithm approach framework mechanism method methodology model problem procedure scheme strategy task "
    "technique".split()
)
_USE = frozenset("consumption footprint usage use".split())
_PROCESS = re.compile(r"(?:ing|ion|ment|sis)$")
_DOING = re.compile(r"(?<=\w{5})(?:ing|ion)$")  # compressing, compression
_WORD_FORMS = (
    (re.compile(r"(?<=\w{5}tion)al$"), ""),  # computational cost, computation cost; but "condition" isn't "conditional"
    (_DOING, "*"),
    (re.compile(r"(?<=\w{5})(?:ence|ency|ent)$"), "†"),  # energy efficiency, energy efficient
    (re.compile(r"(?<=toleran)(?:ce|t)$"), "†"),
)
_COMMON, _RARE = 8, 1
"""Labels with a word: a word that so few have may be a slip for one that so many have."""


class Words(NamedTuple):
    """A label or another form of a concept as rules see it.

    Attributes:
        place: of the concept in the atlas's table.
        label: as it is written.
        words: in small letters and the singular, without articles and what stands in brackets; names as they are.
        titles: whether it is the concept's label.
    """

    place: int
    label: str
    words: tuple[str, ...]
    titles: bool = True


class Pair(NamedTuple):
    """Two concepts that a rule takes for one: their places, how sure that is (0 to 1), and why."""

    one: int
    other: int
    certainty: float
    reason: str


def suggestions(atlas: Atlas, n: int = 50, without: frozenset[frozenset[str]] = frozenset()) -> pd.DataFrame:
    """Return pairs of concepts that are likely one, the best first.

    Args:
        atlas: the atlas.
        n: pairs at most.
        without: pairs of labels not to suggest, such as those that were rejected.

    Returns:
        keep_id, keep (the label that more papers use), gone_id, gone, kinds ("task", or "task, method" where they
        differ), n_keep, n_gone, n_both (papers that name the one, the other, and both), reason (in words), score
        (how sure the rule is, and a little for every doubling of the papers concerned) and similarity (of the
        labels, 0 to 1: `rapidfuzz.fuzz.token_sort_ratio`).
    """
    found = atlas.once("suggested aliases", _suggestions)
    if without:
        pairs = map(frozenset, zip(found["keep"], found["gone"], strict=True))
        found = found[[pair not in without for pair in pairs]]
    return found.head(n).reset_index(drop=True)


def _suggestions(atlas: Atlas) -> pd.DataFrame:
    labels = _labels(atlas)
    best: dict[tuple[int, int], Pair] = {}
    for pair in _pairs(labels, atlas):
        if not _may_be_one(*atlas.concepts["label"].iloc[[pair.one, pair.other]]):
            continue
        known = best.get((pair.one, pair.other))
        if known is None or pair.certainty > known.certainty:
            best[pair.one, pair.other] = pair
    rows = [_row(atlas, pair) for pair in best.values()]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame = frame.sort_values(["score", "n_keep", "keep_id", "gone_id"], ascending=[False, False, True, True])
    return frame.drop_duplicates("gone_id").head(KEPT).reset_index(drop=True)


def _may_be_one(one: str, other: str) -> bool:
    """Tell whether nothing speaks against two labels: other numbers, two names, or one acronym with two meanings."""
    if sorted(_NUMBER.findall(one)) != sorted(_NUMBER.findall(other)):
        return False
    bare = [_TOLD_APART.sub(r"\1", label).casefold() for label in (one, other)]
    names = all(" " not in label and is_name_like(label) for label in (one, other))
    return bare[0] != bare[1] and not names


def _labels(atlas: Atlas) -> list[Words]:
    """Cut the labels of the concepts that most papers name, and the phrase that is used most for each, into words."""
    popular = np.argsort(-atlas.concepts["n_papers"].to_numpy(dtype=np.int64), kind="stable")[:MOST_CONCEPTS]
    rows = atlas.concepts[["label", "forms"]].take(popular)
    found = []
    for place, label, forms in zip(map(int, popular), rows["label"], rows["forms"], strict=True):
        told_apart = _TOLD_APART.match(label)
        if told_apart and is_name_like(told_apart[1]):  # the same acronym, with another meaning
            found.append(Words(place, label, _words(told_apart[2])))
            continue
        found.append(Words(place, label, _words(label)))
        phrase = _phrase(forms)
        if phrase and _words(phrase) != found[-1].words:
            found.append(Words(place, phrase, _words(phrase), titles=False))
    return found


def _phrase(forms: Sequence[str]) -> str | None:
    """Return the most frequent form of several words that holds no name."""
    phrases = (form for form in forms if " " in form and not any(map(is_name_like, form.split())))
    return next(phrases, None)


def _words(label: str) -> tuple[str, ...]:
    plain = without_latex(label)
    words = _WORD.findall(_ARTICLE.sub(" ", _BRACKETS.sub(" ", plain))) or _WORD.findall(plain)
    return tuple(word if is_name_like(word) else singular(word.casefold()) for word in words)


def _pairs(labels: Sequence[Words], atlas: Atlas) -> Iterator[Pair]:
    """Let every rule look at all labels."""
    slips, longs = _slips(labels), _long_forms(atlas)
    yield from _equal(labels, _spelled, 0.95, "differ in a plural, a hyphen or an article")
    yield from _equal(labels, partial(_mended, slips=slips), 0.9, "a slip of the keyboard: “{1}”, “{0}”")
    yield from _equal(labels, partial(_written_out, longs=longs), 0.9, "an acronym written out: “{0}”, “{1}”")
    yield from _equal(labels, _formed, 0.85, "forms of the same words")
    yield from _equal(labels, _turned, 0.85, "the same words, turned round")
    yield from _equal(labels, _sorted, 0.8, "the same words in another order")
    yield from _equal(labels, _used, 0.65, "“{2}” and “{3}” say the same")
    yield from _general(labels, atlas)
    yield from _initials(labels, atlas)


def _equal(
    labels: Sequence[Words], key: Callable[[Words], str | None], certainty: float, reason: str
) -> Iterator[Pair]:
    """Pair what has one key with the first of them, which most papers name."""
    first: dict[str, Words] = {}
    for label in labels:
        name = key(label)
        if name:
            known = first.setdefault(name, label)
            if known.place != label.place:
                told = reason.format(known.label, label.label, known.words[-1], label.words[-1])
                if not (known.titles and label.titles) and told == reason:
                    told += f": “{label.label}”, “{known.label}”"
                yield Pair(known.place, label.place, certainty, told)


def _spelled(label: Words) -> str:
    return " ".join(label.words)


def _formed(label: Words) -> str:
    if len(label.words) == 1:
        return _DOING.sub("*", label.words[0])
    return " ".join(map(_stem, label.words))


def _stem(word: str) -> str:
    """Return what the forms of a word have in common: compression and compressing, efficiency and efficient."""
    for pattern, mark in _WORD_FORMS:
        word = pattern.sub(mark, word)
    return word


def _turned(label: Words) -> str:
    """Return the words of "alignment of language models" in the order of "language model alignment"."""
    words = list(label.words)
    at = words.index("of") if words.count("of") == 1 else 0
    return " ".join(words[at + 1 :] + words[:at]) if at else " ".join(words)


def _sorted(label: Words) -> str | None:
    """Return three or more words in order of the alphabet, if none says how they relate, or what does what to what."""
    words = label.words
    related = any(word in _RELATION or word.endswith("ing") for word in words)
    return " ".join(sorted(words)) if len(words) > 2 and not related else None


def _slips(labels: Sequence[Words]) -> dict[str, str]:
    """Return words that hardly any label has, and the frequent ones that they are likely a slip for.

    Slips are two letters swapped, or one letter too many or too few in the middle of a long word: with another
    letter at either end it may well be another word.
    """
    counts = Counter(word for label in labels for word in label.words if word.isalpha() and word.islower())
    rare, common = defaultdict(list), defaultdict(list)
    for word, count in counts.items():
        if len(word) >= 6 and count <= _RARE:
            rare[word[:2]].append(word)
        elif len(word) >= 6 and count >= _COMMON:
            common[word[:2]].append(word)
    slips = {}
    for start, words in rare.items():
        known = sorted(common[start])
        near = cdist(words, known, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8) if known else np.zeros((0, 0))
        for row, column in zip(*np.nonzero(near == 1), strict=True):
            word, meant = words[row], known[column]
            swapped = sorted(word) == sorted(meant)
            doubled = (
                len(word) != len(meant)
                and len(word) >= 8
                and re.sub(r"(.)\1", r"\1", word) == re.sub(r"(.)\1", r"\1", meant)
            )
            if word[-2:] == meant[-2:] and (swapped or doubled):
                slips[word] = meant
    return slips


def _mended(label: Words, slips: dict[str, str]) -> str:
    return " ".join(slips.get(word, word) for word in label.words)


def _long_forms(atlas: Atlas) -> dict[str, str]:
    """Return acronyms that are what one concept is called most, and the words of its phrase."""
    meanings: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    several = atlas.concepts.loc[atlas.concepts["n_papers"] > 1, "forms"]
    for forms in several:
        short = next((form for form in forms[:3] if form.isupper() and form.isalpha()), None)
        phrase = _phrase(forms[:5]) if short else None
        if short and phrase:
            meanings[short].add(_words(phrase))
    return {short: " ".join(longs.pop()) for short, longs in meanings.items() if len(longs) == 1}


def _written_out(label: Words, longs: dict[str, str]) -> str | None:
    apart = set(label.label.split())  # SWE-agent is a name
    words = [longs.get(word, word) if word in apart else word for word in label.words]
    return " ".join(words) if len(words) > 1 else None


def _used(label: Words) -> str | None:
    return f"{' '.join(label.words[:-1])} …" if len(label.words) > 1 and label.words[-1] in _USE else None


def _general(labels: Sequence[Words], atlas: Atlas) -> Iterator[Pair]:
    """Pair what differs in a general word at its end: federated learning, federated learning framework."""
    places = {label.words: label.place for label in reversed(labels)}
    kinds = atlas.concepts["kind"]
    for label in labels:
        *head, last = label.words
        place = places.get(tuple(head)) if last in _GENERAL else None
        if place is None or place == label.place:
            continue
        pair = {kinds.iloc[place], kinds.iloc[label.place]}
        long = len(label.label.split()) > 2
        # A compounding model is no compounding, and an object detection model is no object detection.
        if long and pair == {Kind.METHOD} if last == "model" else long or _PROCESS.search(head[-1]):
            yield Pair(place, label.place, 0.6, f"“{label.label.split()[-1]}” adds nothing")


def _initials(labels: Sequence[Words], atlas: Atlas) -> Iterator[Pair]:
    """Pair an acronym with the one phrase that has its initials, if all papers that use it name that phrase, too."""
    phrases: dict[str, list[Words]] = defaultdict(list)
    for label in labels:
        if len(label.words) > 2:
            phrases["".join(word[0] for word in label.words).upper()].append(label)
    for label in labels:
        meant = phrases.get(label.label, []) if label.label.isupper() else []
        if len({phrase.place for phrase in meant} - {label.place}) == 1:
            (phrase,) = {phrase.place: phrase for phrase in meant if phrase.place != label.place}.values()
            if _papers(atlas, label.place) <= _papers(atlas, phrase.place):
                yield Pair(phrase.place, label.place, 0.75, f"initials of “{phrase.label}”")


def _papers(atlas: Atlas, place: int) -> set[int]:
    named = incidence(atlas).by_concept
    return set(named.indices[named.indptr[place] : named.indptr[place + 1]].tolist())


def _row(atlas: Atlas, pair: Pair) -> tuple[object, ...]:
    """Return a row of suggestions; what more papers name is kept, and of equal ones what is written shorter."""
    rows = [atlas.concepts.iloc[place] for place in (pair.one, pair.other)]
    keep, gone = sorted(rows, key=lambda row: (-row["n_papers"], len(row["label"]), row["label"]))
    both = len(_papers(atlas, pair.one) & _papers(atlas, pair.other))
    score = (
        pair.certainty + float(0.1 * np.log2(gone["n_papers"]) + 0.02 * np.log2(keep["n_papers"])) + 0.03 * (both > 0)
    )
    labels = [row["label"] for row in (keep, gone)]
    kinds = ", ".join(dict.fromkeys((keep["kind"], gone["kind"])))
    similarity = fuzz.token_sort_ratio(*map(str.casefold, labels)) / 100
    return (
        keep["concept_id"], labels[0], gone["concept_id"], labels[1], kinds, int(keep["n_papers"]),
        int(gone["n_papers"]), both, pair.reason, round(score, 3), round(similarity, 3),
    )  # fmt: skip
