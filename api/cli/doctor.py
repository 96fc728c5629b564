"""`mingzhang doctor`: what is wrong with an installation, and what to do about it."""

from typing import Annotated

import typer

from api.cli.answer import FOUND, answer, say


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", help="体检：安装与账套有什么问题 / What is wrong with an installation.")(doctor)


def doctor(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
) -> int:
    """Each finding with its remedy; exit 1 when there is one. Changes nothing."""
    from api.examining import examine

    findings = examine(context.obj)
    if as_json:
        answer({"ok": not findings, "findings": [finding.as_dict() for finding in findings]})
    else:
        for finding in findings:
            say(f"! {finding.what} → {finding.remedy}")
        if not findings:
            say("一切正常 / Nothing is wrong.")
    return FOUND if findings else 0
