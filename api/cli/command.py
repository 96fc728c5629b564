"""The `mingzhang` command: its options, its subcommands, and what a failure prints.

Exit 0: done, nothing found. 1: done, and something was found or refused. 2: could not be done.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli import (
    alerts,
    balances,
    demo,
    doctor,
    events,
    facts,
    imports,
    init,
    notices,
    project,
    replay,
    rules,
    serve,
    spot_check,
    templates,
    trace,
    verify,
)
from api.cli.answer import FOUND, IMPOSSIBLE, say
from audit.faults import BookFault
from audit.verify import BookUnreadable
from domain.refusal import Refused
from vault.sealing import Unreadable

app = typer.Typer(
    name="mingzhang",
    help="明账：公共资金监督账。An event-sourced audit ledger for public funds.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def common(
    context: typer.Context,
    ledger: Annotated[
        Path | None,
        typer.Option("--ledger", "-L", help="账套文件夹 / the ledger's folder (or MINGZHANG_LEDGER).", metavar="DIR"),
    ] = None,
) -> None:
    """Remember which ledger the command is about."""
    from api.settings import Settings

    context.obj = ledger if ledger is not None else Settings().ledger


for command in (
    init,
    imports,
    verify,
    events,
    facts,
    balances,
    replay,
    trace,
    project,
    templates,
    doctor,
    serve,
    demo,
):
    command.add_to(app)
for group in (alerts, rules, notices, spot_check):
    app.add_typer(group.app)


def run(arguments: list[str] | None = None) -> int:
    """Run one command; gives the exit status."""
    try:
        status = app(arguments, standalone_mode=False)
    except typer.Exit as left:
        return left.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return FOUND
    except (Exception, KeyboardInterrupt) as fault:
        told = in_words(fault)
        if told is None:
            raise
        say(told)
        return IMPOSSIBLE
    return status if isinstance(status, int) else 0


def in_words(fault: BaseException) -> str | None:
    """What could not be done and what to do about it; None for a fault of ours, which is raised as it is."""
    words: str | None = None
    match fault:
        case Refused():
            words = f"{fault.code}: {fault.why} {fault.remedy}"
        case BookFault() | BookUnreadable() | Unreadable():
            words = f"{fault} — mingzhang doctor; docs/operations.md"
        case LookupError() if type(fault) is LookupError:
            words = str(fault)
        case OSError():
            words = f"{fault.strerror or fault}: {fault.filename or ''}"
        case typer.Abort():
            words = "已中止 / Stopped."
        case KeyboardInterrupt():
            words = "已中止；中断的导入会在下次启动时完成 / Stopped; the next start finishes an interrupted import."
        case _ if hasattr(fault, "format_message"):
            words = str(fault.format_message())
        case _:
            pass
    return words
