"""Subsidies paid honestly: granted, applied for, prepared, approved and paid by three hands, in time."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from bench.quality.town.book import Row
from bench.quality.town.people import Household, Person, found_household
from bench.quality.town.programmes import (
    DISABILITY,
    HOUSEHOLD,
    HOUSING,
    MEDICAL,
    NURSING,
    NURSING_RISES_ON,
    NURSING_RISES_TO_FEN,
    ON_BEHALF,
    PENSION,
    QUANTITY,
    Programme,
)
from bench.quality.town.township import AS_OF, BANK, MEDICAL_FUND, PENSION_FUND, TOWNSHIP_FINANCE, YEAR, Township

FIRST_DAY, LAST_DAY = date(YEAR, 1, 1), date(YEAR, 12, 31)
GRANTED_ON = date(YEAR - 1, 12, 12)
ALL_MONTHS = range(1, 13)
COLLECTORS = {PENSION.name: PENSION_FUND, MEDICAL.name: MEDICAL_FUND}


def month(number: int) -> str:
    """所属期 of a month of the year: `2020-03`."""
    return f"{YEAR}-{number:02d}"


def entitle(town: Township, person: Person, programme: Programme, **stated: Any) -> Row:
    """A row of 应享名单, for the whole year unless stated otherwise."""
    told = {
        "programme": programme.name,
        "household_no": person.household.number,
        "name": person.name,
        "id_no": person.id_no,
        "from": FIRST_DAY,
        "to": LAST_DAY,
        "amount_per_period": standard_fen(programme, person, FIRST_DAY),
        "granted_on": GRANTED_ON,
    }
    return town.book.add("entitlements", **(told | {alias.rstrip("_"): value for alias, value in stated.items()}))


def standard_fen(programme: Programme, person: Person, on: date) -> int:
    """What a person receives for a period that begins on that day."""
    if programme.rate_fen is None:
        return 0
    raised = programme is NURSING and on >= NURSING_RISES_ON
    rate_fen = NURSING_RISES_TO_FEN if raised else programme.rate_fen
    return rate_fen * units(programme, person)


def units(programme: Programme, person: Person) -> int:
    """数量: of a standard per head, the heads of the household."""
    heads = programme.amount_rule == QUANTITY and programme.unit == HOUSEHOLD
    return len(person.household.members) if heads and person.listed else 1


def pay(town: Township, person: Person, programme: Programme, period: str, **stated: Any) -> Row:
    """A row of 补贴发放表, paid on the card of whom it is for.

    stated:   columns that differ from what is usual; `amount` and `paid_on` move the others with them. `without`
              names what is not made for it when the books are closed: `notice`, `instruction`, `statement`.
    """
    without = frozenset(stated.pop("without", ()))
    paid_on: date = stated.get("paid_on") or usual_day(town, period)
    fen: int = stated.get("amount") or standard_fen(programme, person, begins(period))
    ordinal = town.ordinal("payment")
    told = {
        "programme": programme.name,
        "period": period,
        "name": person.name,
        "id_no": person.id_no,
        **_where(person),
        **_counted(programme, person, period, fen),
        "amount": fen,
        "bank": BANK,
        **_into(town, programme, person),
        "applied_on": paid_on - timedelta(days=9),
        "claim_no": f"SQ-{YEAR}-{ordinal:05d}",
        "approved_amount": stated.get("approved_amount", fen),
        "approved_on": paid_on - timedelta(days=4),
        "approver": town.approver(fen),
        "preparer": town.clerk(),
        "cashier": town.cashier(),
        "paid_on": paid_on,
        "bank_ref": f"TEST{paid_on:%Y%m%d}{ordinal:05d}",
        "pay_kind": "正常",
        "paid_from": town.accounts[TOWNSHIP_FINANCE],
        "keyed_on": paid_on,
    }
    row = town.book.add("subsidy_payments", **(told | stated))
    row.without = without
    return row


def same_claim(payment: Row) -> dict[str, Any]:
    """What a further payment on a claim has in common with the first."""
    columns = ("claim_no", "approved_amount", "applied_on", "approved_on", "approver", "preparer")
    return {alias: payment[alias] for alias in columns}


def again(town: Township, person: Person, payment: Row, *, days: int) -> Row:
    """A payment that came back is made again (重发), onto another card."""
    return pay(
        town, person, town.programmes[payment["programme"]], payment["period"], amount=payment["amount"],
        paid_on=payment["paid_on"] + timedelta(days=days), pay_kind="重发", account_no=town.numbers.card(),
        **same_claim(payment),
    )  # fmt: skip


def moved(payment: Row, paid_on: date) -> Row:
    """The payment as if it had been asked for, approved, made and keyed so many days earlier or later."""
    days = paid_on - payment["paid_on"]
    dates = ("applied_on", "approved_on", "paid_on", "keyed_on")
    return payment.state(**{alias: payment[alias] + days for alias in dates})


def receiving(
    town: Township,
    programme: Programme = DISABILITY,
    person: Person | None = None,
    *,
    months: Iterable[int] = ALL_MONTHS,
) -> tuple[Person, dict[int, Row]]:
    """Somebody who is entitled to a monthly subsidy for the year and was paid for those months."""
    person = person or found_household(town).head
    grant(town, person, programme)
    return person, {number: pay(town, person, programme, month(number)) for number in months}


def grant(town: Township, person: Person, programme: Programme) -> list[Row]:
    """The entitlement of a year: two where the standard is raised in between."""
    if programme is not NURSING:
        return [entitle(town, person, programme)]
    return [
        entitle(town, person, programme, to=NURSING_RISES_ON - timedelta(days=1)),
        entitle(town, person, programme, from_=NURSING_RISES_ON, amount_per_period=NURSING_RISES_TO_FEN),
    ]


def rebuild(town: Township, household: Household | None = None, **stated: Any) -> tuple[Person, Row]:
    """A household that receives 危房改造补助 once, in May, and the payment."""
    head = (household or found_household(town)).head
    told: dict[str, Any] = {"amount": housing_fen(town), "paid_on": town.day(5, 12, 20)}
    return head, pay(town, head, HOUSING, str(YEAR), **(told | stated))


def housing_fen(town: Township) -> int:
    """Between 8 010 and 13 990 yuan, never a round thousand."""
    return (town.chance.randrange(8, 14) * 100 + town.chance.randrange(1, 100)) * 10_00


def give_back(town: Township, payment: Row, kind: str = "退票", **stated: Any) -> Row:
    """A row of 退票冲正台账: the whole payment, three days later."""
    told = {
        "return_ref": f"TP{YEAR}{town.ordinal('return'):05d}",
        "return_kind": kind,
        "target_ref": payment["bank_ref"],
        "amount": payment["amount"],
        "returned_on": payment["paid_on"] + timedelta(days=3),
        "reason": "账号有误",
        "preparer": payment.get("preparer"),
    }
    return town.book.add("payment_returns", **(told | stated))


def ask(town: Township, payment: Row, fen: int | None = None, **stated: Any) -> Row:
    """A row of 签收回访台账: what the beneficiary says to have received, asked three weeks later."""
    told = {
        "receipt_no": town.number("HF", 4),
        "bank_ref": payment["bank_ref"],
        "name": payment.get("name") or payment.get("head_name"),
        "id_no": payment["id_no"],
        "stated_amount": payment.get("amount") or payment.get("paid") if fen is None else fen,
        "method": "入户",
        "stated_on": payment["paid_on"] + timedelta(days=21),
        "visitor": town.serving("work_team").name,
    }
    return town.book.add("receipts", **(told | stated))


def insure(town: Township) -> None:
    """医保 is paid for everybody who is listed, in February; what households have is told once, when they are whole."""
    for person in town.newcomers:
        entitle(town, person, MEDICAL)
        if (person.row["included_on"] - FIRST_DAY).days < 0:
            pay(town, person, MEDICAL, str(YEAR), paid_on=town.day(2, 18, 22))
    town.newcomers.clear()


def begins(period: str) -> date:
    """The first day of a period."""
    if "Q" in period:
        year, quarter = period.split("Q")
        return date(int(year), int(quarter) * 3 - 2, 1)
    year, _, number = period.partition("-")
    return date(int(year), int(number or 1), 1)


def ends(period: str) -> date:
    """The last day of a period."""
    first = begins(period)
    last = 12 if len(period) == 4 else first.month + (2 if "Q" in period else 0)
    return date(first.year, last, monthrange(first.year, last)[1])


def usual_day(town: Township, period: str) -> date:
    """In the month itself, between the 14th and the 20th; for a quarter in its last month, for a year in May."""
    first = begins(period)
    number = 5 if len(period) == 4 else first.month + (2 if "Q" in period else 0)
    return min(date(first.year, number, town.chance.randint(14, 20)), AS_OF)


def _where(person: Person) -> dict[str, Any]:
    if not person.listed:
        return {"village": "测试一村"}
    return {"household_no": person.household.number, "village": person.household.village}


def _counted(programme: Programme, person: Person, period: str, fen: int) -> dict[str, Any]:
    usual_fen = standard_fen(programme, person, begins(period))
    if not usual_fen or fen != usual_fen:
        return {}
    many = units(programme, person)
    return {"quantity": many, "rate": usual_fen // many}


def _into(town: Township, programme: Programme, person: Person) -> dict[str, Any]:
    if programme.pay_mode == ON_BEHALF:
        fund = COLLECTORS[programme.name]
        return {"account_no": town.accounts[fund], "holder_name": fund, "channel": "代缴"}
    return {"account_no": person.account, "holder_name": person.name, "channel": "卡"}
