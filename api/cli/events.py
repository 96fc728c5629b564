"""`mingzhang events`: the sealed events as JSON lines (OUTPUTS §3)."""

from typing import Annotated

import typer

from api.cli.answer import answer_lines, open_ledger


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("events", help="按次序列出已封存的事件 / The sealed events, as JSON lines.")(events)


def events(
    context: typer.Context,
    *,
    book: Annotated[str, typer.Option(help="money 资金账 / supervision 监督账")] = "money",
    start: Annotated[int, typer.Option("--from", min=1, help="从哪个位置起 / first position.")] = 1,
    limit: Annotated[int | None, typer.Option(min=1, help="最多几条 / at most so many.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON 行（总是） / JSON lines (always).")] = False,
) -> None:
    """Each line suffices to recompute its leaf."""
    from api.reading import events as read_events

    answer_lines(read_events(open_ledger(context), book, start=start, limit=limit))
