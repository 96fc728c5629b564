"""冒名借款: loans that another uses or repays than the one who owes them (DOMAIN §4 B, LNM-01 to LNM-08)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random  # noqa: TID251  the bench names its seed
from typing import Any

from bench.quality.label import Family, Found, Label, LookAlike
from bench.quality.town.book import Row
from bench.quality.town.lending import borrow, farm, repay, spend
from bench.quality.town.people import CHILD, PARENT, SPOUSE, Person, enter, found_household, somebody
from bench.quality.town.sharing import prosper
from bench.quality.town.township import YEAR, Township

LOANS = Family()
ISSUED_ON = date(YEAR, 3, 4)
FIFTY_THOUSAND_FEN = 50_000_00


def numbers(loans: Sequence[Row]) -> tuple[str, ...]:
    """借据号."""
    return tuple(str(loan["loan_no"]) for loan in loans)


def principal_fen(loans: Sequence[Row]) -> int:
    """What was lent in all."""
    return sum(int(loan["principal"]) for loan in loans)


def last_day(loans: Sequence[Row]) -> date:
    """The day of the last of them."""
    days: list[date] = [loan["issued_on"] for loan in loans]
    return max(days)


def several(town: Township, many: int, **stated: Any) -> list[Row]:
    """Loans of so many households."""
    return [borrow(town, **stated) for _ in range(many)]


def of_loans(rule: str, loans: Sequence[Row], *keys: str, **told: Any) -> Label:
    """A label over the principal of some loans."""
    return Label(rule, (*numbers(loans), *keys), principal_fen(loans), last_day(loans), tuple(loans), **told)


@LOANS.case("LNM-01")
def two_households_borrow_into_one_account(town: Township, chance: Random) -> Iterator[Found]:
    first = borrow(town)
    second = borrow(town, disbursement_account=first["disbursement_account"])
    yield of_loans("LNM-01", (first, second), also=("LNM-08",))


@LOANS.case("LNM-01", "LNM-09")
def one_household_borrows_into_one_account_again(town: Township, chance: Random) -> Iterator[Found]:
    home = found_household(town)
    first = borrow(town, home.head, issued_on=date(YEAR, 1, 6), principal=30_000_00)
    repay(town, first, 30_000_00, repaid_on=date(YEAR, 4, 6))
    first.state(status="结清", settled_on=date(YEAR, 4, 6))
    second = borrow(town, home.head, issued_on=date(YEAR, 5, 6), principal=30_000_00)
    yield LookAlike(
        ("LNM-01", "LNM-09"), numbers((first, second)), "one borrower, the first loan settled before the second",
        (first, second),
    )  # fmt: skip


@LOANS.case("LNM-02")
def one_telephone_for_three_borrowers_or_two(town: Township, chance: Random) -> Iterator[Found]:
    for many in (3, 2):
        number = town.numbers.phone()
        loans = several(town, many, phone=number)
        if many == 3:
            yield of_loans("LNM-02", loans, number)
        else:
            yield LookAlike(("LNM-02",), (number, *numbers(loans)), "two borrowers with one telephone", tuple(loans))


@LOANS.case("LNM-02")
def three_of_one_household_with_its_telephone(town: Township, chance: Random) -> Iterator[Found]:
    home = found_household(town)
    loans = []
    for month, person in enumerate((home.head, home.member(SPOUSE), home.head), 1):
        day = date(YEAR, month * 2, 3)
        loan = borrow(town, person, issued_on=day, principal=20_000_00)
        repay(town, loan, 20_000_00, repaid_on=day + timedelta(days=40))
        loans.append(loan.state(status="结清", settled_on=day + timedelta(days=40)))
    yield LookAlike(
        ("LNM-02", "LNM-09"), (home.phone, *numbers(loans)), "one household with its own telephone, one loan at a time",
        tuple(loans),
    )  # fmt: skip


@LOANS.case("LNM-02")
def the_telephone_of_the_village_clerk(town: Township, chance: Random) -> Iterator[Found]:
    clerk = town.appoint(town.next_village(), "村文书", "village_clerk", serving_from=date(YEAR - 3, 1, 1))
    home = found_household(town)
    enter(town, home, clerk.person, "兄弟姐妹")
    loans = several(town, 3, phone=home.phone)
    why = "the village clerk left his own telephone as contact: a reason to look, not to act"
    yield LookAlike(("LNM-02",), (home.phone, *numbers(loans)), why, tuple(loans), tolerated_below="R")


def with_agent(town: Township, agent: Person, many: int, *, born: date | None = None) -> list[Row]:
    """Loans for which somebody else came along; the borrowers were present."""
    loans = []
    for _ in range(many):
        home = found_household(town, born=born) if born else found_household(town)
        loans.append(borrow(town, home.head, agent=agent.name, agent_id=agent.id_no))
    return loans


@LOANS.case("LNM-03")
def one_agent_for_three_loans(town: Township, chance: Random) -> Iterator[Found]:
    agent = somebody(town)
    yield of_loans("LNM-03", with_agent(town, agent, 3), agent.id_no, severity="O")
    cadre = town.appoint("测试镇人民政府", "干事", "dept", serving_from=date(YEAR - 3, 1, 1)).person
    yield of_loans("LNM-03", with_agent(town, cadre, 3), cadre.id_no, note="the agent is a cadre", severity="R")


@LOANS.case("LNM-03")
def a_borrower_who_was_not_present(town: Township, chance: Random) -> Iterator[Found]:
    agent = somebody(town)
    loan = borrow(town, borrower_present=False, agent=agent.name, agent_id=agent.id_no)
    yield of_loans("LNM-03", (loan,), note="not present", severity="O")


@LOANS.case("LNM-03")
def help_from_a_relative_or_for_two_old_people(town: Township, chance: Random) -> Iterator[Found]:
    agent = somebody(town)
    two = with_agent(town, agent, 2)
    homes = found_household(town), found_household(town)
    own = [
        borrow(town, home.head, agent=home.member(SPOUSE).name, agent_id=home.member(SPOUSE).id_no) for home in homes
    ]
    yield LookAlike(
        ("LNM-03",), (agent.id_no, *numbers(two)), "one helper of two borrowers who were present", tuple(two)
    )
    yield LookAlike(("LNM-03",), numbers(own), "the spouse as agent", tuple(own))


@LOANS.case("LNM-04")
def one_outsider_repays_two_borrowers(town: Township, chance: Random) -> Iterator[Found]:
    payer, loans = somebody(town), several(town, 2)
    for loan in loans:
        repay(town, loan, loan["principal"] // 10, payer_name=payer.name, payer_id=payer.id_no, payer_relation="无")
    yield Label(
        "LNM-04", (payer.id_no, *numbers(loans)), principal_fen(loans), last_day(loans) + timedelta(days=180),
        tuple(loans),
    )  # fmt: skip


@LOANS.case("LNM-04")
def an_outsider_repays_half_a_loan_or_less(town: Township, chance: Random) -> Iterator[Found]:
    for short_fen in (0, 1):
        payer, loan = somebody(town), borrow(town, principal=40_000_00)
        row = repay(town, loan, 20_000_00 - short_fen, payer_name=payer.name, payer_id=payer.id_no, payer_relation="无")
        keys = (payer.id_no, loan["loan_no"])
        if short_fen:
            yield LookAlike(("LNM-04",), keys, "an outsider repays one fen less than half of one loan", (loan, row))
        else:
            yield Label("LNM-04", keys, 40_000_00, row["repaid_on"], (loan, row), note="exactly half")


@LOANS.case("LNM-04")
def relatives_repay_a_loan(town: Township, chance: Random) -> Iterator[Found]:
    child, loan = somebody(town), borrow(town)
    away = repay(
        town, loan, loan["principal"] * 6 // 10, payer_name=child.name, payer_id=child.id_no, payer_relation="子女"
    )
    yield LookAlike(
        ("LNM-04",), (child.id_no, loan["loan_no"]), "a child who works away repays (Y at most)", (loan, away),
        tolerated_below="O",
    )  # fmt: skip
    home = found_household(town)
    own, spouse = borrow(town, home.head), home.member(SPOUSE)
    row = repay(
        town, own, own["principal"] * 9 // 10, payer_name=spouse.name, payer_id=spouse.id_no, payer_relation="配偶"
    )
    yield LookAlike(("LNM-04",), (spouse.id_no, own["loan_no"]), "the spouse of the household repays", (own, row))


def into(firm: Row) -> dict[str, Any]:
    """The counterparty of a flow: a firm."""
    return {"to_account": firm["account_no"], "to_name": firm["org_name"], "to_id": firm["uscc"], "summary": "投资款"}


@LOANS.case("LNM-05")
def four_fifths_of_a_loan_to_one_enterprise(town: Township, chance: Random) -> Iterator[Found]:
    for days, short_fen, why in ((30, 0, ""), (30, 1, "one fen less than four fifths"), (31, 0, "on the 31st day")):
        firm, loan = town.company("企业"), borrow(town, principal=30_000_00)
        moved_on = loan["issued_on"] + timedelta(days=days)
        flow = spend(town, loan, 24_000_00 - short_fen, moved_on=moved_on, **into(firm))
        keys = (loan["loan_no"], firm["uscc"], flow["flow_ref"])
        if why:
            yield LookAlike(("LNM-05",), keys, why, (loan, flow))
        else:
            yield Label("LNM-05", keys, flow["amount"], moved_on, (flow,), note="exactly 80 % on the 30th day")


@LOANS.case("LNM-05")
def three_borrowers_pay_one_counterparty(town: Township, chance: Random) -> Iterator[Found]:
    for many, last, why in ((3, 90, ""), (2, 20, "two borrowers buy from one firm"), (3, 91, "91 days apart")):
        firm = town.company("企业")
        loans = several(town, many, issued_on=ISSUED_ON, principal=30_000_00)
        days = [ISSUED_ON + timedelta(days=apart) for apart in (2, 10, 2 + last)][3 - many :]
        flows = [spend(town, loan, 6_000_00, moved_on=day, **into(firm)) for loan, day in zip(loans, days, strict=True)]
        keys = (firm["uscc"], *numbers(loans))
        if why:
            yield LookAlike(("LNM-05",), keys, why, tuple(flows))
        else:
            fen = sum(flow["amount"] for flow in flows)
            yield Label("LNM-05", keys, fen, days[-1], tuple(flows), note="fan-in of a fifth each, within 90 days")


@LOANS.case("LNM-05")
def stock_and_feed_bought_with_invoices(town: Township, chance: Random) -> Iterator[Found]:
    shop, loan = town.company("合作社"), borrow(town)
    told = into(shop) | {"summary": "购牛苗", "invoice_no": f"FP8{town.ordinal('flow invoice'):07d}"}
    flow = spend(town, loan, loan["principal"] * 9 // 10, **told)
    yield LookAlike(
        ("LNM-05",), (loan["loan_no"], shop["uscc"], flow["flow_ref"]), "stock bought from a cooperative by invoice",
        (loan, flow), tolerated_below="O",
    )  # fmt: skip


@LOANS.case("LNM-05")
def money_moved_within_the_household(town: Township, chance: Random) -> Iterator[Found]:
    home = found_household(town)
    loan, spouse = borrow(town, home.head), home.member(SPOUSE)
    flow = spend(
        town, loan, loan["principal"], to_account=spouse.account, to_name=spouse.name, to_id=spouse.id_no,
    )  # fmt: skip
    yield LookAlike(("LNM-05",), (loan["loan_no"], flow["flow_ref"]), "into the spouse's card", (loan, flow))


def interest_from(town: Township, firm: Row, account: str, name: str, day: date) -> Row:
    """A line of the firm's own statement: it pays a borrower."""
    return town.book.add(
        "bank_statement", bank_ref=f"QY{town.ordinal('firm line'):05d}", date=day, statement_account=firm["account_no"],
        from_=firm["account_no"], from_name=firm["org_name"], to=account, to_name=name, amount=1_500_00, summary="分红",
    )  # fmt: skip


@LOANS.case("LNM-06", "LNM-05")
def the_firm_that_uses_the_loans_pays_the_borrowers(town: Township, chance: Random) -> Iterator[Found]:
    firm = town.company("企业")
    loans = several(town, 3, issued_on=ISSUED_ON, principal=FIFTY_THOUSAND_FEN)
    flows = [spend(town, loan, FIFTY_THOUSAND_FEN, **into(firm)) for loan in loans]
    lines = [
        interest_from(town, firm, loan["disbursement_account"], loan["holder_name"], day)
        for day in (date(YEAR, 6, 30), date(YEAR, 9, 30))
        for loan in loans
    ]
    keys = (firm["uscc"], *numbers(loans))
    yield Label("LNM-05", keys, principal_fen(loans), flows[-1]["moved_on"], tuple(flows), also=("LNM-11",))
    yield Label(
        "LNM-06", keys, principal_fen(loans), lines[2]["date"], tuple(lines), also=("LNM-11",),
        subjects=(firm["account_no"],),
    )  # fmt: skip


@LOANS.case("LNM-06", "LNM-05")
def borrowers_who_hold_shares_of_a_contract(town: Township, chance: Random) -> Iterator[Found]:
    venture = prosper(town)
    loans = [farm(town, household.head) for household in venture.holders[:3]]
    yield LookAlike(
        ("LNM-05", "LNM-06"), (venture.contract["operator_uscc"], *numbers(loans)),
        "borrowers hold shares of a separate asset contract; the loans went to many sellers", tuple(loans),
    )  # fmt: skip


@LOANS.case("LNM-08")
def a_loan_into_the_account_of_another(town: Township, chance: Random) -> Iterator[Found]:
    other = somebody(town)
    loan = borrow(town, disbursement_account=other.account, holder_name=other.name, holder_id=other.id_no)
    yield of_loans("LNM-08", (loan,))
    home = found_household(town, "户主", SPOUSE, CHILD, PARENT)
    spouse = home.member(SPOUSE)
    own = borrow(town, home.head, disbursement_account=spouse.account, holder_name=spouse.name, holder_id=spouse.id_no)
    yield LookAlike(
        ("LNM-08",), (own["loan_no"], home.head.id_no), "the spouse's account (Y at most)", (own,), tolerated_below="O"
    )
    namesake = somebody(town)
    told: dict[str, Any] = {"disbursement_account": namesake.account, "holder_id": namesake.id_no}
    yield of_loans("LNM-08", (borrow(town, **told),), note="of the same name, with another number")
    spaced = borrow(town)
    name = str(spaced["borrower_name"])
    spaced.state(holder_name=f"{name[0]}\u3000{name[1:]}", holder_id=None)
    yield LookAlike(("LNM-08",), numbers((spaced,)), "the bank writes the name with a blank", (spaced,))
