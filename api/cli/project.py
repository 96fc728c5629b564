"""`mingzhang project` and `mingzhang rebuild`: bring the views up to the books, or make them anew."""

import typer

from api.cli.answer import open_ledger, say


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("project", help="归集到最新 / Bring the views and alerts up to the books.")(project)
    app.command("rebuild", help="从头重建各视图 / Make the views anew from the events.")(rebuild)


def project(context: typer.Context) -> None:
    """Read what is new and run the streaming rules over it."""
    from api.cli.progress import Bar

    ledger = open_ledger(context)
    with Bar() as bar:
        ledger.catch_up(lambda done, of: bar("project", "", done, of))
    say(f"已归集至 / Projected through {ledger.money.head.position}.")


def rebuild(context: typer.Context) -> None:
    """Drop the views and read the books from their first entry; alerts keep their ids and their life."""
    from api.projecting import forget_views

    ledger = open_ledger(context)
    forget_views(ledger)
    ledger.catch_up()
    say(f"已重建至 / Rebuilt through {ledger.money.head.position}.")
