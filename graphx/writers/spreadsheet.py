"""CSV for spreadsheets: any table, and nothing in it is taken for a formula.

A cell that begins with one of = + - @, a tab or a line break would be run by a spreadsheet; an
apostrophe before it makes it a text (OWASP, "CSV injection").
"""

from typing import Any

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def to_csv(table: pd.DataFrame) -> bytes:
    """Return a table as CSV in UTF-8 with a mark that says so, lists with semicolons between."""
    safe = pd.DataFrame({_cell(name): [_cell(value) for value in table[name]] for name in table.columns})
    text: str = safe.to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return _cell("; ".join(map(str, value))) if hasattr(value, "__len__") else value
