"""`mingzhang backup` and `mingzhang restore`: copies that can be trusted, and back (docs/operations.md)."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.answer import FOUND, answer, say


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup", help="备份：两本账与保管库 / Copy both books and the vault while they are in use.")(backup)
    app.command("restore", help="恢复：逐件核对后重建 / Check a backup piece by piece, and bring it back.")(restore)


def backup(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="新文件夹 / a new folder.", metavar="DIR")],
    *,
    vault: Annotated[bool, typer.Option("--vault/--without-vault", help="连同保管库 / with the vault.")] = True,
    keys: Annotated[
        bool, typer.Option("--with-keys", help="连同密钥，慎用 / with the keys; mind who gets it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
) -> None:
    """Copy the books, then the vault, each as it stands at one moment; the vault is never older than the books."""
    from api.backing_up import back_up
    from api.folder import Folder

    told = back_up(Folder(context.obj), folder, with_vault=vault, with_keys=keys)
    if as_json:
        answer(told)
        return
    for book in told["books"]:
        say(f"{book['book']}: {book['size']} 条 entries, head {book['head']}")
    say(f"已备份 / Backed up at {folder}.")
    if not keys:
        say("密钥不在其中，请另行备份 / The keys are not in it: back them up elsewhere.")


def restore(
    folder: Annotated[Path, typer.Argument(help="备份文件夹 / the backup's folder.", metavar="DIR")],
    *,
    to: Annotated[Path, typer.Option("--to", help="恢复到的新文件夹 / a new folder for the ledger.", metavar="DIR")],
    vault: Annotated[
        Path | None, typer.Option("--vault", help="另存的保管库备份 / a vault that was backed up apart.", metavar="DIR")
    ] = None,
    keys: Annotated[Path | None, typer.Option("--keys", help="密钥文件夹 / where the keys are.", metavar="DIR")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
) -> int:
    """Check every file against the manifest, verify the books and their heads, then make the views anew."""
    from api.restoring import restore as bring_back

    told = bring_back(folder, to, vault=vault, keys=keys)
    if as_json:
        answer(told)
        return 0 if told["ok"] else FOUND
    for book in told["books"]:
        say(f"{book['book']}: {book['size']} 条 entries, head {book['head']}")
    for remark in told["remarks"]:
        say(f"! {remark}")
    say(f"已恢复并核验 / Restored and verified at {to}.")
    return 0 if told["ok"] else FOUND
