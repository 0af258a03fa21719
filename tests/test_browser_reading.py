"""What a reader wants to know, found by mouse alone in a real browser."""

import re
from pathlib import Path

import networkx as nx
from playwright.sync_api import Locator, Page, expect

from graphx import query
from graphx.atlas import Atlas
from graphx.query import Selection
from tests.test_browser import Watched, address, browser, pytestmark, watched

__all__ = ["address", "browser", "pytestmark", "watched"]


def cards(page: Page) -> Locator:
    return page.get_by_test_id("gx-card")


def search(page: Page, words: str) -> None:
    page.get_by_placeholder("a method, dataset, task, title …").fill(words)
    expect(cards(page).get_by_role("heading", name=f"Search: {words}")).to_be_visible()


def go(page: Page, title: str) -> None:
    page.get_by_role("link", name=title, exact=True).click()


def test_which_papers_use_differentially_private_clustering_and_which_sentence_says_so(
    watched: Watched, address: str
) -> None:
    page = watched.open(address)
    go(page, "Concept")
    expect(page.get_by_role("heading", name="Concepts")).to_be_visible()
    search(page, "differentially private clustering")
    cards(page).get_by_role("link", name="Differentially Private Clustering Algorithm", exact=True).click()
    card = cards(page).first
    expect(card.locator("h2")).to_have_text("Differentially Private Clustering Algorithm")
    expect(card.locator("mark").first).to_contain_text("Differentially Private Clustering")
    expect(page).to_have_url(re.compile("/concept.*node=concept%3Adifferentially-private-clustering"))
    card.locator("ul.papers a").first.click()  # on to the paper, on its own page
    expect(page).to_have_url(re.compile(r"/paper\?node=title"))
    expect(cards(page).first.locator("h2")).to_contain_text("Differentially Private Clustering Algorithm for Well")
    expect(cards(page).first.locator("a.mark.task").first).to_be_visible()
    watched.assert_quiet()


def test_what_ties_matryoshka_quantization_to_any_precision_llm(watched: Watched, address: str) -> None:
    page = watched.open(address)
    go(page, "Paper")
    expect(page.get_by_role("heading", name="Papers", exact=True)).to_be_visible()
    search(page, "Matryoshka Quantization")
    cards(page).get_by_role("link", name="Matryoshka Quantization", exact=True).last.click()
    expect(page).to_have_url(re.compile(r"/paper\?node=title"))
    beside = cards(page).filter(has_text="Nearest papers, and why").last
    expect(page.get_by_role("heading", name=re.compile("^Read next"))).to_be_visible()  # all of the page is there
    beside.get_by_text("8 more").click()
    beside.get_by_role("link", name=re.compile("^why.*Any-Precision LLM")).click()
    why = cards(page).filter(has_text="Why these two are linked")
    expect(why.locator("mark", has_text="model quality")).to_have_count(2)
    expect(why).to_contain_text("cosine 0.68")
    expect(page).to_have_url(re.compile("why=title"))
    page.reload()  # the address brings it back
    expect(cards(page).filter(has_text="Why these two are linked")).to_be_visible()


def test_which_community_is_about_federated_learning(watched: Watched, address: str, atlas: Atlas) -> None:
    page = watched.open(address)
    go(page, "Communities")
    tree = cards(page).first
    tree.get_by_role("link", name=re.compile("federated learning · IoT")).click()
    card = cards(page).last
    expect(card.locator("h2")).to_contain_text("federated learning")
    expect(card.locator("mark").first).to_be_visible()
    expect(tree.locator("[aria-current]")).to_contain_text("federated learning · IoT")
    community = query.community(atlas, query.find_community(atlas, "federated learning"))
    for label in community.below["label"]:
        expect(card.get_by_role("link", name=label)).to_be_visible()
    bridge = card.get_by_role("heading", name="Papers that lead to other communities").locator("xpath=following::ul[1]")
    expect(bridge.get_by_role("link", name=community.bridges["title"].iloc[0])).to_be_visible()
    bridge.locator("a.why").first.click()
    expect(cards(page).last.locator("h2")).to_have_text("Why these two are linked")
    page.go_back()
    expect(cards(page).last.locator("h2")).to_contain_text("federated learning")
    cards(page).last.get_by_role("link", name="Compare it").click()
    expect(cards(page).filter(has_text="Papers that tie them")).to_be_visible()
    expect(page).to_have_url(re.compile("a=c07"))
    watched.assert_quiet()


def test_the_table_of_communities_chooses_too(watched: Watched, address: str) -> None:
    page = watched.open(address)
    go(page, "Communities")
    expect(cards(page).last).to_contain_text("A community is a group of papers")
    table = page.get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box
    page.mouse.click(box["x"] + 18, box["y"] + 52)
    expect(cards(page).last.locator("p.kind")).to_have_text("community")
    expect(cards(page).first.locator("[aria-current]")).to_be_visible()
    expect(page).to_have_url(re.compile("node=community%3Ac01"))
    watched.assert_quiet()


def test_the_federated_community_to_gephi(watched: Watched, address: str, atlas: Atlas, tmp_path: Path) -> None:
    page = watched.open(address)
    go(page, "Communities")
    cards(page).first.get_by_role("link", name=re.compile("federated learning · IoT")).click()
    cards(page).last.get_by_role("link", name="Export it").click()
    expect(page.get_by_role("heading", name="Export", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/export\?.*within=c07"))
    with page.expect_download() as waiting:
        page.get_by_role("button", name="GEXF").click()
    assert waiting.value.suggested_filename == "graphx-c07.gexf"
    waiting.value.save_as(tmp_path / "a.gexf")
    graph = nx.read_gexf(tmp_path / "a.gexf")
    papers = {node for node, data in graph.nodes(data=True) if data["type"] == "paper"}
    assert papers == set(query.community(atlas, "c07").papers["paper_id"])
    for _, node in graph.nodes(data=True):
        assert {"color", "position", "size"} <= set(node["viz"])
    whole = query.network(atlas, Selection(within="c07"))
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (len(whole.nodes), len(whole.edges))
    watched.assert_quiet()


def test_the_keyboard_walks_the_tree(watched: Watched, address: str) -> None:
    page = watched.open(address)
    go(page, "Communities")
    expect(cards(page).last).to_contain_text("A community is a group of papers")
    cards(page).first.locator("a").nth(2).focus()
    page.keyboard.press("Enter")
    expect(cards(page).first.locator("[aria-current]")).to_be_visible()
    expect(page).to_have_url(re.compile("node=community"))
    watched.assert_quiet()
