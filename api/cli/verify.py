"""`mingzhang verify`: recompute every byte of both books (OUTPUTS §4)."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.answer import FOUND, answer, open_ledger, say

if TYPE_CHECKING:
    from api.ledger import Ledger


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
    books_only: Annotated[
        bool, typer.Option("--books-only", help="只核验账本与日志 / the books and logs, not what is made from them.")
    ] = False,
    against: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="与镜像或导出逐条对照 / compare each record with a mirror or an export."),
    ] = None,
) -> int:
    """Exit 1 when anything differs from what was sealed, naming the position."""
    from api.cli.progress import Bar
    from api.folder import Folder
    from api.verifying import joined, last_clean, verify_ledger
    from api.verifying_against import verify_against
    from api.verifying_opened import verify_opened

    goes_on = incremental and bool(last_clean(Folder(context.obj)))
    with Bar(hidden=as_json) as bar:
        report = verify_ledger(
            context.obj,
            incremental=incremental,
            processes=processes,
            progress=lambda book, done, of: bar("verify", book, done, of),
        )
        ledger = open_ledger_quietly(context)
        if ledger is not None and not (goes_on or books_only):
            report = verify_opened(ledger, report, lambda done, of: bar("views", "", done, of))
        if against is not None:
            compared = verify_against(context.obj, against, lambda book, done, of: bar("compare", book, done, of))
            report = joined(report, compared)
    if as_json:
        answer(report)
    else:
        show(report)
    return 0 if report["ok"] else FOUND


def open_ledger_quietly(context: typer.Context) -> "Ledger | None":
    """The ledger, when it can be opened; an interrupted import is finished after the books were read as they lay."""
    from api.cli.faults import in_words

    try:
        return open_ledger(context)
    except Exception as error:
        told = in_words(error)
        if told is None:
            raise
        say(told)
        return None


def show(report: dict[str, Any]) -> None:
    """The report for people."""
    for book in report["books"]:
        say(f"{book['book']}: {book['size']} 条 entries, head {book['head']}")
    for log in report.get("logs", ()):
        show_log(log)
    if compared := report.get("against"):
        say(
            f"{compared['book']}: 与 {compared['size']} 条的副本对照，至第 {compared['agreed']} 条一致"
            f" / compared with a copy of {compared['size']} entries: both agree through {compared['agreed']}."
        )
    for finding in report["findings"]:
        if "mirror" in finding:
            show_difference(finding)
            continue
        place = f" {finding['table']} {' '.join(finding['key'])}" if "table" in finding else ""
        say(
            f"! {finding['book']} {finding['position']} [{finding['kind']}]{place} 应为 expected {finding['expected']}"
            f"，实为 found {finding['found']}；自 {finding['unproven_from']} 起无法证明 / unproven from there on."
        )
    for unread in report.get("not_checked", ()):
        say(f"未核验 / Not checked: {unread}")
    say("核验通过 / Everything is as it was sealed." if report["ok"] else "核验未通过 / Something was changed.")
    if left_out := report.get("findings_left_out"):
        say(f"另有 {left_out} 处未列出 / And {left_out} more.")


def show_log(log: dict[str, Any]) -> None:
    """How far one book is published."""
    if log["size"]:
        lacks = f"；尚缺见证 / the quorum lacks {log['quorum_lacks']}" if log["quorum_lacks"] else ""
        say(f"{log['book']}: 已公开 published {log['size']}, root {log['root']}{lacks}")
    else:
        say(f"{log['book']}: 有密钥而无日志，未比对 / no published log lies here, and the book names a key of one.")


def show_difference(finding: dict[str, Any]) -> None:
    """One record in which the ledger differs from the copy."""
    sides = {"副本 copy": finding["mirror"], "本账 ledger": finding["ledger"]}
    told = "；".join(
        f"{name}: " + (f"{side['position']} {side['topic'] or '?'} {side['leaf']}" if side else "无 nothing")
        for name, side in sides.items()
    )
    fields = "，".join(
        field["field"] + (f" {field['mirror']} → {field['ledger']}" if {"mirror", "ledger"} <= field.keys() else "")
        for field in finding["fields"]
    )
    at = f"；副本中在第 {finding['at']} 条 / the copy has it at {finding['at']}" if finding["at"] else ""
    said = f"；不同的字段 fields: {fields}" if fields else ""
    say(f"! {finding['book']} {finding['position']} [{finding['kind']}] {told}{at}{said}")
