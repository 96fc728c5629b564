"""`mingzhang log seal-index`: the index of subjects, sealed or made again (DESIGN §4)."""

from typing import Annotated

import typer

from api.cli.answer import FOUND, answer, open_ledger, say
from domain.event import BookName


def add_to(group: typer.Typer) -> None:
    """Add the command to the group `log`."""
    group.command("seal-index", help="封存主体索引，证明无一遗漏 / Seal which entries name which subject.")(seal)


def seal(
    context: typer.Context,
    *,
    book: Annotated[
        BookName | None, typer.Option("--book", help="只此一本；不给则两本 / this book alone; else both.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="只由条目重算上次封存的索引 / only make the last sealed one again.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
) -> int:
    """Seal the index over all entries; with --check exit 1 when the last sealed one is not what the entries give."""
    from api.completeness import IndexDiffers, check_last_seal, seal_index

    ledger = open_ledger(context)
    told, differs = [], False
    for name in [book] if book else list(BookName):
        try:
            sealed = check_last_seal(ledger, name) if check else seal_index(ledger, name)
        except IndexDiffers as fault:
            say(f"! {name}: {fault}")
            differs = True
            continue
        if sealed is None:
            say(f"{name}: 尚未封存 / Nothing was sealed yet.")
            continue
        size, root, subjects = sealed.over
        told.append(
            {
                "book": name.value,
                "position": sealed.position,
                "size": size,
                "root": root.hex(),
                "subject_count": subjects,
            }
        )
        say(f"{name}: 第 1 至 {size} 条，{subjects} 个主体，根 / entries 1 to {size}, subjects, root {root.hex()}")
    if as_json:
        answer(told)
    return FOUND if differs else 0
