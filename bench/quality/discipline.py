"""Patterns of published discipline cases, several things wrong at once as in life; numbers and people are invented."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random  # noqa: TID251  the bench names its seed
from typing import Any

from bench.quality.duplicates import A_YEAR, refs
from bench.quality.false_claims import mortal, total_fen
from bench.quality.label import Family, Found, Label
from bench.quality.loans import into, numbers, principal_fen
from bench.quality.splitting import new_hand
from bench.quality.town.book import Row
from bench.quality.town.lending import borrow, spend
from bench.quality.town.people import found_household, somebody
from bench.quality.town.posting import line, post
from bench.quality.town.programmes import CISTERN, HOUSING, INDUSTRY, LIVING, OLD_AGE
from bench.quality.town.sharing import invest, report
from bench.quality.town.subsidies import ask, entitle, housing_fen, month, pay, receiving
from bench.quality.town.teaching import attend, open_class, subsidise
from bench.quality.town.township import YEAR, Staff, Township
from bench.quality.town.works import plan, settle

DISCIPLINE = Family()
AROUND = (
    "ACC-01", "ACC-02", "ACC-03", "ACC-05", "COI-01", "COV-01", "COV-02", "DIV-01", "DIV-03", "DUP-01", "DUP-06",
    "DUP-08", "FAL-02", "FAL-03", "FAL-04", "FAL-05", "FAL-07", "FAL-12", "INT-01", "INT-04", "INT-05", "INT-07",
    "LED-01", "LNM-01", "LNM-02", "LNM-03", "LNM-08", "LNM-11", "MIS-01", "MIS-02", "MIS-05", "MIS-06", "PUB-01",
    "PUB-02", "PUB-03", "SOD-01", "SOD-02", "STA-03", "STA-05", "IDL-02", "IDL-04", "LED-03", "SPL-01",
)  # fmt: skip
"""One case breaks many rules: beside the one that is asked for, any of these may speak."""


def shown(rule: str, rows: list[Row], *keys: str, fen: int | None = None, scenario: str) -> Label:
    """A label of one of the rules that a case breaks."""
    days = [row.get("paid_on") or row.get("issued_on") or row.get("signed_on") or date(YEAR, 12, 20) for row in rows]
    at_risk_fen = total_fen(rows) if fen is None else fen
    return Label(rule, keys, at_risk_fen, min(days), tuple(rows), also=AROUND, scenario=scenario)


def cadre_of(town: Township) -> Staff:
    """A secretary of some village."""
    return new_hand(town, town.next_village(), "村支书", "village_clerk")


def onto(staff: Staff) -> dict[str, Any]:
    """The card of a cadre."""
    return {"account_no": staff.person.account, "holder_name": staff.name}


@DISCIPLINE.case("FAL-01", "ACC-05")
def the_allowance_of_the_dead_mother(town: Township, chance: Random) -> Iterator[Found]:
    cadre = cadre_of(town)
    mother = mortal(town, date(YEAR - 1, chance.randint(3, 11), 9))
    town.newcomers.remove(mother)
    rows = [pay(town, mother, OLD_AGE, month(number), **onto(cadre)) for number in range(1, 13)]
    for rule in ("FAL-01", "ACC-05"):
        yield shown(rule, rows, mother.id_no, *refs(*rows), scenario="亡母高龄津贴入村干部卡")


@DISCIPLINE.case("FAL-03", "SOD-02")
def a_house_for_the_brother_who_is_not_poor(town: Township, chance: Random) -> Iterator[Found]:
    leader = new_hand(town, "测试镇人民政府", "分管领导", "township_leader")
    brother = somebody(town)
    town.relate(leader, brother, recused=False)
    row = pay(town, brother, HOUSING, A_YEAR, amount=housing_fen(town), approver=leader.name)
    for rule in ("FAL-03", "SOD-02"):
        yield shown(rule, [row], brother.id_no, row["bank_ref"], scenario="为不符合条件的胞弟审批危房改造补助")


@DISCIPLINE.case("ACC-06", "INT-05")
def cash_handed_out_short(town: Township, chance: Random) -> Iterator[Found]:
    for _ in range(3):
        home = found_household(town)
        row = pay(town, home.head, HOUSING, A_YEAR, amount=housing_fen(town), channel="现金")
        kept_fen = chance.randrange(10, 40) * 100_00
        said = ask(town, row, row["amount"] - kept_fen)
        keys = (home.head.id_no, row["bank_ref"])
        yield shown("ACC-06", [row], *keys, scenario="现金发放并克扣")
        yield shown("INT-05", [row, said], *keys, fen=kept_fen, scenario="现金发放并克扣")


@DISCIPLINE.case("LNM-01", "LNM-02", "LNM-03")
def the_broker_who_borrows_in_six_names(town: Township, chance: Random) -> Iterator[Found]:
    clerk = new_hand(town, "测试农商行", "信贷员", "bank")
    told: dict[str, Any] = {
        "disbursement_account": clerk.person.account, "holder_name": clerk.name, "holder_id": clerk.person.id_no,
        "agent": clerk.name, "agent_id": clerk.person.id_no, "phone": town.numbers.phone(), "borrower_present": False,
    }  # fmt: skip
    loans = [borrow(town, **told) for _ in range(6)]
    keys = numbers(loans)
    for rule in ("LNM-01", "LNM-02", "LNM-03"):
        yield shown(rule, loans, *keys, fen=principal_fen(loans), scenario="信贷员冒用六户名义贷款")


@DISCIPLINE.case("LNM-05", "LNM-07")
def a_cooperative_that_uses_the_loans_of_old_people(town: Township, chance: Random) -> Iterator[Found]:
    firm = town.company("合作社")
    homes = [found_household(town, "户主", "配偶", born=date(YEAR - 70, 3, 4 + number)) for number in range(5)]
    loans = [borrow(town, home.head, principal=50_000_00, purpose="入股合作社") for home in homes]
    for loan in loans:
        spend(town, loan, 50_000_00, **into(firm))
    keys = (firm["uscc"], *numbers(loans))
    for rule in ("LNM-05", "LNM-07"):
        yield shown(rule, loans, *keys, fen=principal_fen(loans), scenario="超龄农户贷款转合作社使用")


@DISCIPLINE.case("SPL-01", "COI-03")
def three_small_contracts_for_the_wifes_firm(town: Township, chance: Random) -> Iterator[Found]:
    leader = new_hand(town, "测试镇人民政府", "分管领导", "township_leader")
    wife = somebody(town)
    town.relate(leader, wife, "配偶", recused=False)
    work = plan(town, fen=141_000_00, accepted_on=date(YEAR, 3, 15))
    work.supplier.state(legal_person=wife.name, legal_person_id=wife.id_no)
    rows = [settle(town, work, 47_000_00, date(YEAR, 4, 3 + 7 * number), approver=leader.name) for number in range(3)]
    keys = (work.supplier["uscc"], *refs(*rows))
    for rule in ("SPL-01", "COI-03"):
        yield shown(rule, rows, *keys, scenario="化整为零交配偶公司承建")


@DISCIPLINE.case("MIS-03", "MIS-02")
def the_office_car_and_the_office_building(town: Township, chance: Random) -> Iterator[Found]:
    none: dict[str, Any] = dict.fromkeys(("entered_on", "approved_on", "notice_from", "notice_until")) | {
        "status": "申报"
    }
    work = plan(town, **none)
    rows = [
        settle(town, work, 90_000_00, date(YEAR, 4 + number * 2, 9), purpose_code=code)
        for number, code in enumerate(("N02", "N05"))
    ]
    for rule in ("MIS-03", "MIS-02"):
        yield shown(rule, rows, work.number, *refs(*rows), scenario="扶贫资金购车建办公楼")


@DISCIPLINE.case("FAL-05", "FAL-07")
def a_class_that_never_met(town: Township, chance: Random) -> Iterator[Found]:
    day = date(YEAR, 5, 11)
    class_, other = open_class(town, day, capacity=20), open_class(town, day)
    paid = []
    for number in range(24):
        person = found_household(town).head
        attend(town, class_, person, device="KQ-9")
        if number < 4:
            attend(town, other, person, subsidised=False, result="在训")
        paid.append(subsidise(town, class_, person))
        if number < 9:
            ask(town, paid[-1], 0, method="电话")
    keys = (class_["class_id"], *refs(*paid), *(row["id_no"] for row in paid))
    for rule, fen in (("FAL-05", 4 * paid[0]["amount"]), ("FAL-07", total_fen(paid))):
        yield shown(rule, [class_, *paid], *keys, fen=fen, scenario="虚假培训套取补贴")


@DISCIPLINE.case("DIV-02", "DIV-04")
def an_operator_that_has_vanished(town: Township, chance: Random) -> Iterator[Found]:
    venture = invest(town)
    told = report(town, venture, -30_000_00, status="注销")
    keys = (venture.number, venture.contract["operator_uscc"])
    for rule, fen in (("DIV-02", venture.due_fen), ("DIV-04", venture.contract["principal"])):
        yield shown(rule, [venture.contract, told], *keys, fen=fen, scenario="经营主体注销，分红本金无着")


@DISCIPLINE.case("INT-04", "INT-05")
def an_award_of_which_most_goes_back(town: Township, chance: Random) -> Iterator[Found]:
    cadre, rows, lines = cadre_of(town), [], []
    for _ in range(5):
        home = found_household(town)
        row = pay(town, home.head, INDUSTRY, A_YEAR, paid_on=date(YEAR, 8, 17), quantity=6, rate=310_00, amount=1860_00)
        lines.append(
            town.book.add(
                "bank_statement", bank_ref=f"JL{town.ordinal('award'):05d}", date=date(YEAR, 8, 19), to_name=cadre.name,
                statement_account=home.head.account, from_=home.head.account, from_name=home.head.name,
                to=cadre.person.account, amount=1_300_00, summary="转账",
            )
        )  # fmt: skip
        ask(town, row, 560_00)
        rows.append(row)
    keys = (cadre.person.account, *refs(*rows))
    yield shown("INT-04", lines, *keys, fen=total_fen(lines), scenario="奖补资金返还村干部")
    for row in rows:
        yield shown("INT-05", [row], row["bank_ref"], row["id_no"], fen=1_300_00, scenario="奖补资金返还村干部")


@DISCIPLINE.case("FAL-09", "FAL-02")
def living_allowance_for_the_teacher_and_the_removed(town: Township, chance: Random) -> Iterator[Found]:
    teacher, paid = receiving(town, LIVING)
    town.book.add("payroll", name=teacher.name, id_no=teacher.id_no, org="测试镇中心小学", from_=date(2012, 9, 1))
    town.newcomers.remove(teacher)
    yield shown("FAL-09", list(paid.values()), teacher.id_no, scenario="财政供养人员领取低保")
    home = found_household(town, exited_on=date(YEAR, 3, 1), exit_kind="清退")
    entitle(town, home.head, LIVING)
    rows = [pay(town, home.head, LIVING, month(number)) for number in range(1, 13)]
    yield shown("FAL-02", rows[2:], home.head.id_no, home.number, scenario="清退后继续领取低保")


@DISCIPLINE.case("PUB-01", "SOD-01")
def a_notice_written_afterwards_by_one_hand(town: Township, chance: Random) -> Iterator[Found]:
    home = found_household(town)
    clerk = new_hand(town, "测试镇财政所", "经办", "township_finance")
    row = pay(
        town, home.head, CISTERN, A_YEAR, amount=9_730_00, paid_on=date(YEAR, 6, 3), preparer=clerk.name,
        approver=clerk.name, without=("notice",),
    )  # fmt: skip
    begin = row["paid_on"] + timedelta(days=3)
    notice = post(town, "补贴", begin, begin + timedelta(days=11), programme=CISTERN.name, village=home.village)
    line(town, notice, 1, row)
    for rule in ("PUB-01", "SOD-01"):
        yield shown(rule, [row], row["bank_ref"], home.head.id_no, row["claim_no"], scenario="一手经办、补作公示")
