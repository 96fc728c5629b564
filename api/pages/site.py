"""The site: one object that renders every page, and `mount`, which puts it all into an application."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple
from urllib.parse import quote, urlencode

from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.access import Guarded, Keeper, guard, recognised, require_keeper
from api.ledger import Ledger
from api.pages import figures, words
from api.pages.assets import Assets
from api.pages.headers import SecurityHeaders
from api.pages.readings import LedgerReadings, Readings
from domain.clock import Clock, Randomness

TEMPLATES = Path(__file__).parent / "templates"
LANGUAGE_COOKIE = "mingzhang_language"
LANGUAGE_KEPT_SECONDS = 365 * 24 * 3600

PUBLIC_PLACES = (
    ("home", "/"),
    ("notices", "/notices"),
    ("spot_checks", "/spot-checks"),
    ("verification", "/verification"),
)
STAFF_PLACES = (("alerts", "/alerts"), ("households", "/households"), ("imports", "/import"))


class Telephones(NamedTuple):
    """Whom a villager can ask or tell; on every page's foot and on every notice."""

    township: str
    county: str
    hotline: str


class Site:
    """What every page needs: readings, words, templates, its own files.

    address:  where people reach this site, e.g. `https://mz.example.cn`; None: as each request came.
    """

    def __init__(self, readings: Readings, telephones: Telephones, *, clock: Clock, randomness: Randomness) -> None:
        """Read the words, the templates and the site's own files."""
        self.readings = readings
        self.telephones = telephones
        self.clock = clock
        self.randomness = randomness
        self.address: str | None = None
        self.largest_upload_mb = 100
        self.assets = Assets()
        self._words = {lang: words.load(lang) for lang in words.LANGUAGES}
        self._environments = {lang: self._environment(spoken) for lang, spoken in self._words.items()}

    def page(self, request: Request, template: str, *, status: int = 200, **shown: object) -> HTMLResponse:
        """The page `template` in the reader's language, filled with `shown`."""
        lang = language_of(request)
        keeper = recognised(request)
        text = (
            self._environments[lang]
            .get_template(template)
            .render(
                request=request,
                keeper=keeper,
                place=self.readings.place_name,
                telephones=self.telephones,
                here=request.url.path,
                elsewhere=lambda other: f"?{_query(request, lang=other)}",
                places=(*PUBLIC_PLACES, *(STAFF_PLACES if keeper else ())),
                **shown,
            )
        )
        answer = HTMLResponse(text, status)
        answer.headers["Content-Language"] = words.HTML_LANGUAGE[lang]
        answer.headers["Cache-Control"] = "no-store" if keeper else "no-cache"
        answer.headers["Vary"] = "Cookie"
        if keeper is not None or template == "login.html":
            # With no-referrer a browser posts a form with `Origin: null`, and we could not tell our forms from others'.
            answer.headers["Referrer-Policy"] = "same-origin"
        if request.query_params.get("lang") in words.LANGUAGES:
            answer.set_cookie(
                LANGUAGE_COOKIE, lang, max_age=LANGUAGE_KEPT_SECONDS, samesite="lax", httponly=True, path="/"
            )
        return answer

    def spoken(self, request: Request) -> words.Words:
        """The words of the reader's language."""
        return self._words[language_of(request)]

    def address_of(self, request: Request, path: str) -> str:
        """The whole address of `path` on this site, as people read it; a code on paper takes it quoted."""
        return (self.address or str(request.base_url)).rstrip("/") + path

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.clock()

    def _environment(self, spoken: words.Words) -> Environment:
        lang = spoken.lang
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals |= {
            "t": spoken,
            "counted": spoken.counted,
            "word": spoken.of,
            "lang": lang,
            "html_lang": words.HTML_LANGUAGE[lang],
            "asset": self.assets.address,
            "share": figures.share,
        }
        environment.filters |= {
            "money": figures.yuan,
            "rough": lambda fen: figures.rough_money(fen, lang),
            "capitals": figures.in_words,
            "number": figures.count,
            "day": lambda value: figures.day(value, lang),
            "moment": lambda value: figures.moment(value, lang),
            "period": lambda value: figures.period(value, lang),
            "grouped": figures.grouped,
            "spoken": lambda text: words.half(text, lang),
            "path": lambda value: quote(str(value), safe=""),
        }
        return environment


def language_of(request: Request) -> str:
    """The reader's language: what `?lang=` says, else the cookie, else Chinese."""
    for told in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if told in words.LANGUAGES:
            return str(told)
    return words.DEFAULT


def _query(request: Request, **changed: str) -> str:
    return urlencode(
        [*((key, value) for key, value in request.query_params.multi_items() if key not in changed), *changed.items()]
    )


def site_of(request: Request) -> Site:
    """The site that `request` came to, as a FastAPI dependency."""
    site: Site = request.app.state.site
    return site


Here = Annotated[Site, Depends(site_of)]
Staff = Annotated[Keeper, Depends(require_keeper)]


def mount(app: FastAPI, ledger: Ledger) -> Site:
    """Put the pages over `ledger` into `app`: pages, their files, the keeper's door, the headers, the error pages.

    The desk of the imports is in `app.state.desk` by then. Failures under `/api/` are the API's matter.
    """
    settings = ledger.settings
    telephones = Telephones(settings.objection_township, settings.objection_county, settings.objection_hotline)
    readings = LedgerReadings(ledger, app.state.desk)
    site = Site(readings, telephones, clock=ledger.clock, randomness=ledger.randomness)
    site.address = settings.public_address or None
    site.largest_upload_mb = settings.largest_upload_mb
    furnish(app, site, ledger)
    return site


def furnish(app: FastAPI, site: Site, guarded: Guarded) -> None:
    """Put `site` into `app`, its staff pages behind the door of `guarded`."""
    from api.pages.errors import add_error_pages
    from api.pages.routes import router

    guard(app, guarded)
    app.state.site = site
    app.include_router(router)
    add_error_pages(app)
    app.add_middleware(SecurityHeaders)
