"""`mingzhang replay`: a subject's history, as it was and as it was known (OUTPUTS §7)."""

import sys
from datetime import datetime
from typing import Annotated

import typer

from api.cli.answer import answer, current, say, table


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay", help="回放一户、一人或一笔资金的历史 / Replay a subject's history.")(replay)


def replay(
    context: typer.Context,
    subject: Annotated[str, typer.Argument(help="household:H-0001、person:-（从标准输入读证号）…")],
    *,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="截至哪天的事实 / as it was on.")] = None,
    known_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="单位当时所知 / as the office knew on.")
    ] = None,
    known_at: Annotated[str | None, typer.Option(help="账内位置或时刻 / position or instant of this ledger.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON (OUTPUTS §7).")] = False,
    reveal: Annotated[bool, typer.Option("--reveal", help="显示证号（留痕） / show numbers; leaves a trace.")] = False,
    why: Annotated[str, typer.Option(help="查询理由 / the reason of a reveal.")] = "",
) -> None:
    """State and timeline from what occurred, was known and was recorded by then."""
    from api.reading import replay as read_replay
    from domain.money import plain_yuan

    if subject.endswith(":-"):
        subject = subject[:-1] + sys.stdin.readline().strip()
    told = read_replay(
        current(context),
        subject,
        as_of=as_of.date() if as_of else None,
        known_on=known_on.date() if known_on else None,
        known_at=known_at,
        reveal=reveal,
        why=why,
    )
    if as_json:
        answer(told)
        return
    for name, value in told["state"].items():
        say(f"{name}: {value}")
    table(
        ["日期 day", "位置 position", "事项 topic", "编号 ref", "金额(元)", "结余(元)"],
        (
            [
                line["occurred_on"],
                line["position"],
                line["topic"],
                line["ref"],
                "" if line["amount_fen"] is None else plain_yuan(line["amount_fen"]),
                "" if line["balance_fen"] is None else plain_yuan(line["balance_fen"]),
            ]
            for line in told["timeline"]
        ),
    )
