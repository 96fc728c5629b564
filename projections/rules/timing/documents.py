"""Quota documents: what arrived under each, by day, and what was spent under it and the documents issued out of it."""

from typing import Any

from sqlalchemy import CTE, Select, and_, case, func, select

from projections.balances import ARRIVED
from projections.rules.phrases import so_far
from projections.rules.rule import Touched
from projections.tables.allocations import ALLOCATIONS
from projections.tables.payments import PAYMENTS


def documents_themselves(documents: Select[Any]) -> Select[Any]:
    """A document that changed, as the fund that it is."""
    return documents


def documents_above(documents: Select[Any]) -> Select[Any]:
    """Documents that changed, and those out of which they were issued, to the top."""
    above = select(documents.subquery().c[0].label("document")).cte("above", recursive=True)
    rows = ALLOCATIONS.c
    issued = and_(rows.quota_doc_no == above.c.document, rows.parent_doc_no.is_not(None))
    return select(above.union(select(rows.parent_doc_no).join_from(above, ALLOCATIONS.table, issued)).c.document)


def arrivals(touched: Touched, as_of: int) -> Select[Any]:
    """到达 of each document by day: document, amount_fen, occurred_on, position, entry_no, year, so_far_fen.

    A row that hands a document on from an organisation at which it arrived brings nothing new.
    """
    rows, above = ALLOCATIONS.c, ALLOCATIONS.table.alias("above").c
    handed_on = (
        select(above.position)
        .where(
            above.entry_kind == ARRIVED,
            above.quota_doc_no == rows.quota_doc_no,
            above.to_org == rows.from_org,
            above.position != rows.position,
        )
        .exists()
    )
    return select(
        rows.quota_doc_no.label("document"),
        *(rows.amount_fen, rows.occurred_on, rows.position, rows.entry_no, rows.year),
        so_far(rows.amount_fen, rows.occurred_on, rows.position, of=(rows.quota_doc_no,)).label("so_far_fen"),
    ).where(rows.entry_kind == ARRIVED, rows.occurred_on <= as_of, ~handed_on, touched(rows.quota_doc_no))


def families(touched: Touched) -> CTE:
    """Each document with itself and all that were issued out of it: `root`, `document`."""
    rows, below = ALLOCATIONS.c, ALLOCATIONS.table.alias("below").c
    root = (
        select(rows.quota_doc_no.label("root"), rows.quota_doc_no.label("document"))
        .where(rows.entry_kind == ARRIVED, touched(rows.quota_doc_no))
        .distinct()
        .cte("families", recursive=True)
    )
    issued = and_(below.parent_doc_no == root.c.document, below.entry_kind == ARRIVED)
    return root.union(select(root.c.root, below.quota_doc_no).join_from(root, below.position.table, issued))


def spent(family: CTE, until: int) -> Select[Any]:
    """What was paid by a day, net of returns, under each document and those below it.

    Columns: document, spent_fen, below (how many there are below it).
    """
    p = PAYMENTS.c
    paid = (
        select(p.quota_doc_no, func.sum(p.net_fen).label("net_fen"))
        .where(p.quota_doc_no.in_(select(family.c.document)), p.paid_on <= until)
        .group_by(p.quota_doc_no)
        .subquery("paid")
        .c
    )
    return (
        select(family.c.root.label("document"), func.coalesce(func.sum(paid.net_fen), 0).label("spent_fen"))
        .add_columns(func.sum(case((family.c.document != family.c.root, 1), else_=0)).label("below"))
        .join_from(family, paid.net_fen.table, paid.quota_doc_no == family.c.document, isouter=True)
        .group_by(family.c.root)
    )
