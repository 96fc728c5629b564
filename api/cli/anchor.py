"""`mingzhang anchor`: time stamps over the public logs' heads, from an authority outside (RFC 3161, DESIGN §4)."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.answer import FOUND, answer, open_ledger, say, table
from domain.event import BookName

if TYPE_CHECKING:
    from api.anchoring import Anchored
    from api.ledger import Ledger

app = typer.Typer(name="anchor", help="时间戳存证：申请、续期、核验 / Time stamps over the logs' heads, from outside.")

Json = Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")]
Which = Annotated[BookName | None, typer.Option("--book", help="只此一本；不给则两本 / this book alone; else both.")]
Book = Annotated[BookName, typer.Option("--book", help="money 资金账 / supervision 监督账")]
Tsa = Annotated[
    str | None,
    typer.Option("--tsa", help="时间戳机构地址 / the authority's address.", metavar="URL", show_default=False),
]
Ca = Annotated[
    Path | None,
    typer.Option("--ca", help="其根证书（PEM）/ its root certificate, in PEM.", metavar="FILE", show_default=False),
]
Renew = Annotated[
    bool, typer.Option("--renew", help="为证书将到期的时间戳续期 / stamp again those whose certificates end soon.")
]


@app.callback(invoke_without_command=True)
def anchor(
    context: typer.Context,
    *,
    book: Which = None,
    tsa: Tsa = None,
    ca: Ca = None,
    again: Renew = False,
    as_json: Json = False,
) -> None:
    """Have each book's newest published head stamped; with --renew, the stamps that end soon too."""
    if context.invoked_subcommand is not None:
        return
    from api import anchoring
    from api.time_stamping import authority_of

    ledger = open_ledger(context)
    authority = authority_of(ledger.settings, address=tsa, certificates=ca)
    done = []
    for name in _books(book):
        _publish_additions(ledger, name)
        done.append((name, anchoring.anchor(ledger, name, authority)))
        renewed = anchoring.renew(ledger, name, authority, within=_ends_within(ledger)) if again else None
        if renewed is not None:
            done.append((name, renewed))
    _tell(done, as_json=as_json)


@app.command("verify", help="离线核验全部时间戳 / Verify every stamp that is kept, offline.")
def verify(context: typer.Context, *, book: Which = None, ca: Ca = None, as_json: Json = False) -> int:
    """Verify the stamps, and that the logs add to what was stamped; exit 1 when one does not hold."""
    from api.checking_anchors import check_anchors
    from api.time_stamping import trusted_of

    ledger = open_ledger(context, finish=False)
    trusted = trusted_of(ledger.settings, ca)
    checked = [
        {"book": name.value, **one.told} for name in _books(book) for one in check_anchors(ledger, name, trusted)
    ]
    faulty = [one for one in checked if one["faults"]]
    if as_json:
        answer(checked)
    else:
        table(
            ["book", "name", "size", "stamped at", "authority", "holds until"],
            (
                [one.get(key) for key in ("book", "name", "size", "stamped_at", "authority", "holds_until")]
                for one in checked
            ),
        )
    for one in faulty:
        say(f"! {one['book']} {one['name']}: {' '.join(one['faults'])}")
    say(f"{len(checked)} 个时间戳，{len(faulty)} 个有误 / time stamps, of which so many do not hold: {len(faulty)}.")
    return FOUND if faulty else 0


@app.command("request", help="写出申请文件，带去时间戳机构 / Write a request, to be carried to the authority.")
def request(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="申请文件 / the request (.tsq).", metavar="OUT")],
    *,
    book: Book = BookName.MONEY,
    again: Renew = False,
    ca: Ca = None,
    as_json: Json = False,
) -> None:
    """Write a request over the newest published head or, with --renew, over the stamps that end soon."""
    from api import anchoring
    from api.time_stamping import trusted_of

    ledger = open_ledger(context)
    if again:
        trusted = trusted_of(ledger.settings, ca)
        wanted = anchoring.ending_soon(ledger, book, trusted, within=_ends_within(ledger))
    else:
        _publish_additions(ledger, book)
        wanted = anchoring.newest_head(ledger, book)
    if wanted is None:
        raise LookupError(f"{book} 没有需要续期的时间戳 / No stamp of {book} ends soon.")
    file.write_bytes(anchoring.ask_by_file(ledger, book, wanted))
    if as_json:
        answer({"book": book.value, "file": str(file), "digest": wanted.digest})
        return
    say(f"申请已写入 {file}，答复请用 anchor store 存入 / Carry it to the authority; store its answer: anchor store.")


@app.command("store", help="存入时间戳机构的答复 / Verify and keep the authority's answer.")
def store(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="答复文件 / the answer (.tsr).", metavar="FILE")],
    *,
    ca: Ca = None,
    as_json: Json = False,
) -> None:
    """Verify the answer to a request of this ledger, and keep it."""
    from api import anchoring
    from api.time_stamping import trusted_of

    ledger = open_ledger(context)
    _tell([anchoring.store(ledger, file.read_bytes(), trusted_of(ledger.settings, ca))], as_json=as_json)


def _books(book: BookName | None) -> list[BookName]:
    return [book] if book else list(BookName)


def _publish_additions(ledger: "Ledger", book: BookName) -> None:
    """Sign a head where something was added that is not the book's own housekeeping, so that this is stamped."""
    from api.public_log import PublicLog
    from api.publishing_heads import publish
    from domain.public_log import HOUSEKEEPING

    published = PublicLog(ledger, book).published()
    added = ledger.book(book).read(published.checkpoint.size + 1 if published else 1)
    if published is None or any(entry.topic not in HOUSEKEEPING for entry in added):
        publish(ledger, book)


def _ends_within(ledger: "Ledger") -> timedelta:
    return timedelta(days=ledger.settings.tsa_renew_days)


def _tell(done: Iterable[tuple[BookName, "Anchored"]], *, as_json: bool) -> None:
    told = [_told(book, anchored) for book, anchored in done]
    for one in told:
        says = "已盖时间戳 / stamped" if one["new"] else "先前已盖 / stamped before"
        say(f"{one['book']} {one['name']}: {says}, {one['stamped_at']}, {one['authority']}")
    if as_json:
        answer(told)


def _told(book: BookName, anchored: "Anchored") -> dict[str, Any]:
    from domain.clock import instant

    head, stamp = anchored.head, anchored.stamp
    return {
        "book": book.value,
        "name": anchored.name,
        "size": head.size,
        "root": head.root.hex(),
        "stamped_at": instant(stamp.stamped_at),
        "authority": stamp.authority,
        "holds_until": instant(stamp.holds_until),
        "new": anchored.is_new,
    }
