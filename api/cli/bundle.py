"""`mingzhang bundle`: all evidence about one subject in one file, to be checked offline (docs/bundle.md)."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.answer import answer, open_ledger, say
from domain.event import KEEPER, BookName


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("bundle", help="制作可离线核验的证据包 / Make an evidence bundle that is checked offline.")(bundle)


def bundle(
    context: typer.Context,
    subject: Annotated[str, typer.Argument(help="household:H-0001、fund:文号、alert:…、person:-（从标准输入读证号）…")],
    out: Annotated[Path, typer.Argument(help="写到哪个新文件 / a new file.", metavar="OUT.zip")],
    *,
    book: Annotated[
        BookName | None, typer.Option("--book", help="哪本账；不给则按主体 / which book; else the subject's own.")
    ] = None,
    absent: Annotated[
        bool, typer.Option("--absent", help="证明账内没有该主体 / show that nothing is recorded about it.")
    ] = False,
    reveal: Annotated[
        bool,
        typer.Option("--reveal", help="报告显示姓名证号（留痕） / names and numbers in the report; leaves a trace."),
    ] = False,
    reason: Annotated[str, typer.Option("--reason", help="显示的理由 / the reason of a reveal.")] = "",
    actor: Annotated[str, typer.Option("--actor", help="谁办理 / who does it: your name in the office.")] = KEEPER,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
) -> None:
    """Bundle what the newest signed head answers for; sign and seal beforehand (checkpoint, log seal-index)."""
    from api.bundling import Wanted
    from api.bundling import bundle as make

    if subject.endswith(":-"):
        subject = subject[:-1] + sys.stdin.readline().strip()
    made = make(open_ledger(context), Wanted(subject, book, absent, reason if reveal else None, actor), out)
    if as_json:
        answer(made._asdict())
        return
    say(
        f"{made.subject}: {made.entries} 条，截至第 {made.complete_to} 条完整 / entries, complete up to entry "
        f"{made.complete_to}; {out}"
    )
    say(f"核验 / Check it: mingzhang-verify {out} --policy FILE")
