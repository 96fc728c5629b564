"""`mingzhang checkpoint`, `prove` and `log export`: the public log, for whoever would check the books elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli import backup, log_index
from api.cli.answer import answer, answer_text, open_ledger, say
from domain.event import BookName

app = typer.Typer(name="log", help="公开日志 / The public log.", no_args_is_help=True)
log_index.add_to(app)
backup.add_to_logs(app)

Book = Annotated[BookName, typer.Option("--book", help="money 资金账 / supervision 监督账")]
AsJson = Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands that are in no group."""
    app.command("checkpoint", help="签署并打印最新检查点 / Sign what is new; print the newest head.")(checkpoint)
    app.command("prove", help="一条记录的回执 / The receipt that shows one entry to be in the log.")(prove)


def checkpoint(context: typer.Context, *, book: Book = BookName.MONEY, as_json: AsJson = False) -> None:
    """Publish what is new, sign its head, and print the signed note."""
    from api.publishing_heads import publish

    published = publish(open_ledger(context), book)
    if published is None:
        raise LookupError(f"{book} 无记录可签 / The book {book} has no entry to sign a head over.")
    if as_json:
        answer({"book": book.value, **published.told, "note": published.note})
    else:
        answer_text(published.note.removesuffix("\n"))


def prove(
    context: typer.Context,
    position: Annotated[int, typer.Argument(min=1, help="记录的位置 / the entry's position.")],
    *,
    book: Book = BookName.MONEY,
    out: Annotated[
        Path | None, typer.Option("--out", help="写入文件 / write it to a file (.tlog-proof).", metavar="FILE")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the `.tlog-proof` of an entry; where no signed head covers it yet, one is signed first."""
    from api.public_log import PublicLog
    from api.publishing_heads import publish

    ledger = open_ledger(context)
    log = PublicLog(ledger, book)
    published = log.published()
    if published is None or published.checkpoint.size < position <= ledger.book(book).head.position:
        publish(ledger, book)
    receipt = log.receipt(position)
    if out is not None:
        out.write_text(str(receipt), encoding="utf-8", newline="\n")
        say(f"回执已写入 / The receipt is in {out}.")
    if as_json:
        head = receipt.head
        answer(
            {
                "book": book.value,
                "position": position,
                "leaf_index": receipt.leaf_index,
                "size": head.size,
                "root": head.root.hex(),
                "receipt": str(receipt),
            }
        )
    elif out is None:
        answer_text(str(receipt).removesuffix("\n"))


@app.command("export", help="导出为 C2SP 日志文件夹 / Copy the log to a folder that any C2SP client reads.")
def export_log(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="导出到的文件夹 / where to.", metavar="DIR")],
    *,
    book: Book = BookName.MONEY,
    entries: Annotated[
        bool,
        typer.Option("--with-entries/--without-entries", help="连同记录，或仅哈希 / the entries too, or hashes alone."),
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Publish what is new, then copy checkpoint, tiles and entry bundles; a copy that is there is brought on."""
    from api.exporting_logs import export
    from api.public_log import PublicLog
    from api.publishing_heads import publish

    ledger = open_ledger(context)
    publish(ledger, book)
    published = export(PublicLog(ledger, book), folder, with_entries=entries)
    if as_json:
        answer({"book": book.value, **published.told, "with_entries": entries})
        return
    say(f"{book}: 第 1 至 {published.head.size} 条已导出 / entries 1 to {published.head.size} are in {folder}.")
    if entries:
        say("内含全部记录，请交给有权查阅者 / It holds every entry: give it to those who may read them.")
