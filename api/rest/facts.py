"""`/facts`: the fact tables, with references for people (OUTPUTS §6)."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import Path, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from api import reading
from api.ledger import Ledger
from api.rest.answers import CSV, ETAGGED, JSON_LINES, conditional, csv_lines, json_lines, lines
from api.rest.parameters import USUAL, After, Current, Limit
from api.rest.problems import documented
from api.rest.routing import staff_router

router = staff_router("/facts", "facts")


class FactTableSize(BaseModel):
    """A fact table with its columns and how many rows it has."""

    name: str
    rows: int
    columns: list[str]


class FactTables(BaseModel):
    """All fact tables."""

    items: list[FactTableSize]


class FactRow(BaseModel):
    """One row: the columns that `/facts` names for its table; `position` is the entry that it comes from."""

    model_config = ConfigDict(extra="allow")

    position: int


class FactPage(BaseModel):
    """Rows by position; `next` is the `after` of the next page, null at the end.

    Rows of one entry stay together, so a page may hold a few more than `limit`.
    """

    items: list[FactRow]
    next: int | None


@router.get("", response_model=FactTables, responses={**ETAGGED, **documented(409)}, summary="The fact tables")
def list_tables(request: Request, ledger: Current) -> Response:
    """Name, rows and columns of each."""
    return conditional(request, ledger, lambda: {"items": reading.fact_tables(ledger)})


@router.get(
    "/{name}",
    response_model=FactPage,
    responses={
        200: {**ETAGGED[200], "content": {JSON_LINES: lines("FactRow"), CSV: {"schema": {"type": "string"}}}},
        304: ETAGGED[304],
        **documented(404, 409),
    },
    summary="The rows of a fact table",
)
def show_table(
    request: Request,
    ledger: Current,
    name: Annotated[str, Path(description="A table that `/facts` names.", max_length=64, examples=["payments"])],
    after: After = None,
    limit: Limit = USUAL,
    shape: Annotated[
        Literal["json", "jsonl", "csv"],
        Query(alias="format", description="json: one page; jsonl, csv: all rows after `after`, whatever `limit` says."),
    ] = "json",
) -> Response:
    """By position. As jsonl or csv it is streamed, and goes to the end."""
    columns = reading.fact_columns(name)
    if shape == "jsonl":
        return json_lines(reading.fact_rows(ledger, name, after=after))
    if shape == "csv":
        from projections.facts import as_csv_value

        return csv_lines(reading.fact_rows(ledger, name, after=after), columns, as_csv_value)
    return conditional(request, ledger, lambda: _page(ledger, name, after, limit))


def _page(ledger: Ledger, name: str, after: int | None, limit: int) -> dict[str, Any]:
    items, more = whole_entries(reading.fact_rows(ledger, name, after=after), limit)
    return {"items": items, "next": items[-1]["position"] if more else None}


def whole_entries(rows: Iterable[dict[str, Any]], limit: int) -> tuple[list[dict[str, Any]], bool]:
    """At least `limit` rows, ending where an entry's rows end, and whether there are more behind them.

    A payment with two funding lines is two rows of one position: a page that ended between them would lose one.
    """
    items: list[dict[str, Any]] = []
    for row in rows:
        if len(items) >= limit and row["position"] != items[-1]["position"]:
            return items, True
        items.append(row)
    return items, False
