"""The web application of one ledger: the API under `/api/v1`, `/health`, `/metrics`, `/log`, and the pages."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.access import guard
from api.daily import keeping_daily
from api.following import following
from api.ledger import Ledger
from api.pages.site import mount
from api.public_log import PublicLog
from api.publishing_heads import publishing
from api.rest import health, metrics, public_log, router
from api.rest.bell import Bell
from api.rest.description import ADDRESS, TITLE, Described
from api.rest.faults import Unforeseen
from api.rest.handlers import add_problem_handlers
from api.rest.headers import ApiHeaders, BodyLimit
from api.rest.import_desk import ImportDesk
from api.rest.memory import Memory
from api.rest.once import Answers
from api.rest.verification import Verifier
from api.verifying_background import verifying
from api.webhooks.background import delivering
from api.webhooks.register import Webhooks
from domain.event import BookName

PREFIX = "/api/v1"
BYTES_PER_MB = 1_000_000


def create_app(ledger: Ledger, *, signs: bool = False) -> FastAPI:
    """The application that serves `ledger`; whoever opened the ledger closes it, after the application has ended.

    signs:  while it runs, the views and alerts follow the books (`api.following`), webhooks are delivered
            (`api.webhooks`), the public logs grow behind the commits and their heads are signed, the day's work is
            done by itself (`api.daily`), and so is verification (`api.verifying_background`).
    """
    memory, webhooks, bell = Memory.of(ledger), Webhooks.of(ledger), Bell(ledger.supervision)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as running:
            running.enter_context(memory.serving())
            running.callback(webhooks.close)
            running.enter_context(bell.ringing())
            if signs:
                _keep_up(running, ledger, webhooks)
            yield
            app.state.desk.close()

    app = Described(
        title=TITLE,
        lifespan=life,
        openapi_url=None,  # served below, as everything else is
        docs_url=None,  # FastAPI's pages load scripts from elsewhere and run them inline
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    guard(app, ledger).let_mirror(ledger.folder.mirror_token(ledger.randomness))
    app.state.ledger = ledger
    app.state.answers = Answers(memory, ledger.clock)
    app.state.desk = ImportDesk(ledger, memory)
    app.state.verifier = Verifier()
    app.state.webhooks = webhooks
    app.state.bell = bell
    app.state.logs = {name: PublicLog(ledger, name) for name in BookName}
    mount(app, ledger)
    add_problem_handlers(app)
    app.include_router(router, prefix=PREFIX)
    for state in (health, metrics):
        app.include_router(state.router)
    for files in (public_log.mirrors, public_log.public):
        app.include_router(files)
    app.router.routes.append(Route(ADDRESS, describe, methods=["GET"]))
    app.add_middleware(BodyLimit, largest_upload_bytes=ledger.settings.largest_upload_mb * BYTES_PER_MB)
    app.add_middleware(Unforeseen)
    app.add_middleware(ApiHeaders)
    return app


def _keep_up(running: ExitStack, ledger: Ledger, webhooks: Webhooks) -> None:
    """Do beside the answers what a served ledger does by itself, until `running` ends."""
    running.enter_context(delivering(ledger, webhooks))
    running.enter_context(following(ledger))
    running.enter_context(publishing(ledger))
    running.enter_context(keeping_daily(ledger))
    running.enter_context(verifying(ledger))


async def describe(request: Request) -> Response:
    """The OpenAPI 3.1 document."""
    return JSONResponse(request.app.openapi(), headers={"Cache-Control": "no-cache"})
