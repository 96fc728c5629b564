"""What every command shares: opening the ledger, and how answers and messages are printed."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from api.ledger import Ledger

WIDTH_IN_A_PIPE = 240
"""Columns of a table that goes to a file or another program: nothing is cut off."""

FOUND = 1
IMPOSSIBLE = 2


def open_ledger(context: typer.Context, *, finish: bool = True) -> "Ledger":
    """The ledger that the command is about; an interrupted import is finished first, and said so."""
    from api.ledger import Ledger

    path: Path = context.obj
    ledger = Ledger.open(path)
    context.call_on_close(ledger.close)
    if finish and ledger.vault.pending_imports():
        roll_forward(ledger)
    if finish and any(asked.confirmed_by for asked in ledger.vault.erasures.asked_for()):
        carry_on_erasing(ledger)
    return ledger


def roll_forward(ledger: "Ledger") -> None:
    """Roll an interrupted import forward; one that cannot be finished stops no other work, and doctor names it."""
    from api.importing import finish_interrupted

    try:
        if finish_interrupted(ledger):
            say("上次中断的导入已完成 / An interrupted import was completed.")
    except Exception as fault:  # noqa: BLE001  whatever it is: it is said, and the import stays remembered
        say(f"中断的导入仍未完成 / An interrupted import is unfinished ({type(fault).__name__}): mingzhang doctor")


def carry_on_erasing(ledger: "Ledger") -> None:
    """Carry out an erasure that was confirmed and broken off."""
    from api.erasing import finish_erasures

    if finish_erasures(ledger):
        say("上次中断的注销已完成 / An interrupted erasure was completed.")


def current(context: typer.Context) -> "Ledger":
    """The ledger, with its views and alerts brought up to date."""
    ledger = open_ledger(context)
    ledger.catch_up()
    return ledger


def say(message: str) -> None:
    """A message for the person, on standard error."""
    print(message, file=sys.stderr)  # noqa: T201  this is the one place that prints messages


def answer(value: Any) -> None:
    """One JSON answer on standard output."""
    print(json.dumps(value, ensure_ascii=False, separators=(",", ":")))  # noqa: T201  the answer


def answer_lines(values: Iterable[Any]) -> None:
    """JSON lines on standard output."""
    for value in values:
        sys.stdout.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def answer_text(text: str) -> None:
    """Plain text on standard output."""
    print(text)  # noqa: T201  the answer


def table(headings: list[str], rows: Iterable[Iterable[object]]) -> None:
    """A table for people, on standard output."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(*headings, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        shown.add_row(*("" if cell is None else str(cell) for cell in row))
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = WIDTH_IN_A_PIPE
    console.print(shown)
