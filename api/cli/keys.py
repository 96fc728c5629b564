"""`mingzhang keys`: the keys that sign the heads of the public logs (DESIGN §4)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.answer import FOUND, answer, answer_text, open_ledger, say, table
from domain.event import KEEPER, BookName

if TYPE_CHECKING:
    from api.log_keys import LogKey

app = typer.Typer(
    name="keys",
    help="日志签名密钥：查看、启用、更换、停用 / The keys that sign the logs: show, create, rotate, retire.",
    no_args_is_help=True,
)

Json = Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")]
Actor = Annotated[str, typer.Option("--actor", help="谁办理 / who does it: your name in the office.")]
Which = Annotated[BookName | None, typer.Option("--book", help="只此一本；不给则两本 / this book alone; else both.")]

STATES = {
    "signing": "在用 / signs",
    "missing": "缺失 / not in this folder",
    "retired": "已停用 / retired",
}


@app.command("show", help="查看公钥、起止 / Show each key, since and until which size.")
def show(context: typer.Context, *, book: Which = None, as_json: Json = False) -> int:
    """Print every key that the logs have had; exit 1 when one that should sign is not here."""
    from api.log_keys import KeyState, log_vkeys

    ledger = open_ledger(context, finish=False)
    keys = [(name, key) for name in _books(book) for key in log_vkeys(ledger, name)]
    _tell(keys, as_json=as_json)
    if not keys:
        say("尚无密钥，首次签名时自动启用 / There is no key yet; the first is made when a head is signed.")
    return FOUND if any(key.state is KeyState.MISSING for _, key in keys) else 0


@app.command("create", help="启用首个密钥 / Make each log's first key, unless it has one.")
def create(context: typer.Context, *, book: Which = None, actor: Actor = KEEPER, as_json: Json = False) -> None:
    """Make the first key of each log; without this it is made when a head is signed."""
    from api import log_keys

    ledger = open_ledger(context)
    _tell(((name, key) for name in _books(book) for key in log_keys.create(ledger, name, actor=actor)), as_json=as_json)


@app.command("rotate", help="更换密钥，新旧并签 / Put a new key in force; the old one signs beside it.")
def rotate(
    context: typer.Context,
    *,
    book: Which = None,
    lost: Annotated[
        bool, typer.Option("--lost", help="原密钥已丢失 / the key that is not here is lost for good.")
    ] = False,
    actor: Actor = KEEPER,
    as_json: Json = False,
) -> None:
    """Announce a new key in the book; old and new sign together until `keys retire`."""
    from api import log_keys

    ledger = open_ledger(context)
    made = [(name, log_keys.rotate(ledger, name, lost=lost, actor=actor)) for name in _books(book)]
    _tell(made, as_json=as_json)
    say("把新公钥交给审计和见证方；备份保管库 / Hand the new key to auditors and witnesses; back the vault up again.")
    say("签出新头后停用旧密钥 / When a head is signed by both, retire the old one: mingzhang keys retire KEY-ID")


@app.command("retire", help="停用密钥 / Let a key sign no more, as from the newest signed size.")
def retire(
    context: typer.Context,
    key_id: Annotated[str, typer.Argument(help="密钥号，8 位 / the key's eight digits.", metavar="KEY-ID")],
    *,
    book: Which = None,
    actor: Actor = KEEPER,
    as_json: Json = False,
) -> None:
    """Retire a key at the newest size that was signed, and destroy its private part."""
    from api import log_keys

    ledger = open_ledger(context)
    names = [name for name in _books(book) if key_id in {key.key_id for key in log_keys.log_vkeys(ledger, name)}]
    name = (names or _books(book))[0]
    _tell([(name, log_keys.retire(ledger, name, key_id, actor=actor))], as_json=as_json)


def _books(book: BookName | None) -> list[BookName]:
    return [book] if book else list(BookName)


def _tell(keys: "Iterable[tuple[BookName, LogKey]]", *, as_json: bool) -> None:
    rows = [_as_dict(name, key) for name, key in keys]
    if as_json:
        answer(rows)
        return
    if not rows:
        return
    table(
        ["账 book", "密钥 key", "起 since", "止 until", "状态 state", "公示上的指纹 fingerprint on notices"],
        (
            (row["book"], row["key_id"], row["since"], row["until"], STATES[row["state"]], row["fingerprint"])
            for row in rows
        ),
    )
    for row in rows:
        answer_text(row["vkey"])  # on a line of its own: it is copied whole


def _as_dict(name: BookName, key: "LogKey") -> dict[str, Any]:
    from api.notice_heads import fingerprint

    return {
        "book": name.value,
        "key_id": key.key_id,
        "vkey": key.vkey,
        "fingerprint": fingerprint(key.vkey),
        "since": key.since,
        "until": key.until,
        "state": key.state.value,
    }
