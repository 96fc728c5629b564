"""The picture of where the money went: its places and widths, and that it is one image to those who do not see it."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from api.pages.flow_svg import HAIR, TALL, WIDTH, draw
from api.pages.home import legs
from api.pages.words import load
from tests.pages.example import PROGRAMMES, SOURCES, VILLAGES, flow

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def picture() -> ET.Element:
    drawn = draw(flow(), load("zh"))
    assert drawn is not None
    return ET.fromstring(drawn)


def heights(picture: ET.Element, kind: str) -> list[float]:
    return [
        float(bar.attrib["height"]) for bar in picture.iter(f"{SVG}rect") if bar.attrib["class"] == f"bar bar-{kind}"
    ]


def test_every_place_where_money_was_has_a_bar_with_its_name_and_sum(picture: ET.Element) -> None:
    labels = ["".join(text.itertext()) for text in picture.iter(f"{SVG}text")]

    for name in (*SOURCES, *PROGRAMMES, *VILLAGES, "结余"):
        assert any(label.startswith(name) for label in labels), name
    assert "中央510.00 万元" in labels


def test_bars_are_as_high_as_their_money_in_every_column(picture: ET.Element) -> None:
    sources = heights(picture, "source")

    assert sum(sources) == pytest.approx(TALL, abs=1)
    assert sources[0] / sources[1] == pytest.approx(SOURCES["中央"] / SOURCES["省级"], rel=0.01)


def test_ribbons_leave_and_reach_their_bars_without_lying_over_each_other(picture: ET.Element) -> None:
    bars = {
        (float(bar.attrib["x"]), float(bar.attrib["y"])): float(bar.attrib["height"])
        for bar in picture.iter(f"{SVG}rect")
    }
    numbers = re.compile(r"-?\d+(?:\.\d+)?")
    seen = 0

    for (x, top), height in bars.items():
        starts = []
        for ribbon in picture.iter(f"{SVG}path"):
            coordinates = [float(number) for number in numbers.findall(ribbon.attrib["d"])]
            if coordinates[0] == x + 12 and top - 0.01 <= coordinates[1] <= top + height:
                starts.append((coordinates[1], coordinates[-1] - coordinates[1]))
        starts.sort()
        seen += len(starts)
        for (upper, thick), (lower, _) in pairwise(starts):
            assert lower >= upper + thick - HAIR - 0.02
    assert seen == len(flow()["edges"])


def test_labels_of_one_column_never_touch_however_little_money_they_stand_for() -> None:
    small = flow()
    for edge in small["edges"]:
        edge["amount_fen"] = 1
    for node in small["nodes"]:
        node["amount_fen"] = 1 if node["kind"] != "source" else 10_000_000_00

    drawn = draw(small, load("en"))
    assert drawn is not None

    columns: dict[str, list[float]] = {}
    for text in ET.fromstring(drawn).iter(f"{SVG}text"):
        if text.attrib["class"] == "flow-label":
            columns.setdefault(text.attrib["x"], []).append(float(text.attrib["y"]))
    for places in columns.values():
        ordered = sorted(places)
        assert all(below - above >= 20 for above, below in pairwise(ordered))


def test_the_picture_is_one_image_with_a_title_and_a_description(picture: ET.Element) -> None:
    assert picture.attrib["role"] == "img"
    named = picture.attrib["aria-labelledby"].split()
    told = {element.attrib.get("id"): element.text for element in picture.iter()}

    assert [told[name] for name in named] == [
        "资金从来源经项目到各村",
        "三列条带图：5 个资金来源合计 1,106.00 万元，分到 10 个去向，再到 10 个村。数字见下方数据表。",
    ]
    assert picture.attrib["viewBox"].startswith(f"0 0 {WIDTH} ")


def test_the_picture_has_neither_styles_nor_handlers_and_escapes_names(picture: ET.Element) -> None:
    assert [
        name for element in picture.iter() for name in element.attrib if name == "style" or name.startswith("on")
    ] == []
    told = flow()
    told["nodes"][0]["label"] = '<script>"&'
    drawn = draw(told, load("zh"))

    assert drawn is not None
    assert "&lt;script&gt;&#34;&amp;" in drawn
    assert "<script>" not in drawn


def test_nothing_is_drawn_where_there_is_no_money() -> None:
    assert draw({"nodes": [], "edges": []}, load("zh")) is None
    nothing = {"nodes": [{"id": "source:a", "kind": "source", "label": "a", "amount_fen": 0}], "edges": []}
    assert draw(nothing, load("zh")) is None


def test_the_list_for_phones_tells_the_same_sums_as_the_picture() -> None:
    told = flow()

    listed = {(leg["node"]["id"], way["to"]["id"]): way["amount_fen"] for leg in legs(told) for way in leg["ways"]}

    assert listed == {(edge["from"], edge["to"]): edge["amount_fen"] for edge in told["edges"]}
    assert [leg["node"]["kind"] for leg in legs(told)][:5] == ["source"] * 5
