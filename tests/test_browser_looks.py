"""Every page as people see it: light and dark, wide and narrow, by the rules of WCAG, with a picture of each."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.test_browser import LOOKS, MAP_IS_THERE, SCREENSHOTS, Watched, address, browser, pytestmark, watched  # noqa: F401

PAGES = {
    "map": ("", "Legend"),
    "concept": ("concept?node=concept:federated-learning", "Often together with"),
    "paper": ("paper?node={paper}", "Nearest papers, and why"),
    "communities": ("communities?node=community:c07", "Why it is called so"),
    "compare": ("communities?show=compare&a=c01&b=c07", "More in federated learning"),
    "gaps": ("gaps", "How far to believe this"),
    "timeline": ("timeline", "Only a month and a day"),
    "path": ("path?source=concept:hnsw&target=concept:llm-serving", "is introduced by"),
    "imports": ("imports", "What this atlas was made from"),
    "aliases": ("aliases", "Reject"),
    "export": ("export?within=c07", "Gephi"),
}
"""Where every page is, and words that it shows once it is complete."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


@pytest.mark.parametrize("watched", LOOKS, indirect=True, ids=lambda look: f"{look['scheme']}-{look['width']}")
@pytest.mark.parametrize("name", PAGES)
def test_every_page_in_every_look(
    watched: Watched,  # noqa: F811
    address: str,  # noqa: F811
    name: str,
    request: pytest.FixtureRequest,
    atlas: object,
) -> None:
    page = watched.page
    paper = atlas.papers["paper_id"].iloc[5]  # type: ignore[attr-defined]
    where, words = PAGES[name]
    page.goto(f"{address}/{where.format(paper=paper)}")
    expect(page.get_by_text(words).first).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    if name == "map":
        page.wait_for_function(MAP_IS_THERE)
    page.wait_for_timeout(700)  # what moves comes to rest
    look = request.node.callspec.id.removeprefix(f"{name}-")
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}-{look}.png", full_page=True)
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    expect(page.get_by_test_id("stException")).to_have_count(0)
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    told = [f"{v['id']}: {n['target']} {n['html'][:200]}" for v in found for n in v["nodes"]]
    assert told == []
    watched.assert_quiet()
    assert re.match(rf"{address}/", page.url)
