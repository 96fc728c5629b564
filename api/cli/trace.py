"""`mingzhang trace`: where a fund went, or where a payment came from (OUTPUTS §8)."""

import sys
from datetime import datetime
from typing import Annotated

import typer

from api.cli.answer import answer, current, table


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("trace", help="追踪一笔资金的来龙去脉 / Trace money to its payees and back to its source.")(trace)


def trace(
    context: typer.Context,
    subject: Annotated[str, typer.Argument(help="fund:文号、household:H-0001、person:-（从标准输入读证号）…")],
    *,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="截至哪天的事实 / as it was on.")] = None,
    known_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="单位当时所知 / as the office knew on.")
    ] = None,
    known_at: Annotated[str | None, typer.Option(help="账内位置或时刻 / position or instant of this ledger.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON (OUTPUTS §8).")] = False,
) -> None:
    """Nodes that money went through, and edges with their sums; people by reference."""
    from api.reading import trace as read_trace
    from domain.money import plain_yuan

    if subject.endswith(":-"):
        subject = subject[:-1] + sys.stdin.readline().strip()
    told = read_trace(
        current(context),
        subject,
        as_of=as_of.date() if as_of else None,
        known_on=known_on.date() if known_on else None,
        known_at=known_at,
    )
    if as_json:
        answer(told)
        return
    table(
        ["从 from", "到 to", "方式 kind", "笔数 count", "金额(元)"],
        (
            [edge["from"], edge["to"], edge["kind"], edge["count"], plain_yuan(edge["amount_fen"])]
            for edge in told["edges"]
        ),
    )
