"""DIV-03: a dividend was not shared out as the shares say."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Select, String, cast, func, null, select, union_all

from projections.rules.dividends.terms import span_of
from projections.rules.phrases import SEPARATOR, every, evidence
from projections.rules.rule import RED, Found, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.dividends import ASSET_CONTRACTS, DIVIDENDS, SHARES


class Wrong(NamedTuple):
    """What one household got too much, or too little (below zero)."""

    row: Found
    fen: Fraction


class Register:
    """股东名册 of one contract.

    held:   its rows.
    total:  总股数 of the contract, in millionths.
    """

    def __init__(self, held: list[Found], total: int | None) -> None:
        self.held = held
        self._total = total

    def on(self, day: int) -> dict[str, int]:
        """The shares of each household on a day, in millionths."""
        shares: dict[str, int] = {}
        for row in self.held:
            if row["starts_on"] <= day and (row["until"] is None or row["until"] >= day):
                shares[row["household"]] = shares.get(row["household"], 0) + row["shares"]
        return shares

    def totals(self, shares: Mapping[str, int]) -> set[int]:
        """What the shares are a part of: the contract's total, or what is held in all."""
        return {total for total in (self._total, sum(shares.values())) if total}


def shared_otherwise(found: Iterable[Found], limits: Limits) -> Iterator[Mapping[str, Any]]:
    """The contracts and periods of which a household got another amount than its quota."""
    for contract, rows in groupby(found, key=itemgetter("contract")):
        of_contract = list(rows)
        register = Register([row for row in of_contract if row["period"] is None], of_contract[0]["total"])
        paid = [row for row in of_contract if row["period"] is not None]
        for period, of_period in groupby(sorted(paid, key=itemgetter("period")), key=itemgetter("period")):
            lines = list(of_period)
            if wrong := list(_wrong(register, lines, limits)):
                yield _alert(contract, period, wrong, lines)


def _wrong(register: Register, lines: list[Found], limits: Limits) -> Iterator[Wrong]:
    last_on = max(row["last_on"] for row in lines)
    books = [register.on(day) for day in _days(lines[0]["period"], last_on)]
    for row in lines:
        if not register.held:
            quotas = {Fraction(row["shares"] * pool, row["total"]) for pool in _pools(row) if row["total"]}
        else:
            quotas = {
                Fraction(book.get(row["household"], 0) * pool, total)
                for book in books
                for total in register.totals(book)
                for pool in _pools(row)
            }
        off = min((int(row["paid_fen"]) - quota for quota in quotas), key=abs, default=Fraction(0))
        if abs(off) > limits.tolerated_fen:
            yield Wrong(row, off)
    yield from _missed(register, books, lines, limits)


def _missed(register: Register, books: list[dict[str, int]], lines: list[Found], limits: Limits) -> Iterator[Wrong]:
    """Shareholders without a line, once all of the pool is paid or its last day is over."""
    pool = max(row["pool_fen"] for row in lines)
    ended = max(row["last_on"] for row in lines) < limits.as_of.toordinal()
    if not (ended or sum(row["paid_fen"] for row in lines) >= pool):
        return
    paid = {row["household"] for row in lines}
    for row in register.held:
        if row["household"] not in paid and all(book.get(row["household"]) for book in books):
            paid.add(row["household"])
            yield Wrong(row, -Fraction(books[0][row["household"]] * pool, max(register.totals(books[0]))))


def _days(period: str, last_on: int) -> list[int]:
    """The days whose register may count: that of the payment, and the period's last where it was over by then."""
    span = span_of(period)
    return sorted({last_on, min(last_on, span.ends.toordinal())} if span else {last_on})


def _pools(row: Found) -> set[int]:
    """What was shared out: 应分总额, or, of a household paid in parts, that of all the parts."""
    return (
        {row["pool_fen"]}
        if row["lines"] == 1
        else {row["pool_fen"], int(row["pools_fen"]), row["pool_fen"] * row["lines"]}
    )


def _alert(contract: str, period: str, wrong: list[Wrong], lines: list[Found]) -> Mapping[str, Any]:
    over = sum((one.fen for one in wrong if one.fen > 0), Fraction(0))
    under = -sum((one.fen for one in wrong if one.fen < 0), Fraction(0))
    last_on = max(row["last_on"] for row in lines)
    return {
        "contract": contract,
        "period": period,
        **{
            name: SEPARATOR.join(filter(None, (one.row[name] for one in wrong)))
            for name in ("household", "person", "payment", "evidence")
        },
        "at_risk_fen": round(max(over, under)),
        "over_fen": round(over),
        "under_fen": round(under),
        "households": len(wrong),
        "holds_from": last_on,
    }


@rule(
    "DIV-03",
    zh="分配不符",
    en="not by shares",
    severity=RED,
    mode=Mode.STREAMING | Mode.PERIODIC,
    clause=plan(3, "所形成的资产原则上折股量化到农村集体经济组织,收益权优先分配给相对贫困村和相对贫困户"),
    needs=(DIVIDENDS, ASSET_CONTRACTS),
    parameters={"tolerated_fen": Parameter(1, "fen", "与按股应分额可容忍的差额")},
    anchor=("contract", "period"),
    subjects=("contract", "household", "person", "payment"),
    keyed_by="contract",
    why_zh="合同{period}期有{households}户的分红与股份不符：多分{over_yuan}，少分{under_yuan}。",
    why_en="For {period} {households} households got another amount than their shares say: {over_yuan} too much, "
    "{under_yuan} too little.",
    decides=shared_otherwise,
)
def shared_out_otherwise_than_by_shares(touched: Touched, _: Limits) -> Select[Any]:
    """Assets are held in shares, and so is what they earn: shares/total × pool, to the fen, for each shareholder.

    Nobody else has a part in it. Either neighbour of an exact quota is right, whichever way ties fell.
    """
    d, s, k = DIVIDENDS.c, SHARES.c, ASSET_CONTRACTS.c
    paid = (
        select(d.contract_no.label("contract"), d.period, d.household_no.label("household"))
        .add_columns(func.max(d.shares_millionths).label("shares"), k.total_shares_millionths.label("total"))
        .add_columns(func.max(d.pool_due_fen).label("pool_fen"), func.sum(d.pool_due_fen.distinct()).label("pools_fen"))
        .add_columns(func.coalesce(func.nullif(func.sum(d.net_fen), 0), func.max(d.paid_fen)).label("paid_fen"))
        .add_columns(func.count().label("lines"), func.max(d.paid_on).label("last_on"))
        .add_columns(null().label("starts_on"), null().label("until"))
        .add_columns(every(d.id_no).label("person"), every(d.bank_ref).label("payment"), evidence(d.position))
        .join(ASSET_CONTRACTS.table, k.contract_no == d.contract_no)
        .where(touched(d.contract_no))
        .group_by(d.contract_no, d.period, d.household_no, k.total_shares_millionths)
    )
    nothing = (null(),) * 5
    held = (
        select(s.contract_no, null(), s.household_no, s.shares_millionths, k.total_shares_millionths, *nothing)
        .add_columns(s.starts_on, s.until, s.id_no, null(), cast(s.last_position, String))
        .join(ASSET_CONTRACTS.table, k.contract_no == s.contract_no)
        .where(~s.quarantined, touched(s.contract_no))
    )
    both = union_all(paid, held).subquery("both")
    return select(both).order_by(both.c.contract)
