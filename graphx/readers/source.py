"""What every reader is given and gives back."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from graphx.readers.text import decode, is_binary

Columns = tuple[tuple[str, str], ...]
"""What the user named: columns of `papers`, and the field of a source that holds each."""


@dataclass(frozen=True)
class Source:
    """One file: its bytes, its text where it is text, and what the user says of its fields."""

    data: bytes
    suffix: str = ""
    """How its name ends, in lower case: ".csv"."""
    columns: Columns = ()

    @cached_property
    def is_binary(self) -> bool:
        """Tell whether it is no text, so that `text` is empty."""
        return is_binary(self.data)

    @property
    def text(self) -> str:
        """Its text, with every line break as a line feed; empty if it is binary."""
        return self._decoded[0]

    @property
    def warning(self) -> str | None:
        """What is doubtful about its text."""
        return self._decoded[1]

    @cached_property
    def _decoded(self) -> tuple[str, str | None]:
        return ("", None) if self.is_binary else decode(self.data)


class Found(NamedTuple):
    """What a reader found in a file.

    Attributes:
        rows: `position`, `title`, `abstract` and columns of `papers`, each on one line.
        problems: (position, message).
        fields: names of the fields that the file has, if it has any.
        format: the name of the format; who called the reader adds it.
    """

    rows: list[dict[str, Any]]
    problems: list[tuple[str, str]]
    fields: Sequence[str] = ()
    format: str = ""
