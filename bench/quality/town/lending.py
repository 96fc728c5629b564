"""Microloans borrowed, used and repaid honestly."""

from datetime import date, timedelta
from typing import Any

from bench.quality.town.book import Row
from bench.quality.town.people import Person, found_household
from bench.quality.town.township import BANK, TOWNSHIP_FINANCE, YEAR, Township

RATE_PCT, RATE_PPM = "4.35", 43_500
MILLION = 1_000_000
DAYS_OF_A_YEAR = 365
PURPOSES = ("养牛", "养鸡", "养鸭", "养鱼", "种甘蔗", "种香蕉", "种火龙果", "种菜", "养羊", "养蜂")
SELLERS = ("养殖场", "饲料店", "种苗场", "农资店")
TERM = timedelta(days=730)
ONE_YEAR_FEN = 50_000_00


def borrow(town: Township, borrower: Person | None = None, **stated: Any) -> Row:
    """A row of 小额信贷台账: by the head of a household, into the head's own card, for two years."""
    borrower = borrower or found_household(town).head
    issued_on: date = stated.get("issued_on") or town.day(town.chance.randint(1, 6), 2, 26)
    principal_fen: int = stated.get("principal") or town.chance.randrange(30, 99) * 500_00
    told = {
        "loan_no": town.number("JJ", 4),
        "borrower_name": borrower.name,
        "id_no": borrower.id_no,
        "household_no": borrower.household.number,
        "bank": BANK,
        "principal": principal_fen,
        "rate_pct": RATE_PCT,
        "issued_on": issued_on,
        "due_on": issued_on + TERM,
        "purpose": town.chance.choice(PURPOSES),
        "disbursement_account": borrower.account,
        "holder_name": borrower.name,
        "holder_id": borrower.id_no,
        "borrower_present": True,
        "phone": borrower.household.phone,
        "guarantee_fee": 0,
        "balance": principal_fen,
        "status": "正常",
    }
    return town.book.add("loans", **(told | stated))


def spend(town: Township, loan: Row, fen: int, **stated: Any) -> Row:
    """A row of 放款资金流向: to a seller of whom nobody else buys, a week after the loan."""
    seller = f"{town.numbers.name('男')}{town.chance.choice(SELLERS)}"
    told = {
        "flow_ref": f"LX{YEAR}{town.ordinal('flow'):05d}",
        "loan_no": loan["loan_no"],
        "moved_on": loan["issued_on"] + timedelta(days=7),
        "amount": fen,
        "to_account": town.numbers.card(),
        "to_name": seller,
        "summary": "购买生产资料",
    }
    return town.book.add("loan_flows", **(told | stated))


def repay(town: Township, loan: Row, fen: int, **stated: Any) -> Row:
    """A row of 还款流水, by the borrower, half a year on; the balance goes down with it."""
    told = {
        "repay_ref": f"HK{YEAR}{town.ordinal('repayment'):05d}",
        "loan_no": loan["loan_no"],
        "repaid_on": loan["issued_on"] + timedelta(days=180),
        "principal": fen,
        "interest": 0,
        "payer_name": loan["borrower_name"],
        "payer_id": loan["id_no"],
        "payer_relation": "本人",
    }
    loan.state(balance=loan["balance"] - fen)
    return town.book.add("loan_repayments", **(told | stated))


def interest_fen(principal_fen: int, days: int) -> int:
    """The interest of so many days at the rate of every loan, rounded down."""
    return min(principal_fen, ONE_YEAR_FEN) * RATE_PPM * days // (DAYS_OF_A_YEAR * MILLION)


def subsidise_interest(town: Township, loan: Row, days: int = 90, **stated: Any) -> Row:
    """A row of 贴息台账: the interest of the first days, paid to the borrower."""
    until = loan["issued_on"] + timedelta(days=days)
    told = {
        "bank_ref": f"TX{YEAR}{town.ordinal('interest'):05d}",
        "loan_no": loan["loan_no"],
        "from": loan["issued_on"],
        "to": until,
        "principal": loan["principal"],
        "amount": interest_fen(loan["principal"], days),
        "payee_name": loan["borrower_name"],
        "payee_id": loan["id_no"],
        "account_no": loan["disbursement_account"],
        "paid_on": until + timedelta(days=5),
    }
    row = town.book.add("interest_subsidies", **(told | {a.rstrip("_"): value for a, value in stated.items()}))
    row.at_bank = {"from": town.accounts[TOWNSHIP_FINANCE]}
    return row


def farm(town: Township, borrower: Person | None = None) -> Row:
    """An honest loan from end to end: spent with three sellers, a tenth repaid, the interest subsidised."""
    loan = borrow(town, borrower)
    for week, tenths in enumerate((4, 3, 2), 1):
        spend(town, loan, loan["principal"] * tenths // 10, moved_on=loan["issued_on"] + timedelta(days=7 * week))
    repay(town, loan, loan["principal"] // 10)
    subsidise_interest(town, loan)
    return loan
