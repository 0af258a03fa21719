"""From a pasted page to the map of a new atlas, in a real browser."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from graphx.atlas import load
from tests.conftest import ROOT, SEEDS
from tests.test_browser import LOOKS, MAP_IS_THERE, SCREENSHOTS, Watched, browser, pytestmark, watched

__all__ = ["browser", "pytestmark", "watched"]

LISTING = """Daily Papers

Dec 31

ZooNet: A Graph Neural Network for Zoos

We propose ZooNet, a graph neural network that is trained by federated learning and tested on CIFAR-10.

  • 3 authors
·
Sep 9, 2021 4

YakNet: ZooNets for Yaks

Federated learning with ZooNet is slow. We present YakNet, a graph neural network that is tested on CIFAR-10, too.

ZooNet – a graph neural network for zoos

A copy with a shorter abstract, as another page has it.
"""


@pytest.fixture
def home(atlas_folder: Path, tmp_path: Path) -> Path:
    """Return a folder with an atlas of its own, beside which others can be made."""
    shutil.copytree(atlas_folder, tmp_path / "seeds")
    return tmp_path


@pytest.fixture
def address(home: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "graphx", "app", str(home / "seeds"), "--port", "8841", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
        assert found
        yield found[0]
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)
    assert not any(path.suffix == ".partial" for path in home.iterdir())  # nothing runs on or is left


def test_from_a_pasted_page_to_its_map(watched: Watched, address: str, home: Path) -> None:
    page = watched.open(address)
    page.get_by_role("link", name="Import").click()
    pasted = page.get_by_role("textbox", name="Or paste a saved listing page")
    pasted.fill(LISTING)
    pasted.press("Control+Enter")
    expect(page.get_by_text("3 entries about 2 papers, 0 of them already in seeds.")).to_be_visible()
    expect(page.locator(".gx-card ul.titles")).to_contain_text("YakNet: ZooNets for Yaks")
    page.get_by_text("Make a new atlas of them").click()
    name = page.get_by_role("textbox", name="Its name")
    name.fill("zoo")
    name.press("Enter")
    expect(page.get_by_text(str(home / "zoo.inputs"))).to_be_visible()
    page.get_by_role("button", name="Build the atlas").click()

    steps = page.locator(".gx-card ol.steps")
    expect(steps.locator("li[aria-current=step]")).to_be_visible()
    expect(page.get_by_text("so far,")).to_be_visible()
    expect(page.get_by_role("heading", name="zoo is ready")).to_be_visible(timeout=60_000)
    expect(steps).to_have_count(0)
    expect(page.get_by_text("What merged, and why: 1 paper")).to_be_visible()
    assert len(load(home / "zoo").papers) == 2
    assert [file.name for file in (home / "zoo.inputs").iterdir()] == ["pasted.txt"]

    page.get_by_role("button", name="Look at the map").click()
    expect(page).to_have_url(re.compile("[?&]atlas=zoo"))
    page.wait_for_function(MAP_IS_THERE)
    expect(page.locator("strong").get_by_text("2 papers", exact=True)).to_be_visible()
    page.reload()
    expect(page.locator("strong").get_by_text("2 papers", exact=True)).to_be_visible()
    watched.assert_quiet()


def test_a_build_is_cancelled_and_one_that_runs_ends_with_the_server(
    watched: Watched, address: str, home: Path
) -> None:
    page = watched.page
    page.goto(f"{address}/imports")
    largest = max(SEEDS.iterdir(), key=lambda file: file.stat().st_size)
    more = largest.read_text(encoding="utf-8").replace("the", "thee")
    files = page.locator("input[type=file]")
    files.set_input_files([{"name": "more.txt", "mimeType": "text/plain", "buffer": more.encode()}])
    add = page.get_by_role("button", name="Add to seeds")
    add.click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled. seeds is as it was.")).to_be_visible()
    assert [path.name for path in home.iterdir()] == ["seeds"]
    add.click()
    expect(page.locator("progress[value]")).to_be_visible(timeout=30_000)
    assert any(path.suffix == ".partial" for path in home.iterdir())


@pytest.mark.parametrize("watched", LOOKS, indirect=True, ids=lambda look: f"{look['scheme']}-{look['width']}")
def test_light_dark_and_narrow(watched: Watched, address: str, request: pytest.FixtureRequest) -> None:
    page = watched.page
    page.goto(f"{address}/imports")
    pasted = page.get_by_role("textbox", name="Or paste a saved listing page")
    pasted.fill(LISTING)
    pasted.press("Control+Enter")
    page.get_by_text("What merges, and why").click()
    expect(page.get_by_text("Where they differ, this won:")).to_be_visible()
    page.wait_for_timeout(500)
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"import-{request.node.callspec.id}.png", full_page=True)
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    watched.assert_quiet()
