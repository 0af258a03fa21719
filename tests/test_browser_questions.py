"""The pages of gaps, timeline and path in a real browser, with the mouse alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.test_browser import Watched, address, browser, pytestmark, watched

__all__ = ["address", "browser", "pytestmark", "watched"]


def open_page(watched: Watched, address: str, title: str) -> Page:
    """Come in by the map, as visitors do, and go to a page by the bar at the top."""
    page = watched.open(address)
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    return page


def test_a_plausible_pair_that_nobody_tried(watched: Watched, address: str) -> None:
    page = open_page(watched, address, "Gaps")
    grid = page.get_by_role("table", name="Methods × datasets")
    cell = grid.get_by_role("button", name=re.compile(r"nobody tried it.*gap no\. 1$"))
    method, other = (cell.get_attribute("aria-label") or "").split(":")[0].split(" × ")
    cell.click()
    panel = page.get_by_test_id("gx-card").last
    expect(panel.get_by_role("heading", name=f"{method} × {other}")).to_be_visible()
    expect(panel).to_contain_text("no paper here names both")
    expect(panel.locator("mark")).to_have_count(6)
    expect(cell).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile(r"/gaps\?.*cell=resnet%7Cimagenet"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 1400

    panel.locator(".chips a").first.click()  # what stands with both, and back
    expect(panel.locator("h2")).not_to_contain_text("×")
    page.get_by_role("button", name="Back to the pair").click()
    expect(panel.get_by_role("heading", name=f"{method} × {other}")).to_be_visible()

    tried = grid.get_by_role("button", name=re.compile(r"2 papers name both")).first
    tried.click()
    expect(panel.get_by_role("heading", name="Who tried it")).to_be_visible()
    expect(panel.locator("ul.papers > li")).to_have_count(2)

    page.get_by_text("methods × tasks", exact=True).click()
    expect(page.get_by_role("table", name="Methods × tasks")).to_be_visible()
    expect(panel).to_contain_text("What nobody tried")
    watched.assert_quiet()


@pytest.mark.parametrize("watched", [{"width": 420}], indirect=True)
def test_the_grid_scrolls_in_its_box_and_keeps_the_focus(watched: Watched, address: str) -> None:
    page = watched.page
    page.goto(f"{address}/gaps?between=task")
    grid = page.get_by_role("table", name="Methods × tasks")
    expect(grid).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    last = grid.locator("tbody tr").first.get_by_role("button").last
    last.scroll_into_view_if_needed()
    head = grid.get_by_role("rowheader").first.bounding_box()
    assert head
    assert head["x"] >= 0  # the names of the rows stay in view
    last.focus()
    page.keyboard.press("Enter")
    expect(last).to_have_attribute("aria-pressed", "true")
    expect(last).to_be_focused()
    expect(last).to_be_in_viewport()


def test_the_way_from_hnsw_to_llm_serving(watched: Watched, address: str) -> None:
    page = open_page(watched, address, "Path")
    lists = page.get_by_text("Or choose from those named most")
    panel = page.get_by_test_id("gx-card").last

    lists.nth(1).click()
    page.get_by_role("button", name="LLM serving", exact=True).click()
    expect(page.get_by_label("To", exact=True)).to_have_value("LLM serving")

    lists.nth(0).click()  # what it is for is named more often than HNSW itself
    page.get_by_role("button", name="ANNS", exact=True).first.click()
    expect(panel.locator("h2")).to_have_text("ANNS")
    panel.get_by_role("link", name=re.compile("Hierarchical Navigable Small World")).first.click()
    panel.locator(".abstract a.mark", has_text="HNSW").first.click()
    expect(panel.locator("h2")).to_have_text("HNSW")
    page.get_by_role("button", name="Start the path here").click()

    expect(page).to_have_url(re.compile(r"source=concept%3Ahnsw"))
    chain = page.locator("ol.chain")
    expect(chain.locator(".station").first).to_contain_text("HNSW")
    expect(chain.locator(".station").last).to_contain_text("LLM serving")
    stations = chain.locator(".station").count()
    expect(chain.locator("blockquote mark")).to_have_count(stations - 1)
    expect(page.locator("svg.ways .stop.shown")).to_have_count(stations)

    stop = page.locator("svg.ways .stop.shown").nth(1)
    stop.click()  # the picture chooses, too
    expect(panel.locator("p.kind")).to_have_text("paper")
    expect(page.locator("svg.ways .halo")).to_have_count(1)
    page.get_by_text("Way 2", exact=True).click()
    expect(page).to_have_url(re.compile(r"k=2"))
    expect(page.get_by_text("as convincing as the first way")).to_be_visible()
    page.get_by_role("button", name="⇄").click()
    expect(chain.locator(".station").first).to_contain_text("LLM serving")
    watched.assert_quiet()


def test_dated_papers_are_dots_that_can_be_chosen(watched: Watched, address: str) -> None:
    page = open_page(watched, address, "Timeline")
    expect(page.get_by_text("31 of 352 papers have a year")).to_be_visible()
    dot = page.get_by_role("link", name=re.compile(r"\(2010-09-09\)"))
    dot.click()
    panel = page.get_by_test_id("gx-card").last
    expect(panel.locator("h2")).to_have_text(
        "Fat Polygonal Partitions with Applications to Visualization and Embeddings"
    )
    expect(dot).to_have_attribute("aria-current", "true")
    watched.assert_quiet()
