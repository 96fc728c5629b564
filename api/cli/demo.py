"""`mingzhang demo`: a township's year goes in, is sealed, shown, questioned and proven."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.answer import FOUND, say

if TYPE_CHECKING:
    from api.ledger import Ledger


SAMPLE = Path("samples/township")
INSTALLED = Path(sys.prefix) / "share" / "mingzhang"
"""Where an installation keeps the sample; in a copy of the source it lies at hand."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo", help="演示：样例镇的一年 / A sample township's year, from Excel to proof.")(demo)


def demo(
    context: typer.Context,
    package: Annotated[Path, typer.Argument(help="样例包 / the sample package.")] = SAMPLE,
    *,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="完成后启动网页 / serve afterwards.")] = True,
) -> int:
    """Do the main job on the sample, in a fresh ledger of its own."""
    from api.demonstration import demonstrate, fresh_folder

    if package == SAMPLE and not package.exists():
        package = INSTALLED / SAMPLE
    if not package.exists():
        raise LookupError(f"找不到样例包 {package} / There is no sample package at {package}.")
    began = time.monotonic()
    path = fresh_folder(context.obj)
    ledger, clean = demonstrate(path, package, say)
    context.call_on_close(ledger.close)
    say(f"共 {time.monotonic() - began:.1f} 秒 / seconds in all.")
    if not clean:
        return FOUND
    if serve:
        serve_pages(ledger)
    return 0


def serve_pages(ledger: "Ledger") -> None:
    """Serve the demonstration's ledger."""
    import uvicorn

    from api.app import create_app

    say(f"打开 / Open http://{ledger.settings.host}:{ledger.settings.port} — Ctrl-C 停止 / stops.")
    say(f"工作人员口令 / The keeper's token: {ledger.folder.keys / 'keeper.token'}")
    uvicorn.run(
        create_app(ledger, signs=True),
        host=ledger.settings.host,
        port=ledger.settings.port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
