"""GraphX: which methods, datasets, tasks and metrics tie research papers together.

    import graphx
    atlas = graphx.load("my-atlas")

An atlas is a pure function of papers and settings; everything else reads an atlas.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphx.atlas import Atlas, build, load, save, update

__all__ = ["Atlas", "build", "load", "save", "update"]


def __getattr__(name: str) -> Any:
    """Load pandas and what else an atlas needs only when one is asked for."""
    if name in __all__:
        from graphx import atlas

        return getattr(atlas, name)
    raise AttributeError(f"module 'graphx' has no attribute {name!r}")
