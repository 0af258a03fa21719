"""Build, save and load an atlas.

An atlas is a pure function of papers and settings. On disk it is a folder of one Parquet
file a table and `atlas.json`, which says what it was made from.
"""

from graphx.atlas.folder import check_target, is_current, load, save
from graphx.atlas.progress import Progress
from graphx.atlas.rejoining import rejoin
from graphx.atlas.steps import assemble, build, update
from graphx.atlas.whole import Atlas

__all__ = [
    "Atlas", "Progress", "assemble", "build", "check_target", "is_current", "load", "rejoin", "save", "update",
]  # fmt: skip
