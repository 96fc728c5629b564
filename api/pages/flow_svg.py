"""The picture of where the money went: three columns and filled ribbons between them, as SVG with no style attribute.

Colours come from classes (`base.css`), places from presentation attributes. The picture is one image to a screen
reader, with a title and a description; its figures stand in the table beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from api.pages.figures import rough_money
from api.pages.words import Words

COLUMNS: Mapping[str, int] = {"source": 0, "programme": 1, "unspent": 1, "village": 2}
"""Which column a kind of node stands in; any other kind stands in the last."""

WIDTH = 1180
LEFT, RIGHT = 164, 196
"""Room for the labels outside of the first and last column."""

BAR = 12
SLOT = 24
"""Height that a label needs, however little money its node has."""

GAP = 6
TALL = 430
"""Height of all money in a column, without the gaps."""

TOP = 34
HAIR = 0.75
"""The thinnest ribbon that can still be seen."""


@dataclass(slots=True)
class Node:
    """A bar of the picture: where it stands, and how much of each side is taken by ribbons."""

    id: str
    kind: str
    label: str
    amount_fen: int
    column: int
    height: float = 0.0
    top: float = 0.0
    taken: dict[str, float] = field(default_factory=lambda: {"in": 0.0, "out": 0.0})

    @property
    def left(self) -> float:
        """The bar's left edge."""
        return (LEFT, (LEFT + WIDTH - RIGHT - BAR) / 2 - 40, WIDTH - RIGHT - BAR)[self.column]

    @property
    def middle(self) -> float:
        """The height of the label."""
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class Ribbon:
    """Money on its way: `left` and `right` are the upper edges at both ends."""

    start: Node
    end: Node
    amount_fen: int
    left: float
    right: float
    width: float


def draw(flow: Mapping[str, Any], words: Words) -> Markup | None:
    """The picture of `flow` (nodes[id, kind, label, amount_fen], edges[from, to, amount_fen, count]); None if empty."""
    nodes = [
        Node(told["id"], told["kind"], told["label"], told["amount_fen"], COLUMNS.get(told["kind"], 2))
        for told in flow["nodes"]
        if told["amount_fen"] > 0
    ]
    if not nodes or not flow["edges"]:
        return None
    tallest = max(sum(node.amount_fen for node in nodes if node.column == column) for column in range(3))
    height = place(nodes, TALL / tallest)
    ribbons = lay(flow["edges"], nodes, TALL / tallest)
    return Markup("").join(_svg(nodes, ribbons, height, words))


def place(nodes: list[Node], fen_height: float) -> float:
    """Stand the nodes one below the other, the greatest first, each column in the middle; gives the height."""
    columns = [
        sorted((node for node in nodes if node.column == column), key=lambda node: (-node.amount_fen, node.id))
        for column in range(3)
    ]
    for node in nodes:
        node.height = max(node.amount_fen * fen_height, 2.0)
    heights = [sum(max(node.height, SLOT) + GAP for node in column) for column in columns]
    for column, height in zip(columns, heights, strict=True):
        top = TOP + (max(heights) - height) / 2
        for node in column:
            slot = max(node.height, SLOT)
            node.top = top + (slot - node.height) / 2
            top += slot + GAP
    return TOP + max(heights)


def lay(edges: Iterable[Mapping[str, Any]], nodes: list[Node], fen_height: float) -> list[Ribbon]:
    """The ribbons, in the order of the bars they join, so that few of them cross."""
    by_id = {node.id: node for node in nodes}
    joined = [
        (by_id[edge["from"]], by_id[edge["to"]], int(edge["amount_fen"]))
        for edge in edges
        if edge["from"] in by_id and edge["to"] in by_id and edge["amount_fen"] > 0
    ]
    lefts = _edges_taken(sorted(joined, key=lambda way: (way[1].column, way[1].top)), "out", fen_height)
    rights = _edges_taken(sorted(joined, key=lambda way: (way[0].column, way[0].top)), "in", fen_height)
    return [
        Ribbon(start, end, amount, lefts[start.id, end.id], rights[start.id, end.id], max(amount * fen_height, HAIR))
        for start, end, amount in sorted(joined, key=lambda way: -way[2])
    ]


def _edges_taken(ways: list[tuple[Node, Node, int]], side: str, fen_height: float) -> dict[tuple[str, str], float]:
    """The upper edge of each ribbon on one side of its bar, each below the one before."""
    upper = {}
    for start, end, amount in ways:
        node = start if side == "out" else end
        upper[start.id, end.id] = node.top + node.taken[side]
        node.taken[side] += amount * fen_height
    return upper


def _svg(nodes: list[Node], ribbons: list[Ribbon], height: float, words: Words) -> Iterable[Markup]:
    yield Markup(
        '<svg class="flow" role="img" aria-labelledby="flow-title flow-about" viewBox="0 0 {} {}" '
        'xmlns="http://www.w3.org/2000/svg"><title id="flow-title">{}</title><desc id="flow-about">{}</desc>'
    ).format(WIDTH, _n(height), words("flow.title"), _about(nodes, words))
    for column, (kind, anchor) in enumerate((("source", "end"), ("programme", "start"), ("village", "start"))):
        first = next((node for node in nodes if node.column == column), None)
        if first is not None:
            x = first.left + (BAR if anchor == "end" else 0)
            yield Markup('<text class="flow-head" x="{}" y="16" text-anchor="{}">{}</text>').format(
                _n(x), anchor, words(f"flow.{kind}")
            )
    for ribbon in ribbons:
        yield _ribbon(ribbon, words.lang)
    for node in nodes:
        yield _node(node, words)
    yield Markup("</svg>")


def _ribbon(ribbon: Ribbon, lang: str) -> Markup:
    """One filled ribbon; its own title is what a pointer shows."""
    x0, x1 = ribbon.start.left + BAR, ribbon.end.left
    bend = _n((x0 + x1) / 2)
    y0, y1, wide = ribbon.left, ribbon.right, ribbon.width
    path = (
        f"M{_n(x0)} {_n(y0)}C{bend} {_n(y0)} {bend} {_n(y1)} {_n(x1)} {_n(y1)}"
        f"V{_n(y1 + wide)}C{bend} {_n(y1 + wide)} {bend} {_n(y0 + wide)} {_n(x0)} {_n(y0 + wide)}Z"
    )
    return Markup('<path class="ribbon ribbon-{}" d="{}"><title>{} → {}: {}</title></path>').format(
        ribbon.end.kind, path, ribbon.start.label, ribbon.end.label, rough_money(ribbon.amount_fen, lang)
    )


def _node(node: Node, words: Words) -> Markup:
    """One bar with its label: outside of the first and last column, to the right of the middle one."""
    before = node.column == 0
    x = node.left - 8 if before else node.left + BAR + 8
    label = words("flow.unspent") if node.kind == "unspent" else node.label
    return Markup(
        '<rect class="bar bar-{kind}" x="{left}" y="{top}" width="{bar}" height="{height}"/>'
        '<text class="flow-label" x="{x}" y="{y}" text-anchor="{anchor}">{label}'
        '<tspan class="flow-sum" dx="7">{sum}</tspan></text>'
    ).format(
        kind=node.kind,
        left=_n(node.left),
        top=_n(node.top),
        bar=BAR,
        height=_n(node.height),
        x=_n(x),
        y=_n(node.middle + 5),
        anchor="end" if before else "start",
        label=label,
        sum=rough_money(node.amount_fen, words.lang),
    )


def _about(nodes: list[Node], words: Words) -> str:
    """What the picture shows, in a sentence."""
    totals = [[node for node in nodes if node.column == column] for column in range(3)]
    return words(
        "flow.about",
        sources=len(totals[0]),
        programmes=len(totals[1]),
        villages=len(totals[2]),
        arrived=rough_money(sum(node.amount_fen for node in totals[0]), words.lang),
    )


def _n(number: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
