"""JSON lines: one object a line with `title` and `abstract`, and what else is known of the paper.

Format: https://jsonlines.org. What the fields may be called and hold is told in `graphx.readers.fields`.
"""

import json
import re

from graphx.readers import fields
from graphx.readers.source import Found, Source

NAME = "JSON lines (one object a line with title and abstract)"


def recognises(source: Source) -> bool:
    """Tell whether the first line that is not empty is, or begins as, a JSON object."""
    return re.match(r'\s*\{[^\S\n]*"', source.text) is not None


def read(source: Source) -> Found:
    """Read the papers; the position of each is its line."""
    found = Found([], [])
    chosen: dict[tuple[str, ...], dict[str, str]] = {}  # by the fields of an object, as most objects share them
    for number, line in enumerate(source.text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply or no number"
            found.problems.append((f"line {number}", f"no JSON object ({reason}), left out: {line[:60]}"))
            continue
        names = tuple(record) if isinstance(record, dict) else ()
        if names not in chosen:
            chosen[names] = fields.choose(names, source.columns)
        fields.add(found, f"line {number}", {column: record[name] for column, name in chosen[names].items()}, line)
    names = tuple(dict.fromkeys(name for some in chosen for name in some))
    if names and not any("title" in columns for columns in chosen.values()):
        others = [problem for problem in found.problems if not problem[1].startswith(fields.NO_TITLE)]
        return Found([], [*others, ("file", fields.no_title(names))], names)
    return found._replace(fields=names)
