"""What a user decided about concepts: a journal of decisions, and the thesaurus that follows from them.

The journal, `<atlas>.aliases.jsonl`, lies beside an atlas's folder: a first line that says what it is and
holds the thesaurus that the atlas was built with, then one decision a line. From it follow a thesaurus as
VOSviewer reads it (`<atlas>.thesaurus.txt`, written along with the journal) and the kinds that the user
gave, for which that format has no place. To undo a decision is to leave it out: the rest follow anew.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from graphx.errors import AtlasError, InputError
from graphx.readers.text import clean, read_text
from graphx.tables import Kind
from graphx.thesaurus import Thesaurus, written

_VERSION = 1
_EXPECTED = "A journal of aliases has one JSON object a line, the first of which says so."


class Action(StrEnum):
    """What can be decided."""

    MERGE = "merge"
    SPLIT = "split"
    RENAME = "rename"
    KIND = "kind"
    DROP = "drop"
    REJECT = "reject"


@dataclass(frozen=True)
class Decision:
    """One decision about a concept.

    Attributes:
        action: what is done.
        what: the label of the concept that it is done to.
        into: the label that it is merged into, or gets, or that what is split off gets; a kind; of a rejected
            suggestion the other label.
        forms: forms that go to `into`, or are dropped.
        others: forms that stay with the other concept: what is merged into, or split off from.
    """

    action: Action
    what: str
    into: str = ""
    forms: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class Outcome(NamedTuple):
    """What follows from decisions.

    Attributes:
        thesaurus: every form that was decided about, and its label.
        kinds: labels and the kinds they are given.
        rejected: pairs of labels that are not to be suggested again.
        becomes: what labels became that were merged or renamed.
    """

    thesaurus: Thesaurus
    kinds: tuple[tuple[str, str], ...]
    rejected: frozenset[frozenset[str]]
    becomes: dict[str, str]


class SoFar(NamedTuple):
    """What was decided: decisions that the atlas follows already, and later ones that it is to follow."""

    followed: tuple[Decision, ...] = ()
    fresh: tuple[Decision, ...] = ()

    @property
    def all(self) -> tuple[Decision, ...]:
        """All of them, in order."""
        return self.followed + self.fresh


NOTHING = SoFar()


class Journal(NamedTuple):
    """A thesaurus to begin with, and decisions, the first one first."""

    base: Thesaurus = ()
    decisions: tuple[Decision, ...] = ()


def outcome(decisions: Iterable[Decision], base: Thesaurus = ()) -> Outcome:
    """Return what follows from decisions, one after another; a later one is about what the earlier ones made."""
    label_of: dict[str, str] = {clean(form): clean(label) for form, label in base if clean(form)}
    kinds: dict[str, str] = {}
    becomes: dict[str, str] = {}
    rejected: set[frozenset[str]] = set()

    def move(forms: Iterable[str], label: str) -> None:
        for form in filter(None, map(clean, forms)):
            label_of.pop(form, None)  # what was said last stands last
            label_of[form] = label

    for d in decisions:
        what, into = clean(d.what), clean(d.into)
        if d.action == Action.REJECT:
            rejected.add(frozenset((what, into)))
        elif d.action == Action.KIND:
            kinds[what] = into
        elif d.action == Action.SPLIT:
            move(d.others, what)  # first, so that what is spelled like both stays
            move(d.forms, into)
        else:
            move([form for form, label in label_of.items() if label == what], into)
            move([*d.forms, *d.others], into)
            kind = kinds.pop(what, None)
            if d.action == Action.RENAME and kind:
                kinds[into] = kind
            becomes |= dict.fromkeys((what, *(k for k, new in becomes.items() if new == what)), into)
            becomes.pop(into, None)
    return Outcome(tuple(label_of.items()), tuple(kinds.items()), frozenset(rejected), becomes)


def without(decisions: Sequence[Decision], undone: Decision) -> tuple[Decision, ...]:
    """Take a decision back, and the later ones that build on it: on the label it made, or on forms it moved."""
    kept: list[Decision] = []
    gone: list[Decision] = []
    for d in decisions:
        builds_on = any(_builds_on(d, earlier) for earlier in gone)
        (gone if builds_on or (d == undone and not gone) else kept).append(d)
    return tuple(kept)


def _builds_on(later: Decision, earlier: Decision) -> bool:
    """Tell whether a decision is about a label that an earlier one made, or splits off what that brought."""
    makes = earlier.action in (Action.RENAME, Action.SPLIT) and earlier.into in (later.what, later.into)
    brought = later.action == Action.SPLIT and not set(earlier.forms).isdisjoint(later.forms)
    return later.action != Action.REJECT and (makes or brought)


def standing(journal: Journal, thesaurus: Thesaurus, kinds: Iterable[tuple[str, str]]) -> tuple[Thesaurus, SoFar]:
    """Say which of a journal's decisions an atlas follows, and what thesaurus they begin with.

    An atlas follows all or none: where it was built without them since, they are to be applied anew, and
    begin with the thesaurus that it was built with then.

    Args:
        journal: the journal.
        thesaurus: that of the atlas's settings.
        kinds: those of its settings.
    """
    told = outcome(journal.decisions, journal.base)
    if (dict(told.thesaurus), dict(told.kinds)) == (dict(thesaurus), dict(kinds)):
        return journal.base, SoFar(journal.decisions)
    as_before = dict(outcome((), journal.base).thesaurus) == dict(thesaurus)
    return journal.base if as_before else thesaurus, SoFar((), journal.decisions)


def journal_path(atlas: Path) -> Path:
    """Return where the journal of an atlas's folder lies: beside it."""
    return atlas.absolute().with_name(f"{atlas.absolute().name}.aliases.jsonl")


def thesaurus_path(atlas: Path) -> Path:
    """Return where the thesaurus that follows from an atlas's journal lies."""
    return atlas.absolute().with_name(f"{atlas.absolute().name}.thesaurus.txt")


def read(path: Path) -> Journal:
    """Read a journal; one that isn't there is empty.

    Raises:
        InputError: it cannot be read, or a line is not what it should be.
    """
    return parse(read_text(path, _EXPECTED), str(path)) if path.exists() else Journal()


def parse(text: str, name: str) -> Journal:
    """Read the lines of a journal.

    Raises:
        InputError: a line is not what it should be.
    """
    base: Thesaurus | None = None
    decisions = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if base is None:
                base = _base(row)
            else:
                decisions.append(_decision(row))
        except (ValueError, TypeError, KeyError):
            what = "does not say that this is a journal of aliases" if base is None else "is no decision"
            raise InputError(
                f"{name}, line {number}: {what}: {line[:60]!r}. Mend the line, or move the file away to begin anew."
            ) from None
    return Journal(base or (), tuple(decisions))


def _base(row: Any) -> Thesaurus:
    if row["graphx"] != "aliases" or row["version"] != _VERSION:
        raise ValueError
    return tuple((_text(label), _text(new)) for label, new in row["thesaurus"])


def _decision(row: Any) -> Decision:
    action = Action(row["action"])
    what, into = _text(row["what"]), _text(row.get("into", ""))
    if action == Action.KIND:
        Kind(into)
    if not what or bool(into) == (action == Action.DROP):
        raise ValueError
    forms, others = (tuple(map(_text, row.get(name, ()))) for name in ("forms", "others"))
    return Decision(action, what, into, forms, others)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def text_of(journal: Journal) -> str:
    """Return a journal as the text of its file."""
    first = {"graphx": "aliases", "version": _VERSION, "thesaurus": journal.base}
    # ASCII, since some characters of Unicode end lines too.
    return "".join(f"{json.dumps(row)}\n" for row in (first, *map(asdict, journal.decisions)))


@contextmanager
def writing(atlas: Path, journal: Journal) -> Iterator[None]:
    """Write a journal and its thesaurus; they take the place of the old ones once what is done meanwhile is done.

    Raises:
        AtlasError: they cannot be written.
    """
    texts = {
        journal_path(atlas): text_of(journal),
        thesaurus_path(atlas): written(outcome(journal.decisions, journal.base).thesaurus),
    }
    fresh = {path: path.with_name(f"{path.name}.partial") for path in texts}
    try:
        try:
            for path, text in texts.items():
                fresh[path].write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise AtlasError(
                f"{journal_path(atlas)}: cannot be written ({error.strerror}). Is the disk full?"
            ) from None
        yield
        for path in texts:
            fresh[path].replace(path)
    finally:
        for path in fresh.values():
            with suppress(OSError):
                path.unlink(missing_ok=True)
