"""`mingzhang migrate`: bring a ledger that an older version made up to this one (docs/operations.md, Upgrading)."""

from typing import Annotated

import typer

from api.cli.answer import FOUND, answer, say


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("migrate", help="升级：账套的表跟上本版本 / Bring the ledger's tables up to this version.")(migrate)


def migrate(
    context: typer.Context,
    *,
    check: Annotated[bool, typer.Option("--check", help="只看，不改 / only look: exit 1 when one is behind.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
) -> int:
    """Each part in one transaction; no entry is touched, and the heads stay what they are. Back the ledger up first."""
    from api.folder import Folder
    from api.storage import migrating as bringing
    from api.storage import storage_of

    storage = storage_of(Folder(context.obj))
    if check:
        found = bringing.compared(storage)
        behind = any(standing.is_behind for standing in found)
        moved = [bringing.Moved(part, revision, revision, line.newest) for part, revision, line in found]
    else:
        behind = False
        moved = bringing.migrate(storage, lambda part: say(f"正在升级 / Bringing up: {part}"))
    if as_json:
        answer({"ok": not behind, "parts": [part.as_dict() for part in moved]})
        return FOUND if behind else 0
    for part in moved:
        say(f"{part.part}: {part.before or '—'} → {part.now or '—'} ({part.newest})")
    say(
        "账套落后，请运行 mingzhang migrate / The ledger is behind: run mingzhang migrate."
        if behind
        else "账套与本版本相符 / The ledger is at this version."
    )
    return FOUND if behind else 0
