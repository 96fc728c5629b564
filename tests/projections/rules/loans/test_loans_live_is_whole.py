"""Live and whole are one for the rules about loans: on random histories, whatever becomes known afterwards."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.bank import StatementLineRecorded
from domain.dividend import AssetContractSigned, SharesHeld
from domain.loan import InterestSubsidyPaid
from domain.organisation import StaffPostRegistered
from domain.person import PayrollListed
from projections.rules.loans import RULES
from tests.projections.history import account, person, phone
from tests.projections.rules.loans.lending import ISSUED, denies, moves, of_household, registers, repays
from tests.projections.rules.town import Town

FIRM, COOP = "91440899MB00070262", "93440899MB0000182Q"
Facts = list[tuple[str, dict[str, Any]]]
ABOUT_LOANS = [rule.terms.rule_id for rule in RULES]

PEOPLE = st.sampled_from(["甲", "乙", "丙", "丁"])
HOUSEHOLDS = st.sampled_from(["H-1", "H-2", "H-3"])
LOANS = st.sampled_from(["JJ-1", "JJ-2", "JJ-3", "JJ-4"])
ACCOUNTS = st.sampled_from(["card 1", "card 2", "firm", "firm too"])
PARTIES = st.sampled_from([None, FIRM, COOP, person("甲"), person("丁")])
DAYS = st.integers(min_value=0, max_value=120).map(lambda days: ISSUED + timedelta(days=days))
SUMS = st.sampled_from([10_000_00, 20_000_00, 40_000_00])

FACTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "lend": st.fixed_dictionaries(
        {
            "loan_no": LOANS,
            "to": PEOPLE,
            "household": HOUSEHOLDS,
            "into": ACCOUNTS,
            "issued_on": DAYS,
            "due_on": DAYS,
            "phone": st.sampled_from([phone("one"), phone("two")]),
            "agent_id": st.sampled_from([None, person("丁")]),
            "holder_id": st.sampled_from([None, person("甲"), person("乙")]),
            "borrower_present": st.sampled_from([True, True, False]),
            "renews": st.sampled_from([None, None, "JJ-1", "JJ-2"]),
            "status": st.sampled_from(["正常", "续贷", "结清"]),
            "settled_on": st.none() | DAYS,
            "rate_ppm": st.just(43_500),
            "borrower_age": st.sampled_from([45, 66]),
        }
    ),
    "flow": st.fixed_dictionaries(
        {
            "ref": st.sampled_from([f"LX{number}" for number in range(40)]),
            "loan_no": LOANS,
            "into": ACCOUNTS,
            "amount_fen": SUMS,
            "on": DAYS,
            "to_id": PARTIES,
        }
    ),
    "repay": st.fixed_dictionaries(
        {
            "ref": st.sampled_from([f"HK{number}" for number in range(40)]),
            "loan_no": LOANS,
            "by": st.none() | PEOPLE,
            "principal_fen": SUMS,
            "on": DAYS,
            "payer_relation": st.sampled_from(["无", "子女"]),
        }
    ),
    "roster": st.fixed_dictionaries(
        {"who": PEOPLE, "household": HOUSEHOLDS, "relation": st.sampled_from(["户主", "配偶", "子女"])}
    ),
    "deny": st.fixed_dictionaries({"loan_no": LOANS, "who": PEOPLE, "on": DAYS}),
    "register": st.fixed_dictionaries(
        {
            "into": ACCOUNTS,
            "uscc": st.sampled_from([FIRM, COOP]),
            "legal_person_id": st.sampled_from([None, person("丁")]),
        }
    ),
    "line": st.fixed_dictionaries({"number": st.integers(0, 40), "of": ACCOUNTS, "to": ACCOUNTS, "on": DAYS}),
    "contract": st.fixed_dictionaries({"uscc": st.sampled_from([FIRM, COOP])}),
    "share": st.fixed_dictionaries({"who": PEOPLE, "household": HOUSEHOLDS}),
    "payroll": st.fixed_dictionaries({"who": PEOPLE}),
    "post": st.fixed_dictionaries({"who": PEOPLE, "role": st.sampled_from(["village_clerk", "work_team"])}),
    "death": st.fixed_dictionaries({"of": PEOPLE, "on": DAYS, "known_on": DAYS}),
    "pay": st.fixed_dictionaries({"to": PEOPLE, "into": ACCOUNTS, "household": HOUSEHOLDS, "on": DAYS}),
    "subsidise": st.fixed_dictionaries(
        {
            "ref": st.sampled_from([f"TX{number}" for number in range(40)]),
            "loan_no": LOANS,
            "payee_id": PARTIES,
            "amount_fen": st.sampled_from([100_00, 900_00]),
            "on": DAYS,
        }
    ),
}
fact = st.one_of(*(st.tuples(st.just(what), stated) for what, stated in FACTS.items()))
START: Facts = [
    *(
        ("roster", {"who": who, "household": f"H-{number}", "relation": "户主"})
        for number, who in enumerate("甲乙丙", 1)
    ),
    *(
        (
            "lend",
            {
                "loan_no": f"JJ-{number}",
                "to": who,
                "household": f"H-{number}",
                "into": f"card {number}",
                "issued_on": ISSUED,
                "due_on": ISSUED + timedelta(days=60),
                "phone": phone("one"),
                "agent_id": person("丁"),
                "borrower_present": True,
                "rate_ppm": 43_500,
            },
        )
        for number, who in enumerate("甲乙丙", 1)
    ),
    *(
        (
            "flow",
            {
                "ref": f"LX-{n}",
                "loan_no": f"JJ-{n}",
                "into": "firm",
                "amount_fen": 40_000_00,
                "on": ISSUED,
                "to_id": FIRM,
            },
        )
        for n in (1, 2, 3)
    ),
    *(("line", {"number": -n, "of": "firm", "to": f"card {n}", "on": ISSUED}) for n in (1, 2, 3)),
]
"""Three borrowers with one agent and one telephone, whose loans a firm uses and pays them for."""

later = st.lists(st.lists(fact, min_size=1, max_size=3), min_size=3, max_size=8)
"""What becomes known afterwards, a little at a time."""


class Teller:
    """Lets facts happen in a town; a journal's row happens once."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._told: set[str] = set()

    def tell(self, facts: Facts) -> None:
        """In this order, whatever their days say."""
        for what, stated in facts:
            ref = str(stated.get("ref") or stated.get("number") or "") or None
            if ref is None or f"{what} {ref}" not in self._told:
                getattr(self, what)(**stated)
                self._told.add(f"{what} {ref}")

    def lend(self, **stated: Any) -> None:
        self._town.lend(**stated)

    def flow(self, **stated: Any) -> None:
        moves(self._town, **stated)

    def repay(self, **stated: Any) -> None:
        repays(self._town, **stated)

    def roster(self, **stated: Any) -> None:
        of_household(self._town, **stated)

    def deny(self, **stated: Any) -> None:
        denies(self._town, **stated)

    def register(self, *, into: str, **stated: Any) -> None:
        registers(self._town, f"org of {into}", into, **stated)

    def line(self, *, number: int, of: str, to: str, on: date) -> None:
        line = {"bank_ref": f"QY{number}", "booked_on": on, "statement_account": account(of), "amount_fen": 1_500_00}
        accounts = {"from_account": account(of), "to_account": account(to)}
        self._town.history.tell(StatementLineRecorded, f"line {number}", **line, **accounts)

    def contract(self, *, uscc: str) -> None:
        terms = {"village": "测试一村", "principal_fen": 500_000_00, "guaranteed_ppm": 60_000, "day_count": "整年"}
        term = {"pay_day": "12-20", "starts_on": ISSUED, "until": date(2022, 12, 31), "total_shares": "7"}
        operator = {"contract_no": "HT-01", "operator_name": "测试公司", "operator_uscc": uscc}
        self._town.history.tell(AssetContractSigned, "contract", **operator, **terms, **term)

    def share(self, *, who: str, household: str) -> None:
        held = {"contract_no": "HT-01", "household_no": household, "id_no": person(who), "shares": "1"}
        self._town.history.tell(SharesHeld, f"shares {who}", starts_on=ISSUED, **held)

    def payroll(self, *, who: str) -> None:
        pay = {"id_no": person(who), "org": "测试小学", "starts_on": date(2015, 9, 1)}
        self._town.history.tell(PayrollListed, f"payroll {who}", **pay)

    def post(self, *, who: str, role: str) -> None:
        row = {"staff_no": f"G-{who}", "id_no": person(who), "org": "测试一村", "post": "干部", "role": role}
        self._town.history.tell(StaffPostRegistered, f"staff {who}", serving_from=date(2018, 1, 1), **row)

    def death(self, **stated: Any) -> None:
        self._town.death(**stated)

    def pay(self, *, to: str, into: str, household: str, on: date) -> None:
        self._town.pay(to, "2020-04", on, account_no=account(into), household_no=household)

    def subsidise(self, *, ref: str, on: date, **stated: Any) -> None:
        row = {"starts_on": ISSUED, "ends_before": on + timedelta(days=1), "principal_fen": 40_000_00}
        paid = {"bank_ref": ref, "paid_on": on, "account_no": account("one")}
        self._town.history.tell(InterestSubsidyPaid, f"payment {ref}", **row, **paid, **stated)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(later=later)
def test_alerts_about_loans_after_live_batches_are_those_of_a_whole_run(later: list[Facts]) -> None:
    with TemporaryDirectory() as folder:
        town = Town(Path(folder), rules=ABOUT_LOANS)
        teller = Teller(town)
        for facts in (START, *later):
            teller.tell(facts)

            town.live_is_whole()

        town.history.close()
