"""Asset contracts whose dividends reach those who hold the shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bench.quality.town.book import Row
from bench.quality.town.people import Household, found_household
from bench.quality.town.township import YEAR, Township

GUARANTEED_PCT, GUARANTEED_PPM = "6", 60_000
MILLION = 1_000_000
PRINCIPAL_FEN = 500_000_00
FROM, UNTIL = date(YEAR, 1, 1), date(YEAR + 2, 12, 31)
PAY_DAY = "12-20"
RECEIVED_ON, PAID_ON, REPORTED_ON = date(YEAR, 12, 12), date(YEAR, 12, 20), date(YEAR, 12, 8)
HUNDRED = 100


@dataclass
class Venture:
    """A contract, its shareholders and what came of it in the year."""

    contract: Row
    village: str
    holders: list[Household]
    shares: list[Row]
    receipt: Row | None = None
    lines: list[Row] | None = None
    report: Row | None = None

    @property
    def number(self) -> str:
        """合同编号."""
        return str(self.contract["contract_no"])

    @property
    def due_fen(self) -> int:
        """The guaranteed return of a whole year."""
        return int(self.contract["principal"]) * GUARANTEED_PPM // MILLION


def invest(town: Township, *, households: int = 6, **stated: Any) -> Venture:
    """A contract of a village with a cooperative, in force since New Year, with shareholders of one or two shares."""
    village = stated.pop("village", None) or town.next_village()
    holders = [found_household(town, village=village) for _ in range(households)]
    held = [number % 2 + 1 for number in range(households)]
    operator = town.company("合作社")
    told = {
        "contract_no": f"HT-{town.ordinal('contract'):02d}",
        "operator_name": operator["org_name"],
        "operator_uscc": operator["uscc"],
        "village": village,
        "principal": PRINCIPAL_FEN,
        "guaranteed_pct": GUARANTEED_PCT,
        "day_count": "整年",
        "pay_day": PAY_DAY,
        "from": FROM,
        "until": UNTIL,
        "total_shares": sum(held),
    }
    contract = town.book.add("asset_contracts", **(told | {a.rstrip("_"): value for a, value in stated.items()}))
    shares = [hold(town, contract, household, many) for household, many in zip(holders, held, strict=True)]
    return Venture(contract, village, holders, shares)


def hold(town: Township, contract: Row, household: Household, many: int, **stated: Any) -> Row:
    """A row of 股东名册."""
    told = {
        "contract_no": contract["contract_no"],
        "household_no": household.number,
        "name": household.head.name,
        "id_no": household.head.id_no,
        "shares": many,
        "from": contract["from"],
    }
    return town.book.add("shareholders", **(told | {a.rstrip("_"): value for a, value in stated.items()}))


def report(town: Township, venture: Venture, profit_fen: int, **stated: Any) -> Row:
    """A row of 经营报告."""
    told = {
        "contract_no": venture.number,
        "period": str(YEAR),
        "profit": profit_fen,
        "status": "正常",
        "reported_on": REPORTED_ON,
    }
    venture.report = town.book.add("profit_reports", **(told | stated))
    return venture.report


def receive(town: Township, venture: Venture, fen: int | None = None, **stated: Any) -> Row:
    """A row of 分红到账: the operator pays the village."""
    told = {
        "bank_ref": f"DS{YEAR}{town.ordinal('receipt'):04d}",
        "contract_no": venture.number,
        "period": str(YEAR),
        "amount": venture.due_fen if fen is None else fen,
        "to_account": town.accounts[town.collective_of(venture.village)],
        "received_on": RECEIVED_ON,
    }
    venture.receipt = town.book.add("dividend_receipts", **(told | stated))
    return venture.receipt


def share_out(town: Township, venture: Venture, pool_fen: int | None = None, **stated: Any) -> list[Row]:
    """Rows of 分红台账: a pool to the holders by their shares, to the fen by the largest remainder."""
    pool_fen = venture.due_fen if pool_fen is None else pool_fen
    quotas = apportioned(pool_fen, [row["shares"] for row in venture.shares])
    lines = [
        dividend(town, venture, household, share["shares"], fen, pool_due=pool_fen, **stated)
        for household, share, fen in zip(venture.holders, venture.shares, quotas, strict=True)
    ]
    venture.lines = lines
    return lines


def dividend(town: Township, venture: Venture, household: Household, shares: int, fen: int, **stated: Any) -> Row:
    """A row of 分红台账."""
    contract, head = venture.contract, household.head
    told = {
        "contract_no": venture.number,
        "operator_name": contract["operator_name"],
        "operator_uscc": contract["operator_uscc"],
        "principal": contract["principal"],
        "guaranteed_pct": contract["guaranteed_pct"],
        "period": str(YEAR),
        "household_no": household.number,
        "head_name": head.name,
        "id_no": head.id_no,
        "shares": shares,
        "paid": fen,
        "paid_on": PAID_ON,
        "account_no": head.account,
        "holder_name": head.name,
        "bank_ref": f"FH{YEAR}{town.ordinal('dividend'):05d}",
    }
    return town.book.add("dividends", **(told | stated))


def apportioned(pool_fen: int, shares: Sequence[int]) -> list[int]:
    """A pool by shares: each its quota rounded down, the fen that are left to the largest remainders."""
    total = sum(shares)
    quotas = [divmod(pool_fen * many, total) for many in shares]
    parts = [whole for whole, _ in quotas]
    by_remainder = sorted(range(len(shares)), key=lambda number: (-quotas[number][1], number))
    for number in by_remainder[: pool_fen - sum(parts)]:
        parts[number] += 1
    return parts


def prosper(town: Township, **stated: Any) -> Venture:
    """An honest year of a contract: reported, received, shared out."""
    venture = invest(town, **stated)
    report(town, venture, venture.due_fen * 2)
    receive(town, venture)
    share_out(town, venture)
    return venture
