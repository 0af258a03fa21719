"""The renderer of many points and the export of pictures, in a browser, with data made here."""

import base64
import struct
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route

from graphx.view import vis_script
from tests.conftest import ROOT
from tests.test_browser import browser, pytestmark  # noqa: F401 (a fixture, and where these tests are skipped)

FRONTEND = ROOT / "graphx" / "ui" / "frontend"
SITE = "http://127.0.0.1:9/"  # answered by the test itself
PAGE = """<!doctype html><meta charset="utf-8"><style>
:root { --st-text-color: #222222; --st-background-color: #fffff0; --st-primary-color: #0055aa }
body { margin: 0 } #map { width: 900px; height: 500px; margin: 20px }
</style><div id="map"></div>"""
START = """async (model) => {
  globalThis.said = [];
  const [points, picture] = await Promise.all([import("/points.js"), import("/picture.js")]);
  const on = Object.fromEntries(["select", "open", "hover"].map((name) => [name, (...args) => {
    if (name !== "hover" || args[0]) said.push([name, args[0]]);
    if (name === "select") map.select(args[0], false);
  }]));
  Object.assign(globalThis, { picture, model, map: points.drawPoints(document.querySelector("#map"), model, on) });
}"""
HOSTILE = "</text><script>alert(1)</script> & \"'\x01\ud800"
FAR = {  # alone, outside all bubbles
    "a": (-950, -950),
    "b": (9950, -950),
    "c": (-950, 950),
    "concept:d": (4500, 900),
}


def packed(values: Any, form: str) -> str:
    return base64.b64encode(np.asarray(values).astype(form).tobytes()).decode()


def made_model(each: int = 5_000) -> dict[str, Any]:
    """Return 20,004 points: two communities with two parts each, full of papers, and four points alone."""
    angle, reach = np.arange(each) * 2.399963, 390 * np.sqrt((np.arange(each) + 0.5) / each)
    parts = [-450, 450, 8550, 9450]
    x = np.concatenate([[p[0] for p in FAR.values()], *(middle + reach * np.cos(angle) for middle in parts)])
    y = np.concatenate([[p[1] for p in FAR.values()], *(reach * np.sin(angle) for _ in parts)])
    n = len(x)
    shape = np.zeros(n)
    shape[3] = 2
    discs = [
        {"id": "c1", "label": "graphs · trees", "level": 0, "parent": None, "n": 2 * each, "x": 0, "y": 0, "r": 1000},
        {"id": "c2", "label": HOSTILE, "level": 0, "parent": None, "n": 2 * each, "x": 9000, "y": 0, "r": 1000},
    ]
    discs += [
        {"id": f"c{1 + i // 2}.{1 + i % 2}", "label": f"part {i}", "level": 1, "parent": f"c{1 + i // 2}",
         "n": each, "x": middle, "y": 0, "r": 400}
        for i, middle in enumerate(parts)
    ]  # fmt: skip
    groups = [("alone", "#d55e00", len(FAR)), ("c1", "#3b82c4", 2 * each), ("c2", "#e69f00", 2 * each)]
    return {
        "points": {
            "n": n, "x": packed(x, "<f4"), "y": packed(y, "<f4"), "size": packed(np.arange(n) % 97, "u1"),
            "group": packed(np.repeat([0, 1, 2], [n for _, _, n in groups]), "<u2"), "shape": packed(shape, "u1"),
            "ids": [*FAR, *(f"p{i}" for i in range(n - len(FAR)))],
            "labels": [HOSTILE, *(f"Paper {i}" for i in range(1, n))], "about": ["paper, 2020"] * n,
        },
        "edges": {"source": packed([0, 0, 0], "<u4"), "target": packed([1, 2, 3], "<u4")},
        "groups": [{"id": i, "label": i, "colour": colour, "n": n} for i, colour, n in groups],
        "discs": [{**disc, "colour": "#3b82c4"} for disc in discs],
    }  # fmt: skip


def answer(route: Route) -> None:
    """Answer with the page, or with a file of the package."""
    name = route.request.url.removeprefix(SITE)
    if name.endswith(".js"):
        route.fulfill(body=(FRONTEND / name).read_text(encoding="utf-8"), content_type="text/javascript")
    else:
        route.fulfill(body=PAGE if not name else "", content_type="text/html")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:  # noqa: F811
    context = browser.new_context(viewport={"width": 1000, "height": 560}, reduced_motion="reduce")
    context.set_default_timeout(20_000)
    context.route("**/*", answer)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(SITE)
    page.evaluate(START, made_model())
    yield page
    assert wrong == []
    context.close()


def at(page: Page, node: str) -> tuple[float, float]:
    """Return where a point is, in the window."""
    spot = page.evaluate("(id) => map.where(id)", node)
    return spot["x"] + 20, spot["y"] + 20


def in_world(page: Page, x: float, y: float) -> tuple[float, float]:
    view = page.evaluate("() => map.view()")
    return x * view["k"] + view["x"] + 20, y * view["k"] + view["y"] + 20


def said(page: Page, name: str) -> Any:
    """Wait until the map says something, and return it; what it says while the mouse moves is left out."""
    find = "(name) => said.find(([kind]) => kind === name)"
    page.wait_for_function(find, arg=name)
    value = page.evaluate(find, name)[1]
    page.evaluate("() => { said.length = 0 }")
    return value


def settled(page: Page) -> None:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("node", FAR)
def test_points_are_found_under_the_pointer(page: Page, node: str) -> None:
    x, y = at(page, node)
    page.mouse.move(x, y)
    assert said(page, "hover")["about"] == ["paper, 2020"]
    view = page.evaluate("() => map.view()")
    page.mouse.click(x, y)
    assert said(page, "select") == node
    settled(page)
    assert page.evaluate("() => map.view()") == view  # choosing does not move the map
    assert page.evaluate("() => map.scene().items.filter((item) => item.ring).length") == 1


def test_every_point_is_found_once_there_is_room(page: Page) -> None:
    page.evaluate("() => map.open('p17')")
    settled(page)
    wrong = page.evaluate("""() => {
      const seen = map.scene().items.filter((i) => i.kind === "mark").map(({ x, y }) => map.pick(x, y));
      const texts = new Set(map.scene().items.map((i) => i.id));
      return [seen.length, model.points.ids.filter((id) => {
        const { x, y } = map.where(id);
        return x > 0 && y > 0 && x < 900 && y < 500 && map.pick(x, y)?.id !== id && !texts.has(map.pick(x, y)?.id);
      })];
    }""")
    assert wrong[0] > 20
    assert wrong[1] == []


def test_bubbles_are_chosen_and_opened(page: Page) -> None:
    page.mouse.click(*in_world(page, -450, 60))  # full of dots: the bubble is meant
    assert said(page, "select") == "community:c1"
    page.mouse.click(*in_world(page, 4500, -300))
    assert said(page, "select") is None
    name = page.evaluate("() => map.scene().items.find((i) => i.text === 'graphs')")
    page.mouse.dblclick(name["x"] + 20, name["y"] + 16)
    assert said(page, "open") == "community:c1"
    settled(page)
    assert page.evaluate("() => map.scene().items.filter((i) => i.kind === 'text').map((i) => i.text)").count("part 0")
    view = page.evaluate("() => map.view()")
    assert view["k"] * 2000 == pytest.approx(500 / 1.16)
    page.mouse.click(*in_world(page, -450, 60))
    assert said(page, "select") == "community:c1.1"
    page.locator("canvas").press("Escape")
    assert said(page, "select") is None
    page.locator("canvas").press("ArrowRight")
    settled(page)
    assert page.evaluate("() => map.view().x") == view["x"] - 60


def test_a_link_of_the_chosen_paper_is_chosen(page: Page) -> None:
    page.evaluate("() => map.select('a')")
    settled(page)
    assert page.evaluate("() => map.scene().items.filter((i) => i.kind === 'line').length") == 3
    page.mouse.click(*in_world(page, 4000, -950))
    assert said(page, "select") == "link:a b"
    settled(page)
    assert page.evaluate("() => map.scene().items.filter((i) => i.kind === 'line').length") == 1
    assert page.evaluate("() => map.scene().items.filter((i) => i.ring).length") == 2


def test_bring_into_view_hide_update_and_counters(page: Page) -> None:
    page.evaluate("() => map.select('b', true)")
    settled(page)
    assert page.evaluate("() => map.where('b')") == {"x": pytest.approx(450), "y": pytest.approx(250)}
    view = page.evaluate("() => map.view()")
    page.evaluate("() => map.update(model)")
    settled(page)
    assert page.evaluate("() => map.view()") == view
    assert page.evaluate("() => map.pick(450, 250).id") == "b"
    assert page.evaluate("() => map.scene().items.filter((i) => i.ring).length") == 1  # still chosen
    page.evaluate("() => { map.select(null); map.hide(new Set(['alone'])) }")
    settled(page)
    assert page.evaluate("() => map.pick(450, 250)") is None
    assert page.evaluate("() => map.scene().items.filter((i) => i.kind === 'mark' && i.colour === '#d55e00')") == []
    still = page.evaluate("() => map.counters.frames")
    page.wait_for_timeout(300)
    counters = page.evaluate("() => ({ ...map.counters })")
    assert counters == {"created": 1, "updated": 1, "destroyed": 0, "frames": still}  # at rest nothing is drawn
    page.evaluate("() => { map.destroy(); map.destroy() }")
    assert page.evaluate("() => map.counters.destroyed") == 1
    assert page.locator("canvas").count() == 0


def test_drag_wheel_size_and_theme(page: Page) -> None:
    fitted = page.evaluate("() => map.view()")
    page.evaluate("() => { document.querySelector('#map').style.width = '800px' }")
    page.wait_for_function("() => map.canvas().width === 800")
    assert page.evaluate("() => map.view().k") < fitted["k"]  # nobody has moved it: it follows
    before = page.evaluate("() => map.view()")
    page.mouse.move(300, 250)
    page.mouse.down()
    page.mouse.move(340, 230, steps=4)
    page.mouse.up()
    moved = page.evaluate("() => map.view()")
    assert (moved["x"] - before["x"], moved["y"] - before["y"]) == (pytest.approx(40), pytest.approx(-20))
    page.mouse.wheel(0, -200)
    page.wait_for_function("(k) => map.view().k > k", arg=moved["k"])
    zoomed = page.evaluate("() => map.view()")
    for axis, pointer in (("x", 320), ("y", 210)):  # what was under the pointer still is
        world = [(pointer - view[axis]) / view["k"] for view in (moved, zoomed)]
        assert world[0] == pytest.approx(world[1], abs=0.01)
    page.evaluate("() => { document.documentElement.style.setProperty('--st-background-color', '#101010') }")
    page.evaluate("() => map.retheme()")
    settled(page)
    assert page.evaluate("() => map.scene().background") == "#101010"
    assert page.evaluate("() => map.view()") == zoomed
    assert page.evaluate("() => said") == []  # nothing of that is a click


def test_picture_of_pixels(page: Page) -> None:
    page.evaluate("() => map.open('a')")
    settled(page)
    data = page.evaluate("""async () => {
      const blob = await picture.toPng(map.canvas(), "#fffff0", 2);
      const bitmap = await createImageBitmap(blob);
      const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      pen.drawImage(bitmap, 0, 0);
      const at = ({ x, y }) => [...pen.getImageData(2 * x, 2 * y, 1, 1).data];
      return [blob.type, bitmap.width, bitmap.height, at({ x: 2, y: 250 }), at(map.where("a"))];
    }""")
    assert data[:4] == ["image/png", 1800, 1000, [255, 255, 240, 255]]
    assert data[4][0] > 200 > 120 > data[4][2]  # an orange dot
    with page.expect_download() as download:
        page.evaluate("async () => picture.save(await picture.toPng(map.canvas(), '#fff', 1), 'map.png')")
    assert download.value.suggested_filename == "map.png"
    head = download.value.path().read_bytes()[:24]
    assert struct.unpack(">II", head[16:]) == (900, 500)


def test_drawing_of_points(page: Page) -> None:
    page.evaluate("() => map.select('a')")
    settled(page)
    svg = page.evaluate("() => picture.toSvg(map.scene())")
    root = ET.fromstring(svg)
    tags = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert "script" not in tags
    assert tags.count("line") == 3
    assert tags.count("circle") > 20_000
    texts = {"".join(element.itertext()) for element in root.iter() if element.tag.endswith("}text")}
    assert any(text.startswith("</text><script>alert(1)</script>") for text in texts)
    assert all("\x01" not in text for text in texts)


def test_drawing_of_a_network(page: Page) -> None:
    page.add_script_tag(content=vis_script())
    svg = page.evaluate("""async (hostile) => {
      const host = document.querySelector("#map");
      map.destroy();
      const look = { shape: "diamond", size: 20, color: "#3b82c4" };
      const nodes = new vis.DataSet([
        { id: "a", x: -100, y: 0, ...look }, { id: "b", x: 100, y: 0, ...look, shape: "dot" },
        { id: "c", x: 0, y: 50, hidden: true, ...look },
      ]);
      const edges = new vis.DataSet([
        { id: 1, from: "a", to: "b", arrows: "to", width: 2, color: { color: "#222222", opacity: 0.5 } },
        { id: 2, from: "a", to: "c" },
      ]);
      const network = new vis.Network(host, { nodes, edges }, { physics: false });
      network.on("afterDrawing", (pen) => {
        Object.assign(pen, { font: "600 13px serif", fillStyle: "#22222280" });
        pen.fillText(hostile, -100, 40);
      });
      network.moveTo({ position: { x: 0, y: 0 }, scale: 2 });
      network.selectNodes(["a"]);
      const theme = { text: "#222222", background: "#fffff0", accent: "#0055aa", font: "serif" };
      const discs = [{ x: -100, y: 0, r: 60, colour: "#199e77" }, { x: 9000, y: 0, r: 60, colour: "#199e77" }];
      return picture.toSvg(picture.sceneOfNetwork(network, nodes, edges, discs, theme));
    }""", HOSTILE)  # fmt: skip
    root = ET.fromstring(svg)
    found = [(element.tag.rpartition("}")[2], element.attrib) for element in root.iter()]
    circles = [attributes for tag, attributes in found if tag == "circle"]
    assert [(c["cx"], c["cy"], c["r"]) for c in circles] == [
        ("250", "250", "120"),  # the disc in sight
        ("250", "250", "35"),  # the ring of what is chosen
        ("650", "250", "40"),
    ]
    assert [(a["x1"], a["x2"]) for tag, a in found if tag == "line"] == [("250", "650")]
    assert len([a for tag, a in found if tag == "polygon"]) == 2  # a diamond and the tip of an arrow
    text = next(element for element in root.iter() if element.tag.endswith("}text"))
    assert (text.attrib, "".join(text.itertext())[:15]) == ({"x": "250", "y": "330"}, "</text><script>")
