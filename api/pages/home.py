"""The home page: the five questions of supervision, each with its figures, and the picture of where the money went."""

from typing import Any

from fastapi import APIRouter, Request, Response

from api.pages.flow_svg import draw
from api.pages.site import Here

router = APIRouter(include_in_schema=False)

SHOWN_SOURCES, SHOWN_PROGRAMMES = 5, 3
"""Sources and programmes that a card of the home page names; all of them stand below."""


@router.get("/")
def home(request: Request, site: Here) -> Response:
    """钱从哪里来、花到哪里去、干了什么事、效果怎么样、有没有问题."""
    overview = site.readings.overview()
    flow = site.readings.flow()
    words = site.spoken(request)
    return site.page(
        request,
        "home.html",
        overview=overview,
        sources=largest([node for node in flow["nodes"] if node["kind"] == "source"], "amount_fen"),
        programmes=largest(overview["programmes"], "paid_fen"),
        villages=largest(overview["villages"], "paid_fen"),
        legs=legs(flow),
        drawing=draw(flow, words),
        verification=site.readings.verification(),
        checks=len(site.readings.spot_checks()),
        shown_sources=SHOWN_SOURCES,
        shown_programmes=SHOWN_PROGRAMMES,
    )


def largest(rows: list[dict[str, Any]], figure: str) -> list[dict[str, Any]]:
    """`rows` with the greatest `figure` first."""
    return sorted(rows, key=lambda row: -row[figure])


def legs(flow: dict[str, Any]) -> list[dict[str, Any]]:
    """The flow as a list to read from: each node that money leaves, with where it goes, greatest first."""
    labels = {node["id"]: node for node in flow["nodes"]}
    told = []
    for node in sorted(flow["nodes"], key=lambda node: (node["kind"] != "source", -node["amount_fen"])):
        ways = [edge for edge in flow["edges"] if edge["from"] == node["id"]]
        if ways:
            told.append(
                {"node": node, "ways": [{**way, "to": labels[way["to"]]} for way in largest(ways, "amount_fen")]}
            )
    return told
