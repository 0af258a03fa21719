"""The pictures that Python writes: what is in them, that they can be read aloud, and that no text becomes markup."""

from xml.etree import ElementTree

import pandas as pd
import pytest

from graphx.atlas import Atlas
from graphx.cards.chain import browse, chain, hits, ways
from graphx.cards.heat import belief, heat_table, legend, pair_card
from graphx.cards.shapes import shape
from graphx.cards.streams import concept_years, dated_papers, streams
from graphx.query import backtest, dated, heat, history, list_concepts, pair, path, search, trends
from graphx.tables import Kind
from tests.handmade import Made, atlas_of

EVIL = "<img src=x onerror=alert(1)>'\"&"
DATA = "</text><script>alert(2)</script>"
KINDS = {DATA: Kind.DATASET, "roses": Kind.DATASET, "naming": Kind.TASK}


def tree(html: str) -> ElementTree.Element:
    """Read HTML that Python wrote as XML, which fails on anything that is not closed or quoted."""
    return ElementTree.fromstring(f"<root>{html}</root>".replace("<details open>", "<details>"))


def words(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def named(found: ElementTree.Element, attribute: str) -> list[ElementTree.Element]:
    return [element for element in found.iter() if attribute in element.attrib]


@pytest.fixture(scope="module")
def hostile() -> Atlas:
    """Make an atlas whose names are markup, over ten years, in which one pair was never tried."""
    pairs = [(EVIL, "roses"), ("ResNet", "roses"), ("ResNet", DATA)]
    papers = [
        Made([method, other, "naming", *(["late"] if year > 2016 else [])], year=year)
        for year in range(2010, 2020)
        for method, other in pairs
        for _ in range(6)
    ]
    return atlas_of([*papers, *[Made([EVIL, "naming"], "--12-29")] * 3, *[Made([DATA, "naming"])] * 3], KINDS)


def all_pictures(atlas: Atlas) -> list[str]:
    way = path(atlas, f"concept:{EVIL}", f"concept:{DATA}")
    return [
        heat_table(heat(atlas), (EVIL, DATA), EVIL),
        pair_card(pair(atlas, EVIL, DATA)),
        pair_card(pair(atlas, EVIL, "roses")),
        belief(backtest(atlas, k=(1, 2)), "elsewhere", "dataset"),
        streams(trends(atlas), f"concept:{EVIL}"),
        concept_years(history(atlas, EVIL), EVIL),
        dated_papers(dated(atlas), None),
        chain(way[way["path"] == 1], 1.0),
        ways(way, 1, f"concept:{EVIL}"),
        hits(search(atlas, "img"), "source"),
        browse({"method": list_concepts(atlas, kinds=("method",))}, "target", opened=True),
    ]


def test_no_text_becomes_markup(hostile: Atlas) -> None:
    for html in all_pictures(hostile):
        found = tree(html)
        assert not [e.tag for e in found.iter() if e.tag in ("script", "img")]
        assert not [name for e in found.iter() for name in e.attrib if name.startswith("on")]
    assert EVIL in "".join(words(tree(html)) for html in all_pictures(hostile))


def test_all_that_can_be_clicked_is_reached_by_the_keyboard_and_has_a_name(hostile: Atlas) -> None:
    seen = 0
    for html in all_pictures(hostile):
        for element in tree(html).iter():
            if {"data-node", "data-do", "data-page"} & set(element.attrib):
                seen += 1
                assert element.tag in ("a", "button") or element.get("tabindex") == "0"
                assert element.tag != "a" or element.get("href")
                assert (element.get("aria-label") or words(element)).strip()
    assert seen > 30


def test_the_grid_is_a_table_with_heads(hostile: Atlas) -> None:
    found = tree(heat_table(heat(hostile), (EVIL, DATA), "methods × datasets"))
    rows = found.findall(".//tbody/tr")
    assert words(found.find(".//caption")) == "methods × datasets"
    assert len(found.findall(".//thead/tr/th[@scope='col']")) == 2
    assert len(rows) == len(found.findall(".//tbody/tr/th[@scope='row']")) == 3
    pressed = [b for b in found.iter("button") if b.get("aria-pressed") == "true"]
    assert [(b.get("data-method"), b.get("data-other")) for b in pressed] == [(EVIL, DATA)]
    assert "nobody tried it" in pressed[0].get("aria-label")
    assert "gap no. 1" in pressed[0].get("aria-label")
    tried = next(b for b in found.iter("button") if (b.get("data-method"), b.get("data-other")) == (EVIL, "roses"))
    assert words(tried) == "60"  # a number, so that nobody has to tell colours apart
    assert "60 papers name both" in tried.get("aria-label")
    assert len(tree(legend()).findall(".//li")) == 4


def test_the_card_of_a_pair_leads_on(hostile: Atlas) -> None:
    gap = tree(pair_card(pair(hostile, EVIL, DATA)))
    assert "no paper here names both" in words(gap)
    assert any(e.get("data-source") == f"concept:{EVIL}" for e in named(gap, "data-page"))
    assert "concept:naming" in [e.get("data-node") for e in named(gap, "data-node")]
    assert {EVIL, DATA} <= {words(mark) for mark in gap.iter("mark")}
    tried = tree(pair_card(pair(hostile, "ResNet", "roses")))
    assert "60 papers name both" in words(tried)
    assert "and 48 more" in words(tried)


def test_how_far_to_believe_it(hostile: Atlas) -> None:
    measured = backtest(hostile, k=(1, 2))
    assert measured.empty
    assert "can't be measured" in words(tree(belief(measured, "on others", "dataset")))
    measured = pd.DataFrame([{"k": 20, "hits": 9, "hit_at_k": 0.45, "recall": 0, "popularity": 0.05, "random": 0.001}])
    measured.attrs["note"] = "75 papers answered"
    found = tree(belief(measured, "on others", "dataset"))
    assert [words(e) for e in found.findall(".//tbody/tr/*")] == ["first 20", "45 %", "5 %", "0.1 %"]


def test_streams_say_in_words_what_they_show(hostile: Atlas) -> None:
    rising = trends(hostile)
    found = tree(streams(rising, "concept:late"))
    late = next(a for a in found.iter("a") if a.get("data-node") == "concept:late")
    assert late.get("aria-current") == "true"
    assert "rising" in late.get("aria-label")
    assert "0 % → 100 %" in words(late)
    assert "burst 2017 – 2019" in words(late)
    assert late.find(".//rect[@class='band']").attrib["x"] == "700"
    assert next(t.text for t in late.iter("title")) == "2010: 0 of 18 papers (0 %)"
    assert len(late.findall(".//svg[@class='method']")) == 1
    assert not [a for a in found.iter("a") if a is not late and "aria-current" in a.attrib]


def test_the_years_of_a_concept() -> None:
    rows = [
        {"period": str(y), "introduces": y == 2019, "uses": y - 2019, "compares": 0, "mentions": 1}
        for y in (2019, 2020)
    ]
    frame = pd.DataFrame(rows).astype({"introduces": int}).assign(papers=9)
    frame.attrs["note"] = "4 of the 5 papers have a date."
    found = tree(concept_years(frame, "BERT"))
    assert found.find(".//svg[@role='img']").get("aria-label") == "Papers that name BERT by period, first in 2019"
    assert [t.text for t in found.iter("title")] == [
        "2019: introduced by 1 paper, mentioned by 1 paper",
        "2020: used by 1 paper, mentioned by 1 paper",
    ]
    assert "★ 2" in words(found)
    assert "4 of the 5" in words(found)
    empty = frame.head(0)
    empty.attrs = {"note": "No paper"}
    assert not list(tree(concept_years(empty, "BERT")).iter("svg"))


def test_dated_papers_are_dots_in_their_year(atlas: Atlas) -> None:
    found = tree(dated_papers(dated(atlas), None))
    years = {words(li.find("b")): len(li.findall(".//a")) for li in found.iter("li") if li.get("class") == "year"}
    assert years["2024"] == 10
    assert years["2011"] == 0
    assert sum(years.values()) == 31
    assert "12-29" in words(found)
    assert not list(tree(dated_papers(dated(atlas_of([])), None)).iter("a"))


def test_a_path_is_a_chain_of_sentences_and_a_picture(atlas: Atlas) -> None:
    found = path(atlas, "concept:hnsw", "concept:llm-serving")
    first = found[found["path"] == 1]
    told = tree(chain(first, float(first["score"].iloc[0])))
    assert len(told.findall(".//ol/li")) == len(first)
    assert len(told.findall(".//blockquote")) == len(first) - 1
    assert all(quote.find("mark") is not None for quote in told.iter("blockquote"))
    assert "is introduced by" in words(told)
    assert "the most convincing way" in words(told)
    second = found[found["path"] == 2]
    assert "as convincing as the first way" in words(tree(chain(second, float(first["score"].iloc[0]))))
    picture = tree(ways(found, 1, str(first["node_id"].iloc[2])))
    stops = [g.get("data-node") for g in picture.iter("g") if "shown" in g.get("class", "")]
    assert stops == first["node_id"].tolist()
    every = [g.get("data-node") for g in picture.iter("g")]
    assert sorted(every) == sorted(found["node_id"].unique())  # each station once, those of all ways
    assert len(picture.findall(".//circle[@class='halo']")) == 1
    assert len([p for p in picture.iter("path") if p.get("class") == "way"]) == found["path"].nunique() - 1


@pytest.mark.parametrize("kind", ["paper", *Kind])
def test_every_kind_has_a_shape_of_its_own(kind: str) -> None:
    sign = tree(shape(kind, 7, 7, 5))[0]
    assert kind in sign.get("class")
    corners = {"paper": 0, "method": 4, "dataset": 4, "task": 3, "metric": 10}
    assert len(sign.get("points", "").split()) == corners[kind]
    upright = sign.get("points", "").startswith("7,")  # a diamond stands on a corner, a square on a side
    assert upright == (kind in ("method", "task", "metric"))
