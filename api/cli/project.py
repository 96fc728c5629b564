"""`mingzhang project` and `mingzhang rebuild`: bring the views up to the books, or make them anew."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from api.ledger import Ledger

from api.cli.answer import FOUND, answer, open_ledger, say


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("project", help="归集到最新 / Bring the views and alerts up to the books.")(project)
    app.command("rebuild", help="从头重建各视图 / Make the views anew from the events.")(rebuild)


def project(
    context: typer.Context,
    *,
    follow: Annotated[
        bool, typer.Option("--follow", help="持续归集；多个进程时一个工作、其余待命 / go on; of several one leads.")
    ] = False,
    heartbeat: Annotated[
        Path | None, typer.Option(help="持续归集时每轮更新此文件 / with --follow: a file that is touched every round.")
    ] = None,
) -> None:
    """Read what is new and run the streaming rules over it; with --follow until stopped with Ctrl-C."""
    from api.cli.progress import Bar

    ledger = open_ledger(context)
    with Bar() as bar:
        ledger.catch_up(lambda done, of: bar("project", "", done, of))
    say(f"已归集至 / Projected through {ledger.money.head.position}.")
    if follow:
        keep_following(ledger, heartbeat)


def keep_following(ledger: "Ledger", heartbeat: Path | None) -> None:
    """Keep the views up to date until the process is asked to stop."""
    import signal
    from threading import Event

    from api.following import follow

    stop = Event()
    for asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked, lambda *_: stop.set())
    follow(ledger, stop, say, heartbeat.touch if heartbeat else lambda: None)


def rebuild(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
) -> int:
    """Read the books from their first entry beside the live views, compare, and swap; exit 1 when they differed."""
    from api.cli.progress import Bar
    from api.projecting import rebuild as rebuild_views

    ledger = open_ledger(context)
    with Bar(hidden=as_json) as bar:
        compared = rebuild_views(ledger, lambda done, of: bar("rebuild", "", done, of))
    differing = [table for table in compared if table.differing]
    if as_json:
        tables = [table._asdict() for table in compared]
        answer({"ok": not differing, "size": ledger.money.head.position, "tables": tables})
        return FOUND if differing else 0
    for table in differing:
        say(f"! {table.name}: {table.differing} 行与重建结果不同 / rows were not as the events give them.")
    say(f"已重建至 / Rebuilt through {ledger.money.head.position}.")
    return FOUND if differing else 0
