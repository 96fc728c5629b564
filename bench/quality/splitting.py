"""拆分与权限: limits evaded, one hand where there should be several, books that differ (DOMAIN §4 F)."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random  # noqa: TID251  the bench names its seed

from bench.quality.duplicates import A_YEAR, refs
from bench.quality.interception import relieve
from bench.quality.label import Family, Found, Label, LookAlike
from bench.quality.town.book import Row
from bench.quality.town.people import SPOUSE, Household, Person, enter, found_household
from bench.quality.town.programmes import FIXED, ONCE, PERSON, RELIEF, Programme
from bench.quality.town.subsidies import again, give_back, pay, receiving
from bench.quality.town.township import APPROVAL_LIMIT_FEN, TOWNSHIP_FINANCE, YEAR, Staff, Township
from bench.quality.town.works import plan, settle

SPLITTING = Family()
ACCEPTED_EARLY = date(YEAR, 3, 15)
FIRST_BILL = date(YEAR, 4, 3)
SPLIT_DAYS = 30


@SPLITTING.case("SPL-01")
def bills_that_together_reach_the_limit(town: Township, chance: Random) -> Iterator[Found]:
    half_fen = APPROVAL_LIMIT_FEN // 2
    for bills, apart, why in (
        ((half_fen, half_fen), SPLIT_DAYS, ""),
        ((half_fen, half_fen - 1), SPLIT_DAYS, "a fen less than the limit"),
        ((half_fen, half_fen), SPLIT_DAYS + 1, "31 days apart"),
        ((half_fen - 1, half_fen - 1, 2_00), SPLIT_DAYS, "none reaches half the limit"),
    ):
        work = plan(town, fen=sum(bills), accepted_on=ACCEPTED_EARLY)
        days = [FIRST_BILL + timedelta(days=apart * number // (len(bills) - 1)) for number in range(len(bills))]
        rows = [settle(town, work, fen, day) for fen, day in zip(bills, days, strict=True)]
        keys = (work.supplier["uscc"], work.contract["contract_no"], *refs(*rows))
        if why:
            yield LookAlike(("SPL-01",), keys, why, tuple(rows))
        else:
            yield Label("SPL-01", keys, sum(bills), days[-1], tuple(rows), also=("DUP-08",), note="exactly the limit")


@SPLITTING.case("SPL-01")
def bills_of_two_projects_of_one_builder(town: Township, chance: Random) -> Iterator[Found]:
    works = [plan(town, fen=30_000_00 + 1_00 * number, accepted_on=ACCEPTED_EARLY) for number in range(2)]
    supplier = works[0].supplier
    works[1].supplier = supplier
    for row in (works[1].contract, works[1].project):
        row.state(supplier_name=supplier["org_name"], supplier_uscc=supplier["uscc"])
    rows = [
        settle(town, work, work.contract["amount"], FIRST_BILL + timedelta(days=9 * number))
        for number, work in enumerate(works)
    ]
    yield Label(
        "SPL-01", (supplier["uscc"], *refs(*rows)), sum(row["amount"] for row in rows), rows[1]["paid_on"], tuple(rows),
        note="two projects, one builder", also=("DUP-08",),
    )  # fmt: skip


def new_hand(town: Township, unit: str, post: str, role: str, person: Person | None = None) -> Staff:
    """A cadre whom chance gives no other papers."""
    return town.appoint(unit, post, role, person, serving_from=date(YEAR - 2, 1, 1))


def bills_of(town: Township, approver: str, amounts: list[int]) -> tuple[Row, ...]:
    """Bills of as many builders, all approved by one hand."""
    rows = []
    for number, fen in enumerate(amounts):
        work = plan(town, fen=fen, accepted_on=ACCEPTED_EARLY)
        rows.append(settle(town, work, fen, FIRST_BILL + timedelta(days=number * 3), approver=approver))
    return tuple(rows)


@SPLITTING.case("SPL-02", alone=True)
def approvals_that_crowd_below_the_limit(town: Township, chance: Random) -> Iterator[Found]:
    for crowded, why in ((20, ""), (19, "nineteen only")):
        leader = new_hand(town, "测试镇人民政府", "分管领导", "township_leader")
        near = [chance.randrange(4_510, 4_999) * 10_00 for _ in range(crowded)]
        far = [chance.randrange(1_500, 4_300) * 10_00 for _ in range(6)]
        rows = bills_of(town, leader.name, near + far)
        keys = (leader.number, leader.name, leader.person.id_no)
        if why:
            yield LookAlike(("SPL-02",), keys, why, rows)
        else:
            last = rows[crowded - 1]["paid_on"]
            yield Label("SPL-02", keys, sum(near), last, rows[:crowded])


@SPLITTING.case("SPL-02", alone=True)
def a_standard_that_lies_below_the_limit(town: Township, chance: Random) -> Iterator[Found]:
    leader = new_hand(town, "测试镇人民政府", "分管领导", "township_leader")
    ordinal = town.ordinal("standard")
    programme = town.offer(
        Programme(
            f"移民搬迁补助{ordinal}", f"MOVE{ordinal}", PERSON, ONCE, 48_000_00, "H01", FIXED, None, entitlement=False
        )
    )
    rows = tuple(pay(town, found_household(town).head, programme, A_YEAR, approver=leader.name) for _ in range(20))
    yield LookAlike(("SPL-02",), (leader.number, leader.name), "a fixed standard just below the limit", rows)


@SPLITTING.case("SOD-01")
def one_hand_does_two_of_three_things(town: Township, chance: Random) -> Iterator[Found]:
    for first, second in (("preparer", "approver"), ("approver", "cashier"), ("preparer", "cashier")):
        person, row = relieve(town)
        row.state(**{second: row[first]})
        yield Label(
            "SOD-01", (row["claim_no"], row["bank_ref"], person.id_no), row["amount"], row["paid_on"], (row,),
            note=f"{first} and {second}", subjects=(row[first],),
        )  # fmt: skip
    person, row = relieve(town, cashier=None)
    yield LookAlike(("SOD-01",), (row["claim_no"], row["bank_ref"]), "no cashier named, the others differ", (row,))


@SPLITTING.case("SOD-02", "COI-01")
def who_approves_is_related_to_the_payee(town: Township, chance: Random) -> Iterator[Found]:
    leader = new_hand(town, "测试镇人民政府", "分管领导", "township_leader")
    brother = found_household(town).head
    declared = town.relate(leader, brother, recused=False)
    _, row = relieve(town, brother, approver=leader.name)
    keys = (brother.id_no, row["claim_no"], row["bank_ref"])
    yield Label("SOD-02", keys, row["amount"], row["paid_on"], (row, declared), subjects=(leader.name,))
    other = found_household(town).head
    declared = town.relate(leader, other, recused=True)
    _, row = relieve(town, other)
    keys = (other.id_no, row["claim_no"], row["bank_ref"])
    why = "eligible relative of a leader, declared; the leader did not act"
    yield LookAlike(("SOD-02",), keys, why, (row, declared))
    yield LookAlike(("COI-01",), keys, why, (row, declared), tolerated_below="Y")


def at_home(town: Township, staff: Staff, home: Household) -> None:
    """A cadre lives in a household of the roster."""
    enter(town, home, staff.person, "兄弟姐妹")


@SPLITTING.case("SOD-02")
def a_clerk_pays_himself_or_a_namesake(town: Township, chance: Random) -> Iterator[Found]:
    own = found_household(town)
    clerk = new_hand(town, "测试镇财政所", "经办", "township_finance")
    at_home(town, clerk, own)
    _, row = relieve(town, clerk.person, preparer=clerk.name)
    keys = (clerk.person.id_no, row["claim_no"], row["bank_ref"])
    yield Label("SOD-02", keys, row["amount"], row["paid_on"], (row,), note="himself", also=("COI-01",))
    spouse = own.member(SPOUSE)
    _, row = relieve(town, spouse, preparer=clerk.name)
    keys = (spouse.id_no, row["claim_no"], row["bank_ref"])
    yield Label("SOD-02", keys, row["amount"], row["paid_on"], (row,), note="of the same household", also=("COI-01",))
    namesake = found_household(town).head
    namesake.name = clerk.name
    namesake.row.state(name=clerk.name, head_name=clerk.name)
    for member in namesake.household.members:
        member.row.state(head_name=clerk.name)
    _, row = relieve(town, namesake, preparer=clerk.name)
    yield LookAlike(("SOD-02",), (namesake.id_no, row["claim_no"]), "only the name is the clerk's", (row,))


@SPLITTING.case("SOD-03")
def a_leader_approves_beyond_the_limit(town: Township, chance: Random) -> Iterator[Found]:
    for fen in (APPROVAL_LIMIT_FEN + 1, APPROVAL_LIMIT_FEN - 1):
        leader = new_hand(town, "测试镇人民政府", "分管领导", "township_leader")
        work = plan(town, fen=fen, accepted_on=ACCEPTED_EARLY)
        row = settle(town, work, fen, FIRST_BILL, approver=leader.name)
        keys = (row["bank_ref"], work.contract["contract_no"])
        if fen > APPROVAL_LIMIT_FEN:
            yield Label("SOD-03", keys, fen, row["paid_on"], (row,), subjects=(leader.name,))
        else:
            yield LookAlike(("SOD-03",), keys, "a fen below the limit", (row,))


@SPLITTING.case("LED-01", "MIS-05")
def the_bank_and_the_ledger_differ(town: Township, chance: Random) -> Iterator[Found]:
    person, row = relieve(town)
    row.at_bank = {"amount": row["amount"] - 1}
    yield Label("LED-01", (row["bank_ref"],), 1, row["paid_on"], (row,), note="the bank paid a fen less")
    person, row = relieve(town, without=("statement",))
    yield Label("LED-01", (row["bank_ref"],), row["amount"], row["paid_on"], (row,), note="never on the statement")
    line = unexplained(town, date(YEAR, 4, 7), 8_800_00)
    yield Label(
        "LED-01", (line["bank_ref"],), line["amount"], line["date"], (line,), note="unknown to the ledger",
        also=("MIS-05",),
    )  # fmt: skip
    person, row = relieve(town, paid_on=date(YEAR, 6, 30))
    row.at_bank = {"date": date(YEAR, 7, 1)}
    yield LookAlike(("LED-01",), (row["bank_ref"], person.id_no), "the bank books it a day later, in July", (row,))


def unexplained(town: Township, day: date, fen: int) -> Row:
    """The bank has paid out of the township's account something that no sheet knows."""
    account = town.accounts[TOWNSHIP_FINANCE]
    return town.book.add(
        "bank_statement", bank_ref=f"TESTWZ{town.ordinal('unexplained'):05d}", date=day, statement_account=account,
        from_=account, from_name=TOWNSHIP_FINANCE, to=town.numbers.card(), to_name=town.numbers.name("男"), amount=fen,
        summary="其他",
    )  # fmt: skip


@SPLITTING.case("LED-02")
def keyed_a_month_and_a_day_later(town: Township, chance: Random) -> Iterator[Found]:
    for days in (31, 30):
        _, row = relieve(town)
        row.state(keyed_on=row["paid_on"] + timedelta(days=days))
        keys = (row["claim_no"], row["bank_ref"])
        if days == 31:
            yield Label("LED-02", keys, row["amount"], row["keyed_on"], (row,))
        else:
            yield LookAlike(("LED-02",), keys, "keyed on the 30th day", (row,))


@SPLITTING.case("LED-03")
def paid_before_it_was_approved(town: Township, chance: Random) -> Iterator[Found]:
    for days, why in ((1, ""), (0, "approved on the day of payment")):
        _, row = relieve(town)
        row.state(approved_on=row["paid_on"] + timedelta(days=days))
        keys = (row["claim_no"], row["bank_ref"])
        if why:
            yield LookAlike(("LED-03",), keys, why, (row,))
        else:
            yield Label("LED-03", keys, row["amount"], row["paid_on"], (row,), also=("MIS-05",))


@SPLITTING.case("LED-04", alone=True)
def a_hand_that_takes_back_too_often(town: Township, chance: Random) -> Iterator[Found]:
    for rows, backs, kind, why in (
        (39, 2, "冲正", ""), (40, 2, "冲正", "one in twenty"), (24, 3, "退票", "the bank sent them back"),
    ):  # fmt: skip
        clerk = new_hand(town, "测试镇财政所", "经办", "township_finance")
        paid = papers_of(town, clerk, rows - backs)
        taken = []
        for _ in range(backs):
            person, row = relieve(town, preparer=clerk.name, paid_on=town.day(6, 2, 6))
            taken.append(give_back(town, row, kind, reason="账务调整" if kind == "冲正" else "账号有误"))
            again(town, person, row, days=10).state(preparer="")
            paid.append(row)
        for row in town.book.of("subsidy_payments"):
            if row["preparer"] == "":
                row.state(preparer=town.clerk())
        keys = (clerk.number, clerk.name, *(row["target_ref"] for row in taken))
        if why:
            yield LookAlike(("LED-04",), keys, why, tuple(taken))
        else:
            fen, on = sum(row["amount"] for row in taken), max(row["returned_on"] for row in taken)
            yield Label("LED-04", keys, fen, on, tuple(taken))


def papers_of(town: Township, clerk: Staff, many: int) -> list[Row]:
    """So many honest payments that one clerk prepared."""
    rows: list[Row] = []
    while len(rows) + 12 <= many:
        rows += [row.state(preparer=clerk.name) for row in receiving(town)[1].values()]
    for number in range(many - len(rows)):
        fen = 1_310_00 + 70_00 * number
        rows.append(pay(town, found_household(town).head, RELIEF, A_YEAR, amount=fen, preparer=clerk.name))
    return rows
