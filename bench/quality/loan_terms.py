"""违规放款: loans to those who may not borrow, beyond the limits, or for what is barred (DOMAIN §4 B, from LNM-07)."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random  # noqa: TID251  the bench names its seed

from bench.quality.label import Family, Found, Label, LookAlike
from bench.quality.loans import FIFTY_THOUSAND_FEN, ISSUED_ON, numbers, of_loans, several
from bench.quality.town.book import Row
from bench.quality.town.lending import borrow, interest_fen, repay, subsidise_interest
from bench.quality.town.people import SPOUSE, Household, Person, bury, found_household, join, somebody
from bench.quality.town.posting import object_to
from bench.quality.town.township import AS_OF, YEAR, Township

LOAN_TERMS = Family()
OVERDUE_DAYS = 90
RENEWED_BEFORE_THE_EPIDEMIC = date(YEAR, 1, 10)


@LOAN_TERMS.case("LNM-07")
def too_old_or_too_young_on_the_day(town: Township, chance: Random) -> Iterator[Found]:
    for born, why in (
        (date(YEAR - 66, 3, 4), ""),
        (date(YEAR - 66, 3, 5), "65 on the day of issue and 66 the next"),
        (date(YEAR - 18, 3, 5), ""),
        (date(YEAR - 18, 3, 4), "18 on the day of issue"),
    ):
        head = _head_born(town, born)
        loan = borrow(town, head, issued_on=ISSUED_ON)
        if why:
            yield LookAlike(("LNM-07",), (loan["loan_no"], head.id_no), why, (loan,))
        else:
            yield of_loans("LNM-07", (loan,), head.id_no, note=f"born {born}")


def _head_born(town: Township, born: date) -> Person:
    """The head of a household of two, born on that day."""
    home = Household(town.number("H", 4), town.next_village(), "一组", "一般贫困户", town.numbers.phone(), [])
    head = join(town, home, "户主", born=born)
    join(town, home, "兄弟姐妹", born=date(1980, 4, 5))
    return head


@LOAN_TERMS.case("LNM-07")
def borrowers_whom_a_list_excludes(town: Township, chance: Random) -> Iterator[Found]:
    wage = {"org": "测试镇中心小学", "from": date(2012, 9, 1)}
    teacher, former, dead, ward = (found_household(town).head for _ in range(4))
    town.book.add("payroll", name=teacher.name, id_no=teacher.id_no, **wage)
    town.book.add("payroll", name=former.name, id_no=former.id_no, until=ISSUED_ON - timedelta(days=1), **wage)
    bury(town, dead, ISSUED_ON - timedelta(days=1))
    ward.row.state(capacity="无")
    for person, note in ((teacher, "on the payroll"), (dead, "died the day before"), (ward, "without capacity")):
        loan = borrow(town, person, issued_on=ISSUED_ON)
        yield of_loans("LNM-07", (loan,), person.id_no, note=note, also=("FAL-09", "LNM-03"))
    loan = borrow(town, former, issued_on=ISSUED_ON)
    keys = (former.id_no, loan["loan_no"])
    yield LookAlike(("LNM-07",), keys, "left the payroll the day before", (loan,), also=("FAL-09",))


@LOAN_TERMS.case("LNM-07")
def borrowers_on_and_off_the_roster(town: Township, chance: Random) -> Iterator[Found]:
    stranger = somebody(town)
    stranger.household = Household(town.number("H", 4), "测试一村", "一组", "一般贫困户", town.numbers.phone(), [])
    loan = borrow(town, stranger, issued_on=ISSUED_ON)
    yield of_loans("LNM-07", (loan,), stranger.id_no, note="never listed")
    for kind in ("清退", "迁出", "脱贫"):
        home = found_household(town, exited_on=ISSUED_ON, exit_kind=kind)
        loan = borrow(town, home.head, issued_on=ISSUED_ON)
        if kind == "脱贫":
            yield LookAlike(("LNM-07",), numbers((loan,)), "out of poverty, which keeps the claim", (loan,))
        else:
            yield of_loans("LNM-07", (loan,), home.head.id_no, note=f"{kind} on the day of issue")
    late = found_household(town, included_on=ISSUED_ON, registered_on=ISSUED_ON + timedelta(days=60))
    loan = borrow(town, late.head, issued_on=ISSUED_ON)
    yield LookAlike(("LNM-07",), numbers((loan,)), "listed on the day of issue, keyed two months later", (loan,))


@LOAN_TERMS.case("LNM-09")
def more_than_fifty_thousand_is_outstanding(town: Township, chance: Random) -> Iterator[Found]:
    for fen, topped_up, excess_fen, why in (
        (FIFTY_THOUSAND_FEN + 1_00, None, 1_00, ""),
        (FIFTY_THOUSAND_FEN, None, 0, "exactly 50 000"),
        (2 * FIFTY_THOUSAND_FEN + 1_00, True, 1_00, ""),
        (2 * FIFTY_THOUSAND_FEN, True, 0, "100 000 with an approved top-up"),
    ):
        home = found_household(town)
        loan = borrow(town, home.head, principal=fen, topup_approved=topped_up)
        keys = (home.number, loan["loan_no"])
        if why:
            yield LookAlike(("LNM-09",), keys, why, (loan,))
        else:
            yield Label("LNM-09", keys, excess_fen, loan["issued_on"], (loan,), note=f"{fen // 100} yuan")


@LOAN_TERMS.case("LNM-09")
def a_term_of_thirty_six_months_and_a_day(town: Township, chance: Random) -> Iterator[Found]:
    three_years = date(YEAR + 3, ISSUED_ON.month, ISSUED_ON.day)
    over = borrow(town, issued_on=ISSUED_ON, due_on=three_years + timedelta(days=1))
    yield of_loans("LNM-09", (over,), over["household_no"], note="a day over 36 months")
    whole = borrow(town, issued_on=ISSUED_ON, due_on=three_years)
    yield LookAlike(("LNM-09",), numbers((whole,)), "exactly 36 months", (whole,))


@LOAN_TERMS.case("LNM-09")
def two_open_loans_or_a_fee(town: Township, chance: Random) -> Iterator[Found]:
    home = found_household(town)
    loans = [
        borrow(town, person, principal=30_000_00, issued_on=ISSUED_ON + timedelta(days=20 * number))
        for number, person in enumerate((home.head, home.member(SPOUSE)))
    ]
    yield Label(
        "LNM-09", (home.number, *numbers(loans)), 10_000_00, loans[1]["issued_on"], tuple(loans), note="two open loans"
    )
    fee = borrow(town, guarantee_fee=1)
    keys = (fee["loan_no"], fee["household_no"])
    yield Label("LNM-09", keys, 1, fee["issued_on"], (fee,), note="a guarantee fee of one fen")


def renewed(town: Township, due_on: date, issued_on: date, settled_on: date) -> tuple[Row, Row]:
    """A loan of 30 000 and the loan that renews it."""
    home = found_household(town)
    told = {"principal": 30_000_00, "issued_on": due_on - timedelta(days=365), "due_on": due_on}
    old = borrow(town, home.head, **told)
    repay(town, old, 30_000_00, repaid_on=settled_on)
    old.state(status="续贷", settled_on=settled_on)
    new = borrow(town, home.head, principal=30_000_00, issued_on=issued_on, renews=old["loan_no"])
    return old, new


@LOAN_TERMS.case("LNM-09", "LNM-12")
def a_renewal_that_overlaps_by_days(town: Township, chance: Random) -> Iterator[Found]:
    for overlap in (3, 4):
        day = date(YEAR, 6, 5)
        old, new = renewed(town, day + timedelta(days=9), day, day + timedelta(days=overlap))
        keys = (old["household_no"], *numbers((old, new)))
        if overlap == 3:
            yield LookAlike(("LNM-09", "LNM-12"), keys, "the renewed loan was settled three days later", (old, new))
        else:
            yield Label("LNM-09", keys, 10_000_00, new["issued_on"], (old, new), note="four days of overlap")


@LOAN_TERMS.case("LNM-10")
def a_borrower_who_denies_the_loan(town: Township, chance: Random) -> Iterator[Found]:
    loans = several(town, 5)
    day = date(YEAR, 8, 3)
    for loan, result in zip(loans, ("否认", "确认", "未联系上"), strict=False):
        row = town.book.add(
            "loan_confirmations", loan_no=loan["loan_no"], name=loan["borrower_name"], id_no=loan["id_no"],
            result=result, method="入户", stated_on=day, visitor=town.serving("work_team").name,
        )  # fmt: skip
        if result == "否认":
            yield Label("LNM-10", (loan["loan_no"], loan["id_no"]), loan["principal"], day, (row,))
        else:
            yield LookAlike(("LNM-10",), numbers((loan,)), f"the borrower was asked: {result}", (loan, row))
    denied = object_to(town, "贷款", loans[3]["loan_no"], day, denial=True, content="本人未办理过该笔贷款")
    yield Label(
        "LNM-10", (loans[3]["loan_no"], loans[3]["id_no"], denied["objection_no"]), loans[3]["principal"], day,
        (denied,), note="denied in an objection",
    )  # fmt: skip
    asked = object_to(
        town, "贷款", loans[4]["loan_no"], day, content="询问利率", resolved_on=day + timedelta(days=2), outcome="撤回"
    )
    yield LookAlike(("LNM-10",), (loans[4]["loan_no"], asked["objection_no"]), "a neighbour only asks", (asked,))


@LOAN_TERMS.case("LNM-11")
def a_batch_of_loans_alike(town: Township, chance: Random) -> Iterator[Found]:
    for many, alike, why in ((5, 4, ""), (4, 4, "four loans on one day"), (5, 3, "a promotion day: purposes differ")):
        branch = f"测试农商行{town.ordinal('branch')}支行"
        loans = []
        for number in range(many):
            purpose = "养罗非鱼" if number < alike else f"种植火龙果{number}亩"
            day = ISSUED_ON + timedelta(days=number % 3)
            loans.append(borrow(town, bank=branch, issued_on=day, principal=28_000_00, purpose=purpose))
        if why:
            yield LookAlike(("LNM-11",), numbers(loans), why, tuple(loans))
        else:
            yield of_loans("LNM-11", loans, note="five, of which four are for one purpose")


@LOAN_TERMS.case("LNM-12")
def a_renewal_that_hides_arrears(town: Township, chance: Random) -> Iterator[Found]:
    day = RENEWED_BEFORE_THE_EPIDEMIC
    for late in (1, 0):
        old, new = renewed(town, day - timedelta(days=late), day, day)
        keys = numbers((old, new))
        if late:
            yield Label("LNM-12", keys, 30_000_00, day, (old, new), note="renewed the day after it fell due")
        else:
            yield LookAlike(("LNM-12", "LNM-09"), keys, "renewed on the day on which it fell due", (old, new))


@LOAN_TERMS.case("LNM-12")
def a_loan_renewed_twice_or_deferred(town: Township, chance: Random) -> Iterator[Found]:
    first, second = renewed(town, date(YEAR, 1, 8), date(YEAR, 1, 8), date(YEAR, 1, 8))
    settled = date(YEAR, 9, 8)
    repay(town, second, 30_000_00, repaid_on=settled)
    second.state(status="续贷", settled_on=settled, due_on=settled)
    borrower = Person(second["borrower_name"], "男", date(1970, 1, 1), second["id_no"], second["disbursement_account"])
    borrower.household = Household(second["household_no"], "", "", "", second["phone"], [])
    third = borrow(town, borrower, principal=30_000_00, issued_on=settled, renews=second["loan_no"])
    yield Label("LNM-12", numbers((second, third)), 30_000_00, settled, (first, second, third), note="second renewal")
    deferred = borrow(town, issued_on=date(YEAR - 1, 3, 6), due_on=date(YEAR + 1, 3, 31), status="展期")
    yield LookAlike(("LNM-12", "LNM-16"), numbers((deferred,)), "deferred to March 2021 in the epidemic", (deferred,))


@LOAN_TERMS.case("LNM-13")
def a_yuan_and_a_fen_too_much_interest(town: Township, chance: Random) -> Iterator[Found]:
    for extra_fen in (1_02, 1_00):
        loan = borrow(town)
        right_fen = interest_fen(loan["principal"], 90)
        row = subsidise_interest(town, loan, amount=right_fen + extra_fen)
        keys = (loan["loan_no"], row["bank_ref"])
        if extra_fen > 1_00:
            yield Label("LNM-13", keys, extra_fen, row["paid_on"], (row,), note="a yuan and more above the interest")
        else:
            yield LookAlike(("LNM-13",), keys, "a yuan above the interest", (row,))


@LOAN_TERMS.case("LNM-13")
def interest_for_days_that_do_not_count(town: Township, chance: Random) -> Iterator[Found]:
    due_on = ISSUED_ON + timedelta(days=365)
    late = borrow(town, issued_on=ISSUED_ON - timedelta(days=365), due_on=ISSUED_ON, status="逾期")
    row = subsidise_interest(
        town, late, from_=ISSUED_ON - timedelta(days=30), to=ISSUED_ON + timedelta(days=60), paid_on=date(YEAR, 5, 20)
    )
    yield Label(
        "LNM-13", (late["loan_no"], row["bank_ref"]), row["amount"] - interest_fen(late["principal"], 30),
        row["paid_on"], (row,), note="60 days after it fell due", also=("LNM-16",),
    )  # fmt: skip
    big = borrow(town, principal=80_000_00, topup_approved=True, due_on=due_on, issued_on=ISSUED_ON)
    fen = 80_000_00 * 43_500 * 90 // (365 * 1_000_000)
    row = subsidise_interest(town, big, amount=fen)
    yield Label(
        "LNM-13", (big["loan_no"], row["bank_ref"]), fen - interest_fen(FIFTY_THOUSAND_FEN, 90), row["paid_on"], (row,),
        note="of a principal above 50 000",
    )  # fmt: skip


@LOAN_TERMS.case("LNM-13")
def interest_paid_to_somebody_else(town: Township, chance: Random) -> Iterator[Found]:
    other, loan = somebody(town), borrow(town)
    row = subsidise_interest(town, loan, payee_name=other.name, payee_id=other.id_no, account_no=other.account)
    yield Label("LNM-13", (loan["loan_no"], row["bank_ref"]), row["amount"], row["paid_on"], (row,), note="payee")
    bank = borrow(town)
    row = subsidise_interest(town, bank, payee_name=bank["bank"], payee_id="承办银行", account_no=town.numbers.card())
    yield LookAlike(("LNM-13",), (bank["loan_no"], row["bank_ref"]), "paid to the lending bank", (row,))


@LOAN_TERMS.case("LNM-15")
def a_loan_for_what_is_barred(town: Township, chance: Random) -> Iterator[Found]:
    loan = borrow(town, purpose=chance.choice(("结婚", "建房", "理财", "家庭用品", "偿债", "转借")))
    yield of_loans("LNM-15", (loan,))
    shed = borrow(town, purpose="修建养鸡棚")
    yield LookAlike(("LNM-15",), numbers((shed,)), "a shed for hens", (shed,))


@LOAN_TERMS.case("LNM-16")
def arrears_of_more_than_ninety_days(town: Township, chance: Random) -> Iterator[Found]:
    for days in (OVERDUE_DAYS + 1, OVERDUE_DAYS):
        due_on = AS_OF - timedelta(days=days)
        loan = borrow(town, issued_on=date(YEAR - 1, 1, 9), due_on=due_on, status="逾期")
        if days > OVERDUE_DAYS:
            yield of_loans("LNM-16", (loan,), note="91 days overdue")
        else:
            yield LookAlike(("LNM-16",), numbers((loan,)), "90 days overdue", (loan,), tolerated_below="Y")
    paid = borrow(town, issued_on=date(YEAR - 1, 1, 9), due_on=date(YEAR, 9, 1))
    repay(town, paid, paid["principal"], repaid_on=date(YEAR, 11, 1))
    paid.state(status="结清", settled_on=date(YEAR, 11, 1))
    yield LookAlike(("LNM-16",), numbers((paid,)), "settled two months late", (paid,))
