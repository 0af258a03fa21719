"""What can go wrong, as one tree.

GraphXError            one line: what, where, and what to do next
├── InputError         a file or folder that was given cannot be read at all
├── AtlasError         a folder is not an atlas, or is one that this version cannot read
├── ExportError        a file cannot be written in the form that was asked for
└── NotFoundError      nothing in the atlas answers to that name

A row or file that could not be understood while others could is no error: it becomes a
row of the table `problems`.
"""

from collections.abc import Iterable


class GraphXError(Exception):
    """Anything the user can put right; its text is one line that says how."""


class InputError(GraphXError):
    """A file or folder that was given cannot be read at all."""


class AtlasError(GraphXError):
    """A folder is not an atlas, or is one that this version cannot read."""


class ExportError(GraphXError):
    """A file cannot be written in the form that was asked for."""

    @classmethod
    def unknown_format(cls, name: str, suffixes: Iterable[str]) -> "ExportError":
        """Say which suffixes there are for a file name that has none of them."""
        return cls(f"{name}: no format goes by that suffix. Use one of: {', '.join(suffixes)}")


class NotFoundError(GraphXError):
    """Nothing in the atlas answers to that name."""

    @classmethod
    def nothing_called(cls, name: str, near: Iterable[str] = ()) -> "NotFoundError":
        """Say what was looked for and which names come closest."""
        close = ", ".join(near)
        name = name if len(name) <= 80 else f"{name[:79]}…"
        hint = f"Did you mean: {close}?" if close else "Try fewer or other words."
        return cls(f"nothing in this atlas is called {name!r}. {hint}")

    @classmethod
    def another(cls, name: str, found: str, wanted: str) -> "NotFoundError":
        """Say that a name means something else than what was asked for."""
        return cls(
            f"{name!r} is {found} in this atlas and no {wanted}. `graphx ask search` lists what is called alike."
        )
