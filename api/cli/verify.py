"""`mingzhang verify`: recompute every byte of both books (OUTPUTS §4)."""

from typing import Annotated

import typer

from api.cli.answer import FOUND, answer, open_ledger, say


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify", help="逐字节核验两本账 / Recompute every byte of both books.")(verify)


def verify(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON (OUTPUTS §4).")] = False,
    incremental: Annotated[
        bool, typer.Option("--incremental", help="只核验上次之后的部分 / only what is new since the last clean run.")
    ] = False,
    processes: Annotated[int, typer.Option(min=0, help="进程数，0 为每核一个 / processes; 0: one a core.")] = 0,
) -> int:
    """Exit 1 when anything differs from what was sealed, naming the position."""
    from api.cli.progress import Bar
    from api.verifying import verify_ledger

    with Bar(hidden=as_json) as bar:
        report = verify_ledger(
            context.obj,
            incremental=incremental,
            processes=processes,
            progress=lambda book, done, of: bar("verify", book, done, of),
        )
    open_ledger_quietly(context)
    if as_json:
        answer(report)
    else:
        show(report)
    return 0 if report["ok"] else FOUND


def open_ledger_quietly(context: typer.Context) -> None:
    """Finish an interrupted import after the books were read as they lay, where that is possible."""
    from api.cli.faults import in_words

    try:
        open_ledger(context)
    except Exception as error:
        told = in_words(error)
        if told is None:
            raise
        say(told)


def show(report: dict[str, object]) -> None:
    """The report for people."""
    for book in report["books"]:  # type: ignore[attr-defined]
        say(f"{book['book']}: {book['size']} 条 entries, head {book['head']}")
    for finding in report["findings"]:  # type: ignore[attr-defined]
        say(
            f"! {finding['book']} {finding['position']} [{finding['kind']}] 应为 expected {finding['expected']}"
            f"，实为 found {finding['found']}；自 {finding['unproven_from']} 起无法证明 / unproven from there on."
        )
    say("核验通过 / Everything is as it was sealed." if report["ok"] else "核验未通过 / Something was changed.")
