"""`mingzhang notices`: the public notices (OUTPUTS §9)."""

from datetime import datetime
from typing import Annotated

import typer

from api.cli.answer import answer, answer_text, current, table

app = typer.Typer(name="notices", help="公示公告 / The public notices.", no_args_is_help=True)


@app.command("list")
def list_notices(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
) -> None:
    """The notices by number."""
    from api.reading import notices
    from domain.money import plain_yuan

    told = notices(current(context))
    if as_json:
        answer(told)
        return
    table(
        ["编号 no.", "标题 title", "起 from", "止 until", "行 lines", "合计(元)"],
        (
            [
                notice["notice_no"],
                notice["title"],
                notice["from"],
                notice["until"],
                notice["line_count"],
                plain_yuan(notice["total_fen"]),
            ]
            for notice in told
        ),
    )


@app.command("show")
def show_notice(
    context: typer.Context,
    notice_no: Annotated[str, typer.Argument(help="公示编号 / its number.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="JSON（总是） / JSON (always).")] = False,
) -> None:
    """One notice with its lines, masked as printed."""
    from api.reading import notice

    answer(notice(current(context), notice_no))


@app.command("publish")
def publish_notice(
    context: typer.Context,
    programme: Annotated[str, typer.Argument(help="补贴项目 / the programme.")],
    period: Annotated[str, typer.Argument(help="所属期 / the period: 2020, 2020Q2, 2020-03.")],
    *,
    village: Annotated[str | None, typer.Option(help="只公告某村 / only this village.")] = None,
    start: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="公告起 / first day; default today.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, help="公告天数 / days on the board.")] = 10,
) -> None:
    """Publish what was paid under a programme for a period; prints the notice's number."""
    from api.publishing import Announcement, publish

    ledger = current(context)
    wanted = Announcement(programme, period, village, start.date() if start else ledger.today, days)
    answer_text(publish(ledger, wanted))
