"""The `mingzhang` command: its options, its subcommands, and what a failure prints.

Exit 0: done, nothing found. 1: done, and something was found or refused. 2: could not be done.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli import (
    alert_steps,
    alerts,
    anchor,
    backup,
    balances,
    bundle,
    demo,
    doctor,
    events,
    facts,
    imports,
    init,
    keys,
    log,
    migrate,
    mirror,
    notices,
    project,
    replay,
    rules,
    serve,
    spot_check,
    templates,
    trace,
    vault,
    verify,
    webhooks,
    witness,
)
from api.cli.answer import FOUND, IMPOSSIBLE, say

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
    bundle,
    project,
    templates,
    doctor,
    serve,
    demo,
    backup,
    migrate,
    log,
    mirror,
):
    command.add_to(app)
alert_steps.add_to(alerts.app)
for group in (alerts, rules, notices, spot_check, vault, keys, log, witness, anchor, webhooks):
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
        from api.cli.faults import in_words

        told = in_words(fault)
        if told is None:
            raise
        say(told)
        return IMPOSSIBLE
    return status if isinstance(status, int) else 0
