"""Which subjects an event names (OUTPUTS §1)."""

from datetime import date

from domain.bank import StatementLineRecorded
from domain.catalogue import load
from domain.disbursement import PaymentMade, PaymentReturned
from domain.instruction import PaymentInstructed
from domain.loan import InterestSubsidyPaid, LoanProceedsMoved
from domain.notice import NoticeLinePosted
from domain.organisation import OrgAccountRegistered
from domain.place import PlaceRegistered
from projections.subjects import subjects_of
from tests.projections.history import History, account, person, phone
from tests.projections.township import Township


def named_at(history: History, position: int) -> set[tuple[str, str]]:
    entry = history.money.entries[position - 1]
    told = subjects_of(load(entry.topic, entry.state))
    assert len(told) == len(set(told))
    return set(told)


def test_a_loan_names_all_hands_and_the_interest_subsidy_that_stands_in_it(township: Township) -> None:
    position = township.loan(
        "JJ-0002",
        renews="JJ-0001",
        holder_id=person("测试丁"),
        agent_id=person("代办"),
        phone=phone("电话"),
        interest_subsidy_fen=5,
    )

    assert named_at(township, position) == {
        ("loan", "JJ-0001"),
        ("loan", "JJ-0002"),
        ("household", "H-0003"),
        ("person", person("测试丁")),
        ("person", person("代办")),
        ("account", account("测试丁")),
        ("phone", phone("电话")),
        ("payment", "TX/JJ-0002"),
    }


def test_a_receipt_names_its_contract_and_account_but_is_no_payment(township: Township) -> None:
    receipt = township.receipt("DS1", "HT-1", 100, to_account=account("村"))
    dividend = township.dividend("FH1", "HT-1", 100)

    assert named_at(township, receipt) == {("contract", "HT-1"), ("account", account("村"))}
    assert ("payment", "FH1") in named_at(township, dividend)


def test_a_notice_line_names_the_payments_that_it_tells_of(history: History) -> None:
    position = history.tell(
        NoticeLinePosted, "line", notice_no="GS-1", line_no=1, amount_fen=5, payment_refs=("TEST1", "TEST2")
    )

    assert named_at(history, position) == {("notice", "GS-1"), ("payment", "TEST1"), ("payment", "TEST2")}


def test_a_place_goes_by_its_name_and_code_and_an_organisation_by_its_credit_code(history: History) -> None:
    place = history.tell(PlaceRegistered, "p", place_code="440899101201", place_name="测试一村", level="村")
    org = history.tell(
        OrgAccountRegistered,
        "a",
        org_code="ORG-C03",
        org_name="测试合作社",
        org_kind="合作社",
        uscc="93440899MA9999902H",
        account_no=account("社"),
        reconciled=False,
    )

    assert named_at(history, place) == {("place", "测试一村"), ("place", "440899101201")}
    assert named_at(history, org) == {("org", "93440899MA9999902H"), ("account", account("社"))}


def test_a_roster_row_names_the_household_before_as_well(township: Township) -> None:
    position = township.roster("测试甲", "H-0002", from_household="H-0001", included_on=date(2020, 1, 1))

    assert {("household", "H-0001"), ("household", "H-0002"), ("person", person("测试甲"))} <= named_at(
        township, position
    )


def test_a_project_payment_names_its_project_contract_and_supplier(history: History) -> None:
    position = history.tell(
        PaymentMade,
        "payment",
        bank_ref="T1",
        amount_fen=5,
        paid_on=date(2020, 3, 10),
        paid_for="project",
        project_no="XM-1",
        contract_no="GC-1",
        payee_uscc="91440899MA9999910J",
    )

    assert named_at(history, position) == {
        ("payment", "T1"),
        ("project", "XM-1"),
        ("contract", "GC-1"),
        ("org", "91440899MA9999910J"),
    }


def test_a_party_is_a_person_of_the_vault_or_an_organisation_or_a_mere_word(history: History) -> None:
    told = {"amount_fen": 5, "paid_on": date(2020, 6, 21)}
    to_one = history.tell(InterestSubsidyPaid, "1", bank_ref="TX1", loan_no="JJ-1", payee_id=person("甲"), **told)
    to_bank = history.tell(InterestSubsidyPaid, "2", bank_ref="TX2", loan_no="JJ-1", payee_id="承办银行", **told)
    moved = history.tell(
        LoanProceedsMoved, "3", flow_ref="LX1", moved_on=date(2020, 3, 12), amount_fen=5, to_id="93440899MA9999902H"
    )

    assert named_at(history, to_one) == {("payment", "TX1"), ("loan", "JJ-1"), ("person", person("甲"))}
    assert named_at(history, to_bank) == {("payment", "TX2"), ("loan", "JJ-1")}
    assert named_at(history, moved) == {("org", "93440899MA9999902H")}


def test_an_instruction_names_a_claim_or_a_contract_by_what_it_is_for(history: History) -> None:
    told = {"quota_doc_no": "1号", "amount_fen": 5, "instructed_on": date(2020, 6, 12)}
    claim = history.tell(PaymentInstructed, "1", instruction_no="ZL-1", ref_kind="补贴", ref_no="SQ-1", **told)
    contract = history.tell(PaymentInstructed, "2", instruction_no="ZL-2", ref_kind="项目", ref_no="GC-1", **told)

    assert named_at(history, claim) == {("claim", "SQ-1"), ("fund", "1号")}
    assert named_at(history, contract) == {("contract", "GC-1"), ("fund", "1号")}


def test_a_return_names_what_it_returns_and_a_bank_line_names_no_cash(history: History) -> None:
    returned = history.tell(
        PaymentReturned,
        "payment T1",
        return_ref="TP1",
        return_kind="退票",
        target_ref="T1",
        amount_fen=5,
        returned_on=date(2020, 6, 25),
    )
    line = history.tell(
        StatementLineRecorded,
        "line",
        bank_ref="T1",
        booked_on=date(2020, 6, 20),
        statement_account=account("镇"),
        from_account=account("镇"),
        to_account="现金",
        amount_fen=5,
    )

    assert named_at(history, returned) == {("payment", "T1")}
    assert named_at(history, line) == {("payment", "T1"), ("account", account("镇"))}
