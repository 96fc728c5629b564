"""Parameters that several resources share, with their ranges, and what each route is given."""

import re
from datetime import date
from typing import Annotated
from unicodedata import normalize

from fastapi import Depends, Path, Query, Request
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

from api.ledger import Ledger
from api.webhooks.register import Webhooks
from domain.event import BookName
from domain.kinds import LARGEST

LONGEST_WORD = 200
MOST = 1_000
USUAL = 100

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def iso_day(value: object) -> object:
    """Only `2020-06-20` is a day: pydantic would take seconds since 1970 for one, too.

    Raises:
        ValueError: for any other text.
    """
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("write a day as 2020-06-20")
    if not isinstance(value, str | date):
        raise ValueError("write a day as 2020-06-20")  # noqa: TRY004  pydantic takes a ValueError as the field's fault
    return value


def composed(text: str) -> str:
    """`text` in NFC, as everything in the books is: the same number typed otherwise would be another key."""
    return normalize("NFC", text)


Day = Annotated[date, BeforeValidator(iso_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A business day."""

Word = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_WORD, pattern=r"^[^\x00-\x1f\x7f]+$"),
    AfterValidator(composed),
]
"""A number, name or word on one line."""

Segment = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_WORD, pattern=r"^[^\x00-\x1f\x7f/]+$"),
    AfterValidator(composed),
]
"""A word that can be one part of an address."""

Position = Annotated[int, Field(ge=1, le=LARGEST)]

Book = Annotated[BookName, Query(description="资金账 money, 监督账 supervision")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="At most so many items.")]
After = Annotated[
    int | None,
    Query(ge=0, le=LARGEST, description="The `next` of the answer before; without it, from the beginning."),
]
AtPosition = Annotated[int, Path(ge=1, le=LARGEST, description="The position, from 1.")]


def ledger_of(request: Request) -> Ledger:
    """The ledger, as it stands."""
    ledger: Ledger = request.app.state.ledger
    return ledger


def current_ledger(request: Request) -> Ledger:
    """The ledger with its views and alerts brought up to the books; cheap when nothing is new."""
    ledger = ledger_of(request)
    ledger.catch_up()
    return ledger


def webhooks_of(request: Request) -> Webhooks:
    """The endpoints of webhooks, and what became of them."""
    webhooks: Webhooks = request.app.state.webhooks
    return webhooks


AnyLedger = Annotated[Ledger, Depends(ledger_of)]
Current = Annotated[Ledger, Depends(current_ledger)]
Hooks = Annotated[Webhooks, Depends(webhooks_of)]
