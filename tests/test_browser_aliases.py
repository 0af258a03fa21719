"""Merge two concepts and see the graph change, with the mouse alone; then take it back."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.conftest import ROOT
from tests.test_browser import (  # noqa: F401  (the fixtures)
    LOOKS,
    MAP_IS_THERE,
    SCREENSHOTS,
    Watched,
    browser,
    pytestmark,
    watched,
)

GONE, KEPT = "concept:memory-consumption", "concept:memory-footprint"
NODE = "(id) => __graphx.map.parts().nodes.get(id)"


@pytest.fixture
def own_address(atlas_folder: Path, tmp_path: Path) -> Iterator[str]:
    """Serve a copy of the atlas, which may be changed."""
    shutil.copytree(atlas_folder, tmp_path / "own" / "atlas")
    command = [sys.executable, "-m", "graphx", "app", str(tmp_path / "own" / "atlas"), "--port", "8870", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
        assert found
        yield found[0]
        server.terminate()
        server.wait(timeout=20)


def test_merge_two_concepts_and_see_the_graph_change(watched: Watched, own_address: str) -> None:  # noqa: F811
    page = watched.open(f"{own_address}/?node={KEPT}")
    page.wait_for_function(NODE, arg=GONE)
    lines = "(id) => __graphx.map.parts().edges.get().filter((e) => e.from === id || e.to === id).length"
    before = page.evaluate(lines, KEPT)

    page.get_by_role("link", name="Aliases", exact=True).click()
    page.get_by_role("button", name="Accept: memory consumption into memory footprint").click()
    expect(page.get_by_text("1 decision not applied yet")).to_be_visible()
    expect(page.get_by_text("changes 5 mentions in 5 papers; “memory footprint” is then in 12 papers")).to_be_visible()
    page.get_by_role("button", name="Apply to the atlas").click()
    expect(page.get_by_text(re.compile(r"Applied in .* seconds"))).to_be_visible(timeout=60_000)
    expect(page.get_by_text("not applied yet")).to_have_count(0)

    page.get_by_role("link", name="Map", exact=True).click()
    page.wait_for_function(MAP_IS_THERE)
    page.wait_for_function(f"(id) => !({NODE})(id)", arg=GONE)
    assert page.evaluate(lines, KEPT) > before
    expect(page.get_by_text("Written as").locator("..")).to_contain_text("memory consumption")

    page.get_by_role("link", name="Aliases", exact=True).click()
    page.get_by_text("Decided so far").click()
    page.get_by_role("button", name="Undo: merge memory consumption memory footprint").click()
    page.get_by_role("button", name="Apply to the atlas").click()
    expect(page.get_by_text(re.compile(r"Applied in .* seconds"))).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Map", exact=True).click()
    page.wait_for_function(f"(id) => globalThis.__graphx?.map && ({NODE})(id)", arg=GONE)
    watched.assert_quiet()


@pytest.mark.parametrize("watched", LOOKS, indirect=True, ids=lambda look: f"{look['scheme']}-{look['width']}")
def test_looks(watched: Watched, own_address: str, request: pytest.FixtureRequest) -> None:  # noqa: F811
    page = watched.page
    page.goto(f"{own_address}/aliases?node={KEPT}")
    page.get_by_role("button", name="Accept: memory consumption into memory footprint").click()
    expect(page.get_by_text("1 decision not applied yet")).to_be_visible()
    SCREENSHOTS.mkdir(exist_ok=True)
    page.wait_for_timeout(500)  # its style comes a moment after the list
    page.screenshot(path=SCREENSHOTS / f"aliases-{request.node.callspec.id}.png")
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_text("Change a concept").click()
    expect(page.get_by_text("The concept that it is the same as")).to_be_visible()
    watched.assert_quiet()
