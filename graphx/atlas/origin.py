"""What an atlas was made from: its settings, the program and the packages that matter."""

import hashlib
import importlib.metadata
import json
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

from graphx.tables import Settings

_PACKAGES = (
    "graphx",
    "spacy",
    "onnxruntime",
    "tokenizers",
    "pandas",
    "pyarrow",
    "numpy",
    "scipy",
    "networkx",
    "igraph",
    "usearch",
)
_SHOWN_ONLY = {"aliases", "ask", "cards", "cli", "lens", "query", "ui", "view", "writers", "__main__"}
"""What only looks at atlases, or says what their settings are to be."""


def settings_of(written: dict[str, Any]) -> Settings:
    """Return the settings that `plain` wrote."""
    pairs = {key: tuple(map(tuple, value)) for key, value in written.items() if isinstance(value, list)}
    return Settings(**{**written, **pairs})


def plain(settings: Settings) -> dict[str, Any]:
    """Return settings as JSON gives them back."""
    written: dict[str, Any] = json.loads(json.dumps(asdict(settings)))
    return written


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that matter."""
    return {"python": platform.python_version()} | {p: importlib.metadata.version(p) for p in _PACKAGES}


def code_hash() -> str:
    """Return a hash of all files of the program that shape an atlas."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*")):
        part = file.relative_to(package).parts[0].removesuffix(".py")
        if file.suffix in (".py", ".tsv", ".onnx", ".json", ".npz") and part not in _SHOWN_ONLY:
            digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
