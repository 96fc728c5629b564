"""`mingzhang serve`: the pages and the API, on loopback unless told otherwise."""

from typing import Annotated

import typer

from api.cli.answer import open_ledger, say


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve", help="启动网页与接口服务 / Serve the pages and the API.")(serve)


def serve(
    context: typer.Context,
    *,
    host: Annotated[str | None, typer.Option(help="监听地址，默认只限本机 / where to listen; loopback only.")] = None,
    port: Annotated[int | None, typer.Option(help="端口 / port.")] = None,
) -> None:
    """Serve until stopped with Ctrl-C."""
    import uvicorn

    from api.app import create_app

    ledger = open_ledger(context)
    ledger.catch_up()
    host, port = host or ledger.settings.host, port or ledger.settings.port
    say(f"明账已启动 / Mingzhang serves http://{host}:{port}")
    say(f"工作人员口令在 / The keeper's token is in {ledger.folder.keys / 'keeper.token'}")
    uvicorn.run(
        create_app(ledger, signs=True),
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
