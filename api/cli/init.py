"""`mingzhang init`: open a ledger for one place (建账)."""

from typing import Annotated

import typer

from api.cli.answer import answer, say


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init", help="建账：为一个镇或村新建账套 / Open a ledger for one place.")(init)


def init(
    context: typer.Context,
    place: Annotated[str, typer.Option(help="区划代码，9 或 12 位 / division code, 9 or 12 digits.")],
    name: Annotated[str, typer.Option(help="名称 / the place's name.")],
    *,
    grant_to: Annotated[
        str | None,
        typer.Option(
            help="数据库中代为服务的角色 / in a database: the role that will serve the ledger.", metavar="ROLE"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
) -> None:
    """Make the folder, the keys, the two books and the vault."""
    from api.ledger import Ledger
    from api.master_key import master_key_of

    if grant_to is not None:
        from api.storage import database_url
        from api.storage.granting import grant, refuse_unknown

        url = database_url()
        refuse_unknown(url, grant_to)
    with Ledger.create(context.obj, place_code=place, place_name=name) as ledger:
        opened = {
            "ledger": str(context.obj),
            "place_code": place,
            "place_name": name,
            "origins": {"money": ledger.money.origin, "supervision": ledger.supervision.origin},
            "keeper_token_file": str(ledger.folder.keys / "keeper.token"),
            "keys": str(ledger.folder.keys),
            "master_key_file": master_key_of(ledger.folder).place,
        }
    if grant_to is not None:
        grant(str(url), grant_to)
    if as_json:
        answer(opened)
        return
    say(f"已建账 / The ledger of {name} ({place}) is open at {context.obj}.")
    say(f"密钥请另行备份 / Back up the keys elsewhere: {opened['keys']}")
    say(f"没有主密钥便读不出姓名 / Without the master key no name can be read: {opened['master_key_file']}")
