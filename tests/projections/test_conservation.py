"""Money is neither made nor lost: what stands in tables, balances and traces is what was told (OUTPUTS §5, §8)."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec
from hypothesis import given, settings
from sqlalchemy import Connection, Engine, func, select

from projections.balances import dividend_balances, document_balances
from projections.tables.internal import SUBJECT_INDEX
from projections.tables.payments import PAYMENTS
from projections.trace import TRACED, trace
from tests.projections.history import History
from tests.projections.office.history import histories, told

FAR = date(2999, 12, 31)
PAID = ("payment-made/v1", "interest-subsidy-paid/v1")


def totals(lines: list[dict[str, Any]], *key: str) -> dict[tuple[str, ...], Counter[str]]:
    """The sum of each figure of balances, by `key`."""
    sums: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for line in lines:
        sums[tuple(line[part] for part in key)].update(
            {name: fen for name, fen in line.items() if name.endswith("_fen")}
        )
    return sums


def paid(history: History) -> dict[int, int]:
    """What the bank was told to have paid, by position."""
    return {
        entry.position: msgspec.json.decode(entry.state)["amount_fen"]
        for entry in history.money.entries
        if entry.topic in PAID
    }


def traces(connection: Connection, *kinds: str) -> Iterator[tuple[str, dict[str, Any], Mapping[str, dict[str, Any]]]]:
    """Each subject of these kinds, its trace, and the nodes of that by id."""
    index = SUBJECT_INDEX.c
    named = select(index.kind, index.value).where(index.kind.in_(kinds)).distinct().order_by(index.kind, index.value)
    for kind, value in connection.execute(named).all():
        followed = trace(connection, f"{kind}:{value}", as_of=FAR)
        yield f"{kind}:{value}", followed, {node["id"]: node for node in followed["nodes"]}


def along(followed: dict[str, Any], end: str, node: str) -> int:
    """What the edges bring to (`to`) or take `from` a node."""
    return sum(edge["amount_fen"] for edge in followed["edges"] if edge[end] == node)


@settings(max_examples=8, deadline=None)
@given(history=histories)
def test_the_lines_of_a_payment_come_to_what_was_paid_whatever_funds_or_corrects_it(
    views: Engine, history: list[str]
) -> None:
    town = told(views, history)

    with town.project(batch=5).connect() as connection:
        rows = PAYMENTS.c
        after = rows.net_fen + rows.returned_fen + rows.reversed_fen
        lines = select(rows.position, func.sum(rows.amount_fen), func.sum(after)).group_by(rows.position)
        found = {position: (int(fen), int(after_fen)) for position, fen, after_fen in connection.execute(lines)}

    assert {position: found[position] for position in paid(town)} == {
        position: (fen, fen) for position, fen in paid(town).items()
    }


@settings(max_examples=8, deadline=None)
@given(history=histories)
def test_for_each_document_what_is_unspent_is_what_arrived_less_what_left_and_what_came_back(
    views: Engine, history: list[str]
) -> None:
    with told(views, history).project(batch=5).connect() as connection:
        documents = totals(document_balances(connection), "quota_doc_no")
        paid_fen = connection.execute(select(func.sum(PAYMENTS.c.amount_fen))).scalar() or 0

    assert sum(of["paid_fen"] for of in documents.values()) == paid_fen
    for of in documents.values():
        left = of["arrived_fen"] - of["handed_down_fen"] - of["paid_fen"]
        assert of["unspent_fen"] == left + of["returned_fen"] + of["reversed_fen"]
        assert of["transferred_in_fen"] == of["passed_on_fen"]


@settings(max_examples=8, deadline=None)
@given(history=histories)
def test_every_node_of_a_document_keeps_in_every_trace_what_the_balances_say(views: Engine, history: list[str]) -> None:
    with told(views, history).project(batch=5).connect() as connection:
        unspent = {
            f"fund:{line['quota_doc_no']}@{line['org'] or ''}": line["unspent_fen"]
            for line in document_balances(connection)
        }
        for subject, followed, nodes in traces(connection, *TRACED):
            for name, node in nodes.items():
                through = (node["in_fen"], node["out_fen"])
                if node["kind"] == "fund":
                    assert through[0] - through[1] == node["left_fen"] == unspent.get(name, 0)
                if name.startswith(f"{subject}@"):
                    assert (along(followed, "to", name), along(followed, "from", name)) == through


@settings(max_examples=8, deadline=None)
@given(history=histories)
def test_for_each_contract_what_is_undistributed_is_what_came_less_reserve_and_payments(
    views: Engine, history: list[str]
) -> None:
    with told(views, history).project(batch=5).connect() as connection:
        balances = dividend_balances(connection)
        nodes = {name: node for _, _, found in traces(connection, "contract") for name, node in found.items()}

    for of in totals(balances, "contract_no", "period").values():
        left = of["received_fen"] - of["reserve_fen"] - of["paid_fen"]
        assert of["undistributed_fen"] == left + of["returned_fen"] + of["reversed_fen"]
    for (contract_no,), of in totals(balances, "contract_no").items():
        assert nodes[f"dividend:{contract_no}"]["left_fen"] == of["undistributed_fen"] + of["reserve_fen"]
