"""The cards of everything that can be chosen: complete, inert, and leading only to what is there."""

import re
from collections.abc import Callable, Iterator
from html import escape
from itertools import pairwise

import pytest

from graphx import query
from graphx.atlas import Atlas
from graphx.cards import card, comparison_card, concept_page, paper_page, to_read, tree
from graphx.cards.html import bar, marked_spans, percent, source_link
from graphx.errors import NotFoundError
from graphx.query import COMMUNITY, CONCEPT, LINK, Selection
from tests.test_show import Tags


def every_card(atlas: Atlas) -> Iterator[str]:
    ids = list(query.network(atlas, Selection()).nodes["node_id"])
    ids += [COMMUNITY + i for i in atlas.communities["community_id"]]
    papers = atlas.papers["paper_id"].to_list()
    ids += [f"{LINK}{one} {other}" for one in papers for other in papers]
    yield from (card(atlas, i) for i in ids)
    for i in atlas.concepts["concept_id"]:
        yield from concept_page(query.concept(atlas, i))
    for i in papers:
        yield from paper_page(query.paper(atlas, i))
    communities = query.list_communities(atlas)
    yield tree(communities, 9, communities["community_id"].iloc[0])
    one, other = communities["community_id"].iloc[[0, -1]]
    yield comparison_card(query.compare_communities(atlas, one, other))
    yield to_read(query.reading_list(atlas, papers[:2]), "on <b>")


@pytest.mark.parametrize("which", ["small", "hostile"])
def test_cards_are_inert_and_lead_to_what_is_there(which: str, request: pytest.FixtureRequest) -> None:
    atlas: Atlas = request.getfixturevalue(which)
    ids = set()
    for html in every_card(atlas):
        assert html.startswith(("<article>", "<article class"))
        assert html.count("<article") == html.count("</article>") == 1
        for tag, attributes in Tags(html).tags:
            assert tag not in {"script", "img", "iframe", "style", "form"}
            assert not [name for name in attributes if name.startswith("on")]
            assert (attributes.get("href") or "?").startswith("?")
            ids.add(attributes.get("data-node"))
        levels = [int(tag[1]) for tag, _ in Tags(html).tags if re.fullmatch(r"h[1-6]", tag)]
        assert all(after <= before + 1 for before, after in pairwise(levels))
    for i in ids - {None}:
        assert card(atlas, str(i))


def test_a_concept_at_a_glance(atlas: Atlas) -> None:
    html = card(atlas, "concept:federated-learning")
    assert re.search(r"No paper here introduces it\. .*>1 uses it<.*>15 only mention it<", html)
    assert "times as many as by chance (lift)" in html
    assert "Communities that name it" in html
    introduced = atlas.concepts[atlas.concepts["introduced_by"].notna() & (atlas.concepts["n_papers"] > 1)].iloc[0]
    html = card(atlas, CONCEPT + introduced["concept_id"])
    assert re.search(r"class='glance'>Introduced in <a [^>]*>[^<]+</a>.*Since then", html)


def test_a_hub_shows_forty_sentences_and_counts_the_rest(atlas: Atlas) -> None:
    html = card(atlas, "concept:llm")
    assert html.count("<blockquote") == 40
    hub = query.concept(atlas, "llm").concept["n_papers"]
    rest = sum(map(int, re.findall(r"and (\d+) more; the concept's page", html)))
    assert rest == hub - 40


def test_a_paper_leads_to_why_and_to_its_communities(atlas: Atlas) -> None:
    paper_id = query.find_paper(atlas, "Matryoshka Quantization")
    html = card(atlas, paper_id)
    near = query.neighbours(atlas, paper_id)["paper_id"].iloc[0]
    assert f"data-node='link:{paper_id} {near}'" in html
    assert f"data-node='community:{query.paper(atlas, paper_id).community['community_id']}'" in html
    _, beside = paper_page(query.paper(atlas, paper_id, 20))
    assert "<details><summary>8 more</summary>" in beside
    assert "No source gives its references" in beside


def test_why_two_papers_are_linked(atlas: Atlas) -> None:
    one, other = (query.find_paper(atlas, name) for name in ("Matryoshka Quantization", "Any-Precision LLM"))
    html = card(atlas, f"{LINK}{one} {other}")
    assert "Both name <small>1 concept</small>" in html
    assert html.count("<mark>model quality</mark>") == 2
    assert "100 %" in html
    assert "cosine 0.68" in html
    assert html.index("Both name") < html.index("Their most alike sentences")
    assert "Both are the same paper." in card(atlas, f"{LINK}{one} {one}")


def test_what_sentences_say_comes_first(small: Atlas) -> None:
    link = small.links[small.links["relation"] == "builds_on"].iloc[0]
    for pair, said in ((("source", "target"), "The first builds on"), (("target", "source"), "The second builds on")):
        html = card(small, f"{LINK}{link[pair[0]]} {link[pair[1]]}")
        assert said in html
        assert "which the other introduces" in html
        assert html.index(said) < html.index("Their most alike sentences")


def test_a_community_says_why_it_is_called_so(atlas: Atlas) -> None:
    community_id = query.find_community(atlas, "federated learning")
    html = card(atlas, COMMUNITY + community_id)
    assert "<h2>federated learning" in html
    assert "<mark>federated learning</mark>" in html
    for title in ("Why it is called so", "Characteristic of it", "Divides into", "At its centre", "lead to other"):
        assert title in html
    part = card(atlas, f"{COMMUNITY}{community_id}.1")
    assert f"Part of <a href='?node=community%3A{community_id}'" in part


@pytest.mark.parametrize("node", ["nothing", "concept:nothing", "community:c999", "link:nothing", "link:a b", ""])
def test_what_is_not_there(atlas: Atlas, node: str) -> None:
    with pytest.raises(NotFoundError):
        card(atlas, node)


def test_names_that_are_near_are_told(atlas: Atlas) -> None:
    with pytest.raises(NotFoundError, match="federated learning"):
        card(atlas, "concept:federatd-learning")
    with pytest.raises(NotFoundError, match="Did you mean: c1"):
        card(atlas, "community:c1")


def test_the_tree_opens_what_is_chosen(atlas: Atlas) -> None:
    communities = query.list_communities(atlas)
    html = tree(communities, 1)
    shown = re.findall(r"data-node='community:([^']+)'", html)
    assert shown == communities.loc[communities["level"] == 0, "community_id"].to_list()
    chosen = communities.loc[communities["level"] == 1, "community_id"].iloc[0]
    html = tree(communities, 1, chosen)
    assert set(re.findall(r"data-node='community:([^']+)'", html)) - set(shown) == set(
        communities.loc[communities["parent"] == chosen.split(".")[0], "community_id"]
    )
    assert html.count("aria-current='true'") == 1
    assert re.search(rf"data-node='community:{chosen.split('.')[0]}'[^>]*aria-expanded='true'", html)
    assert len(re.findall("data-node=", tree(communities, 9))) == len(communities)


def test_two_communities_side_by_side(atlas: Atlas) -> None:
    html = comparison_card(query.compare_communities(atlas, "c01", "c07"))
    assert html.count("<table") == 3
    assert re.search(r"19 of 55 papers name it'>35 %<", html)
    assert "Papers that tie them" in html
    assert "Both are the same community" in comparison_card(query.compare_communities(atlas, "c01", "c01"))


@pytest.mark.parametrize(
    ("make", "html"),
    [
        (lambda: percent(0.001), "<1 %"),
        (lambda: percent(0.0), "0 %"),
        (lambda: percent(0.126), "13 %"),
        (lambda: marked_spans("a<b c", [(0, 3), (2, 5)]), "<mark>a&lt;b</mark> c"),
        (lambda: source_link("javascript:alert(1)"), ""),
        (lambda: source_link(None), ""),
        (lambda: bar(7.0), "<span class='bar ' aria-hidden='true'><span style='width:100.0%'></span></span>"),
    ],
)
def test_words_of_cards(make: Callable[[], str], html: str) -> None:
    assert make() == html
    assert "href='https://a/&#x27;&gt;'" in source_link("https://a/'>")
    assert escape("'") == "&#x27;"
