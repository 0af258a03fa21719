"""Addresses that somebody shortened, made up or kept from another atlas: every page says so and none falls over."""

from pathlib import Path

import pytest

from graphx.ui.dashboard import PAGES
from tests.conftest import ROOT
from tests.test_ui import start

NONSENSE = {
    "node": [
        "",
        "concept:",
        "community:c99",
        "link:a",
        "link:a b",
        "title:0000",
        "<script>alert(1)</script>",
        "x" * 5000,
    ],
    "within": ["c99", "", "community:c01"],
    "focus": ["concept:nothing", ""],
    "noise": ["-1", "nan", "inf"],
    "methods": ["nan", "1e9", "-5", "much"],
    "atlas": ["../..", "nowhere"],
    "of": ["Everything"],
    "kinds": ["animals"],
    "min_papers": ["-3", "many", "1000000"],
    "colour": ["sound"],
    "hide": ["c99"],
    "source": ["concept:nothing", "<b>"],
    "target": ["concept:nothing"],
    "k": ["9", "x"],
    "between": ["heaven|earth"],
    "cell": ["a", "a|b", "|"],
    "kind": ["animal"],
    "trend": ["sideways"],
    "show": ["nothing"],
    "levels": ["99", "x"],
    "a": ["c99"],
    "b": ["c99"],
    "why": ["title:0000"],
    "aliases": ["nothing"],
    "q": ['"', "*", "x" * 3000],
}


@pytest.mark.parametrize("page", PAGES)
def test_nonsense_in_an_address(monkeypatch: pytest.MonkeyPatch, atlas_folder: Path, page: str) -> None:
    app = start(monkeypatch, atlas_folder)
    app.switch_page(str(ROOT / "graphx" / "ui" / "pages" / f"{page}.py")).run()
    for name, values in NONSENSE.items():
        for value in values:
            app.query_params.clear()
            app.session_state["q"] = ""
            app.query_params[name] = value
            app.run()
            assert not app.exception, (name, value, app.exception[0].message)
