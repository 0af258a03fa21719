"""The dashboard and the exported page in a real browser.

Skipped where no Chromium is installed, unless GRAPHX_REQUIRE_BROWSER is set.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from graphx.atlas import Atlas
from graphx.writers import write
from tests.conftest import ROOT

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM and "GRAPHX_REQUIRE_BROWSER" not in os.environ, reason="no Chromium here"),
]
SCREENSHOTS = ROOT / "tests" / "screenshots"
CONCEPT = "concept:federated-learning"
PANEL = ".gx-card.scrolls"
"""The card beside a picture."""
MAP_IS_THERE = "() => globalThis.__graphx?.map"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    quiet = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet + as_root)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(atlas_folder: Path) -> Iterator[str]:
    """Serve the atlas of the five pages with the command that users type; yield where."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "graphx", "app", str(atlas_folder), "--port", str(port), "--no-browser"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert server.stdout is not None
    line = server.stdout.readline()  # printed once the server answers
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found, line
    yield found[0]
    server.terminate()
    server.wait(timeout=20)
    server.stdout.close()


class Watched:
    """A page that remembers what went wrong on it."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.said: list[str] = []
        self.outside: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        # Opened anywhere but at its root, Streamlit first asks for its settings below that page, and gets a 404.
        settled = "404" in message.text and "_stcore" in str(message.location.get("url"))
        if message.type in ("error", "warning") and not settled:
            self.said.append(message.text)

    def _request(self, request: Request) -> None:
        if not re.match(r"(https?|ws)://127\.0\.0\.1:|data:|blob:|file:", request.url):
            self.outside.append(request.url)

    def open(self, address: str) -> Page:
        self.page.goto(address)
        self.page.wait_for_function(MAP_IS_THERE, timeout=30_000)
        return self.page

    def assert_quiet(self) -> None:
        assert self.said == []
        assert self.outside == []


@pytest.fixture
def watched(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Watched]:
    look = getattr(request, "param", {})
    context = browser.new_context(
        viewport={"width": look.get("width", 1400), "height": 1000},
        color_scheme=look.get("scheme", "light"),
        accept_downloads=True,
    )
    context.set_default_timeout(20_000)
    yield Watched(context)
    context.close()


def made(page: Page) -> dict[str, int]:
    """Return how often a map was made, updated and taken away; frames are counted, too, but vary."""
    counters: dict[str, int] = page.evaluate("() => __graphx.counters")
    assert counters.pop("frames") > 0
    return counters


def click_node(page: Page, node: str) -> None:
    """Click a node on the canvas, where it is drawn."""
    box = page.get_by_test_id("gx-canvas").bounding_box()
    assert box
    spot = page.evaluate(
        "(id) => { const n = __graphx.map.network; const at = n.canvasToDOM(n.getPositions([id])[id]);"
        " return [at.x, at.y, n.getNodeAt(at)] }",
        node,
    )
    assert spot[2] == node
    page.mouse.click(box["x"] + spot[0], box["y"] + spot[1])


def test_from_the_map_to_a_sentence_and_on(watched: Watched, address: str) -> None:
    page = watched.open(address)
    card = page.locator(PANEL)
    expect(page.get_by_text("352 papers", exact=True)).to_be_visible()
    expect(card).to_contain_text("Start here")

    view = "() => { const n = __graphx.map.network; return [n.getScale(), n.getViewPosition()] }"
    before = page.evaluate(view)
    click_node(page, CONCEPT)
    expect(card.locator("h2")).to_have_text("federated learning")
    expect(card.locator("mark").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"node=concept%3Afederated-learning"))
    assert page.evaluate("() => __graphx.map.network.getSelectedNodes()") == [CONCEPT]
    assert page.evaluate(view) == before  # a click does not move the map

    first = card.locator("ul.papers a").first  # on to a paper
    title = first.inner_text()
    first.click()
    expect(card.locator("h2")).to_have_text(title)
    expect(card.get_by_role("heading", name="Nearest papers, and why")).to_be_visible()
    card.locator(".abstract a.mark").first.click()  # and on to what its abstract names
    expect(card.locator("p.kind.paper")).to_have_count(0)
    # However much was clicked, the map was made once and never anew.
    assert made(page) == {"created": 1, "updated": 0, "destroyed": 0}

    page.go_back()
    expect(card.locator("h2")).to_have_text(title)
    page.get_by_role("link", name="Timeline").click()
    expect(page.locator("h1")).to_be_visible()
    page.get_by_role("link", name="Map", exact=True).click()
    expect(card.locator("h2")).to_have_text(title)
    page.get_by_placeholder("a method, dataset, task, title …").fill("hnsw")
    expect(card.locator("h2")).to_have_text("Search: hnsw")
    card.get_by_role("link", name="HNSW", exact=True).click()
    expect(card.locator("h2")).to_have_text("HNSW")

    watched.assert_quiet()


def test_filters_update_the_map_in_place(watched: Watched, address: str) -> None:
    page = watched.open(f"{address}/?min_papers=4")
    few = page.evaluate("() => __graphx.map.network.body.nodeIndices.length")
    page.get_by_role("button", name="metrics").click()
    page.wait_for_function("(n) => __graphx.map.network.body.nodeIndices.length < n", arg=few)
    expect(page).to_have_url(re.compile("kinds="))
    assert made(page) == {"created": 1, "updated": 1, "destroyed": 0}
    watched.assert_quiet()


def test_the_legend_is_a_filter(watched: Watched, address: str) -> None:
    page = watched.open(address)
    drawn = "() => __graphx.map.parts().nodes.get().filter((n) => !n.hidden).length"
    all_of_them = page.evaluate(drawn)
    page.get_by_role("button", name=re.compile("^federated learning · IoT")).click()
    page.wait_for_function(
        "(n) => __graphx.map.parts().nodes.get().filter((n) => !n.hidden).length < n", arg=all_of_them
    )
    expect(page).to_have_url(re.compile("hide=c07"))
    expect(page.get_by_role("button", name=re.compile("^federated learning · IoT"))).to_have_attribute(
        "aria-pressed", "false"
    )
    page.get_by_role("button", name=re.compile("^federated learning · IoT")).click()
    page.wait_for_function(
        "(n) => __graphx.map.parts().nodes.get().filter((n) => !n.hidden).length === n", arg=all_of_them
    )
    assert made(page) == {"created": 1, "updated": 0, "destroyed": 0}
    watched.assert_quiet()


def test_open_a_community_look_around_a_concept_and_come_back(watched: Watched, address: str) -> None:
    page = watched.open(address)
    crumbs = page.get_by_role("navigation", name="Where you are")
    page.locator(PANEL).get_by_role("link", name="federated learning · IoT").click()
    page.locator(PANEL).get_by_role("link", name="Open on the map").click()
    expect(page).to_have_url(re.compile("within=c07"))
    expect(crumbs).to_contain_text("All papers")
    page.wait_for_function("() => __graphx.map.parts().nodes.length < 100")
    spot = (
        "(id) => { const n = __graphx.map.network, at = n.canvasToDOM(n.getPositions([id])[id]); return [at.x, at.y] }"
    )
    page.wait_for_timeout(800)  # all of it comes into view
    box = page.get_by_test_id("gx-canvas").bounding_box()
    assert box
    x, y = page.evaluate(spot, CONCEPT)
    page.mouse.dblclick(box["x"] + x, box["y"] + y)
    expect(crumbs).to_contain_text("around federated learning")
    expect(page.locator(PANEL).locator("h2")).to_have_text("federated learning")
    crumbs.get_by_role("button", name="All papers").click()
    page.wait_for_function("() => __graphx.map.parts().nodes.length > 500")
    counters = made(page)
    assert (counters["created"], counters["destroyed"]) == (1, 0)
    watched.assert_quiet()


def test_why_two_papers_are_linked(watched: Watched, address: str) -> None:
    page = watched.open(f"{address}/?within=c07&of=Papers")
    page.wait_for_timeout(800)
    middle = page.evaluate(
        "() => { const n = __graphx.map.network; const { nodes, edges } = __graphx.map.parts();"
        " for (const e of edges.get()) {"
        " const [a, b] = [e.from, e.to].map((i) => n.canvasToDOM(n.getPositions([i])[i]));"
        " const at = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };"
        " if (!n.getNodeAt(at) && n.getEdgeAt(at) === e.id) return [at.x, at.y, `link:${e.from} ${e.to}`]; } }"
    )
    box = page.get_by_test_id("gx-canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + middle[0], box["y"] + middle[1])
    panel = page.locator(PANEL)
    expect(panel.locator("h2")).to_have_text("Why these two are linked")
    expect(panel.locator("blockquote").first).to_be_visible()
    assert page.evaluate("() => new URL(location).searchParams.get('node')") == middle[2]
    watched.assert_quiet()


def test_weights_are_changed_in_place(watched: Watched, address: str) -> None:
    page = watched.open(address)
    before = page.evaluate("() => JSON.stringify(__graphx.map.parts().discs.map((d) => d.label))")
    page.get_by_text("How much each kind counts").click()
    slider = page.get_by_role("slider", name="Methods")
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "(before) => JSON.stringify(__graphx.map.parts().discs.map((d) => d.label)) !== before", arg=before
    )
    expect(page).to_have_url(re.compile("methods=0"))
    assert made(page)["created"] == 1
    page.get_by_role("link", name="Communities").click()  # and the other pages see the same
    expect(page).to_have_url(re.compile("communities.*methods=0"))
    watched.assert_quiet()


def test_the_picture_is_saved(watched: Watched, address: str, tmp_path: Path) -> None:
    page = watched.open(address)
    page.wait_for_timeout(500)
    for button, start in (("PNG", b"\x89PNG"), ("SVG", b"<")):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=button, exact=True).click()
        file = tmp_path / f"map.{button}"
        waiting.value.save_as(file)
        assert file.read_bytes().startswith(start)
    drawing = ElementTree.parse(tmp_path / "map.SVG").getroot()
    assert drawing.tag.endswith("svg")
    assert any("clustering" in text for text in drawing.itertext())
    watched.assert_quiet()


def test_the_first_visit_has_a_tour(watched: Watched, address: str) -> None:
    page = watched.open(address)
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Got it").click()
    expect(page.locator(".gx-tour")).to_have_count(0)
    page.reload()
    page.wait_for_function(MAP_IS_THERE)
    expect(page.locator(".gx-tour")).to_have_count(0)
    watched.assert_quiet()


def test_two_visitors_choose_for_themselves(browser: Browser, address: str) -> None:
    contexts = [browser.new_context(viewport={"width": 1400, "height": 1000}) for _ in range(2)]
    one, two = (Watched(context).open(address) for context in contexts)
    click_node(one, CONCEPT)
    expect(one.locator(PANEL).locator("h2")).to_have_text("federated learning")
    two.get_by_role("radio", name="Papers", exact=True).click()
    expect(two).to_have_url(re.compile("of=Papers"))
    expect(two.locator(PANEL)).to_contain_text("Start here")
    assert "node=" not in two.url
    assert "of=" not in one.url
    for context in contexts:
        context.close()


def test_the_map_follows_light_and_dark(watched: Watched, address: str) -> None:
    page = watched.open(address)
    colour = "() => __graphx.map.parts().theme.text"
    light = page.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"(light) => ({colour})() !== light", arg=light)
    assert made(page) == {"created": 1, "updated": 0, "destroyed": 0}
    watched.assert_quiet()


def test_an_address_brings_back_what_it_showed(watched: Watched, address: str) -> None:
    page = watched.open(f"{address}/?node={CONCEPT}&min_papers=3")
    expect(page.locator(PANEL).locator("h2")).to_have_text("federated learning")
    assert page.evaluate("() => __graphx.map.network.getSelectedNodes()") == [CONCEPT]
    watched.assert_quiet()


def test_the_table_chooses_too(watched: Watched, address: str) -> None:
    page = watched.open(address)
    table = page.get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box
    page.mouse.click(box["x"] + 18, box["y"] + 52)  # the box that chooses the first row
    expect(page.locator(PANEL).locator("p.kind")).to_have_text("method")
    expect(page).to_have_url(re.compile("node=concept%3Allm"))  # the largest on the map
    watched.assert_quiet()


def test_the_keyboard_reaches_a_card(watched: Watched, address: str) -> None:
    page = watched.open(address)
    page.locator(PANEL).locator("a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(PANEL).locator("h3").first).to_contain_text("in ")
    expect(page).to_have_url(re.compile("node=concept"))
    watched.assert_quiet()


LOOKS = [{"scheme": scheme, "width": width} for scheme in ("light", "dark") for width in (1400, 420)]


@pytest.mark.parametrize("watched", LOOKS, indirect=True, ids=lambda look: f"{look['scheme']}-{look['width']}")
def test_light_dark_and_narrow(watched: Watched, address: str, request: pytest.FixtureRequest) -> None:
    look = request.node.callspec.id
    page = watched.open(f"{address}/?node={CONCEPT}")
    expect(page.locator(PANEL).locator("h2")).to_have_text("federated learning")
    page.wait_for_timeout(500)  # the map moves to the chosen node
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"map-{look}.png", full_page=True)
    overflow = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0
    canvas = page.get_by_test_id("gx-canvas").bounding_box()
    assert canvas
    assert canvas["height"] > 250
    # Text stands out from its ground (WCAG 2.2, 1.4.3: 4.5 to 1).
    contrast = (
        page.get_by_test_id("gx-card")
        .locator("article")
        .evaluate(
            """(element) => {
          const style = getComputedStyle(element);
          const lum = (c) => c.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const rgb = (name) => style.getPropertyValue(name).trim().match(/[0-9a-f]{2}/gi).map((h) => parseInt(h, 16));
          const [a, b] = [lum(rgb("--st-text-color")), lum(rgb("--st-background-color"))].sort((x, y) => y - x);
          return (a + 0.05) / (b + 0.05);
        }"""
        )
    )
    assert contrast > 7
    watched.assert_quiet()


def test_the_exported_page_works_from_a_file(watched: Watched, atlas: Atlas, tmp_path: Path) -> None:
    write(atlas, tmp_path / "map.html")
    page = watched.page
    page.goto((tmp_path / "map.html").as_uri())
    page.locator("canvas").wait_for()
    card = page.locator(".gx-card")
    expect(card).to_contain_text("Start here")
    card.get_by_role("link", name="federated learning").first.click()
    expect(card.locator("h2")).to_have_text("federated learning")
    card.locator("ul.papers a").first.click()
    expect(card.locator("p.kind")).to_have_text("paper")
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / "export.png")
    watched.assert_quiet()


def test_the_server_answers_only_here(address: str) -> None:
    port = int(address.rsplit(":", 1)[1])
    with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
        assert answer.read() == b"ok"
    listening = Path("/proc/net/tcp")
    if listening.exists():
        rows = [line.split() for line in listening.read_text().splitlines()[1:]]
        bound = {row[1].split(":")[0] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}
        assert bound == {"0100007F"}


def test_a_taken_port_is_passed_over(address: str, atlas_folder: Path) -> None:
    port = address.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "graphx", "app", str(atlas_folder), "--port", port, "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as second:
        assert second.stdout is not None
        line = second.stdout.readline()
        second.terminate()
    assert "http://127.0.0.1:" in line
    assert address not in line


def test_stopping_the_command_stops_the_server(atlas_folder: Path) -> None:
    command = [sys.executable, "-m", "graphx", "app", str(atlas_folder), "--port", "8990", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+:\d+", process.stdout.readline())
        assert found
        process.terminate()
        process.wait(timeout=20)
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(found[0], timeout=5)
