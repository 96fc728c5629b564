"""`mingzhang backup` and `mingzhang restore`: copies that can be trusted, and back (docs/operations.md)."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.answer import FOUND, answer, say
from domain.clock import instant

AsJson = Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup", help="备份：两本账与保管库 / Copy both books and the vault while they are in use.")(backup)
    app.command("restore", help="恢复：逐件核对后重建 / Check a backup piece by piece, and bring it back.")(restore)


def add_to_logs(app: typer.Typer) -> None:
    """Add what is told of logs alone."""
    app.command("backup", help="备份已签首部等 / Copy what the logs signed, and their stamps.")(log_backup)


def backup(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="新文件夹 / a new folder.", metavar="DIR")],
    *,
    vault: Annotated[bool, typer.Option("--vault/--without-vault", help="连同保管库 / with the vault.")] = True,
    keys: Annotated[
        bool, typer.Option("--with-keys", help="连同密钥，慎用 / with the keys; mind who gets it.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Copy what the logs have signed, then the books, then the vault: each refers only to what the later ones hold.

    Exit status 1: it is written, and could not be restored as sound (a book is shorter than what was signed).
    """
    from api.backing_up import back_up
    from api.folder import Folder

    told = back_up(Folder(context.obj), folder, with_vault=vault, with_keys=keys)
    if not as_json:
        _say_books(told)
    status = _say_backed_up(told, folder, as_json=as_json)
    if not as_json and not keys:
        say("密钥不在其中，请另行备份 / The keys are not in it: back them up elsewhere.")
    return status


def log_backup(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="新文件夹 / a new folder.", metavar="DIR")],
    *,
    as_json: AsJson = False,
) -> int:
    """Copy signed heads, stamps and policies of both logs, in files or a database: `restore --log` is held against it.

    Exit status 1: a book is shorter than what was signed, or a head cannot be read.
    """
    from api.backing_up import back_up_logs
    from api.folder import Folder

    return _say_backed_up(back_up_logs(Folder(context.obj), folder), folder, as_json=as_json)


def restore(
    folder: Annotated[Path, typer.Argument(help="备份文件夹 / the backup's folder.", metavar="DIR")],
    *,
    to: Annotated[Path, typer.Option("--to", help="恢复到的新文件夹 / a new folder for the ledger.", metavar="DIR")],
    vault: Annotated[
        Path | None, typer.Option("--vault", help="另存的保管库备份 / a vault that was backed up apart.", metavar="DIR")
    ] = None,
    keys: Annotated[Path | None, typer.Option("--keys", help="密钥文件夹 / where the keys are.", metavar="DIR")] = None,
    log: Annotated[
        Path | None,
        typer.Option(
            "--log",
            help="更晚的日志：原账夹、导出或镜像 / a newer log to hold against it: damaged ledger, export, mirror.",
            metavar="DIR",
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Check every file, verify the books, prove that they are what was signed, ask the witnesses, make the views anew.

    Exit status 1: it is back, and a log will sign nothing, or a stamp or cosignature is not as it was.
    """
    from api.restoring import restore as bring_back

    told = bring_back(folder, to, vault=vault, keys=keys, log=log)
    status = 0 if told["ok"] else FOUND
    if as_json:
        answer(told)
        return status
    _say_books(told)
    for proven in told["logs"]:
        _say_log(proven)
    for remark in told["remarks"]:
        say(f"! {remark}")
    say(f"已恢复并核验 / Restored and verified at {to}.")
    return status


def _say_backed_up(told: dict[str, Any], folder: Path, *, as_json: bool) -> int:
    """Say what a backup holds of the logs; gives the exit status."""
    if as_json:
        answer(told)
    else:
        for log in told["logs"]:
            say(f"{log['book']} 已签 signed: {log['size']} 条 entries, root {log['root']}")
        for remark in told["remarks"]:
            say(f"! {remark}")
        say(f"已备份 / Backed up at {folder}.")
    return FOUND if told["remarks"] else 0


def _say_books(told: dict[str, Any]) -> None:
    for book in told["books"]:
        say(f"{book['book']}: {book['size']} 条 entries, head {book['head']}")


def _say_log(proven: dict[str, Any]) -> None:
    """What is proven of one log."""
    if proven["size"] is None:
        say(f"{proven['book']} 日志：备份内无已签首部 / log: no head was signed in the backup.")
        return
    say(
        f"{proven['book']} 日志 / log: {proven['size']} 条 entries, root {proven['root']}, "
        f"签于 signed at {proven['recorded_at']} 或更晚 or later, {proven['stamps']} 个时间戳 time stamps"
    )
    for seen in proven["seen_by"]:
        at = instant(datetime.fromtimestamp(seen["at"], UTC)) if seen["at"] else "?"
        say(f"  见证 / cosigned by {seen['witness']} at {at}")
    for witness in proven["witnesses"]:
        say(f"  见证人现称 / {witness['witness']} says now: {witness['state']}, {witness['size'] or 0} 条 entries")
