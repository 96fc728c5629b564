"""One malformed row of each kind that an office sends: the code that FORMATS gives it, and how hard it falls.

The ledger holds one row of every sheet; each case sends another row of one sheet as a dry run. `error`: the file is
refused; `quarantine`: the fact is kept aside with its row; `warning`: it is taken; nothing: it is as good as any.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from intake.sheets import SHEETS
from tests.journeys.commanding import Told, opened, tell
from tests.journeys.making_lists import MANIFEST, Changes, write_list

PERSON, WRONG_ID, WRONG_CODE = "440899196803051173", "440899196803051174", "91440899MA9999910K"
NOBODY, LOST_DIGITS, FUTURE = "查无此号", "6.29999E+18", "2031-01-01"
FIRST: dict[str, Changes] = {
    "allocations": {"parent_doc_no": ""},
    "loans": {"renews": "", "status": "正常"},
    "projects": {"accepted_on": ""},
    "roster": {"exited_on": "", "exit_kind": "", "from_household": "", "registered_on": ""},
    "programmes": {"excludes": ""},
}
"""What a first row states otherwise than the example of its paper."""

OTHERS: dict[str, list[Changes]] = {
    "places": [
        {"place_code": "440899", "place_name": "测试县", "level": "县", "parent_code": "", "aliases": ""},
        {"place_code": "440899101", "place_name": "测试镇", "level": "镇", "parent_code": "440899", "aliases": ""},
    ],
    "programmes": [{"programme": "困难残疾人生活补贴", "programme_code": "DIS", "excludes": ""}],
}
"""Rows that the first ones refer to."""


class Kind(NamedTuple):
    """A row of `sheet` with these changes, and what is said of it."""

    sheet: str
    changes: Changes
    code: str
    severity: str


E, Q, W = "error", "quarantine", "warning"
KINDS = [
    Kind("places", {"place_code": "440899101299"}, "E-DUP", E),
    Kind("places", {"place_code": "440899109201", "place_name": "某村", "parent_code": "440899109"}, "E-REF", E),
    Kind("places", {"place_code": "440899101298", "place_name": "某村", "parent_code": ""}, "E-SCHEMA", E),
    Kind("orgs", {"org_code": "ORG-9", "account_no": "6299990000000000103", "uscc": WRONG_CODE}, "E-ID", Q),
    Kind("staff", {"staff_no": "G-9", "id_no": WRONG_ID}, "E-ID", Q),
    Kind("staff", {"staff_no": "G-9", "role": "mayor"}, "E-SCHEMA", E),
    Kind("staff", {"staff_no": "G-9", "id_no": "440899195501014137"}, "W-NAMESAKE", W),
    Kind("approval_limits", {"limit_kind": "其他"}, "E-SCHEMA", E),
    Kind("approval_limits", {"amount": "60000.00"}, "E-DUP", E),
    Kind("relations", {"relative_id": WRONG_ID}, "E-ID", Q),
    Kind("relations", {"relative_id": PERSON, "declared_on": FUTURE}, "E-DATE", E),
    Kind("relations", {"staff_no": PERSON}, "E-REF", E),
    Kind("programmes", {"programme": "另一项", "max_per_period": "0"}, "E-SCHEMA", E),
    Kind("roster", {"household_no": "H-7", "category": "富裕户"}, "E-SCHEMA", E),
    Kind("guardians", {"ward_id": WRONG_ID}, "E-ID", Q),
    Kind("entitlements", {"from": "2021-01-01", "to": "2020-12-31"}, "E-DATE", E),
    Kind("entitlements", {"from": "2021-01-01", "to": "", "granted_on": FUTURE}, "E-DATE", E),
    Kind("projects", {"project_no": "XM-9", "project_class": "娱乐"}, "E-SCHEMA", E),
    Kind("projects", {"project_no": "XM-9", "budget": "-1"}, "E-SCHEMA", E),
    Kind("projects", {"project_no": "XM-9", "supplier_uscc": WRONG_CODE}, "E-ID", Q),
    Kind("projects", {"project_class": "教育"}, "E-DUP", E),
    Kind("contracts", {"contract_no": "GC-9", "method": "抽签"}, "E-SCHEMA", E),
    Kind("contracts", {"contract_no": "GC-9", "supplier_uscc": WRONG_CODE}, "E-ID", Q),
    Kind("contracts", {"amount": "1.00"}, "E-DUP", E),
    Kind("contracts", {"contract_no": "GC-9", "project_no": NOBODY}, "E-REF", E),
    Kind("training_classes", {"class_id": "PX-9", "end_at": "2020-05-01 08:30"}, "E-DATE", E),
    Kind("training_classes", {"class_id": "PX-9", "capacity": "40.5"}, "E-SCHEMA", E),
    Kind("training_attendance", {"id_no": WRONG_ID}, "E-ID", Q),
    Kind("training_attendance", {"result": "不合格"}, "E-DUP", E),
    Kind("asset_contracts", {"contract_no": "HT-9", "share_pct": "29.12345"}, "E-SCHEMA", E),
    Kind("asset_contracts", {"contract_no": "HT-9", "day_count": "ACT364"}, "E-SCHEMA", E),
    Kind("shareholders", {"household_no": "H-2", "until": "2018-01-01"}, "E-DATE", E),
    Kind("shareholders", {"household_no": "H-2", "id_no": WRONG_ID}, "E-ID", Q),
    Kind("profit_reports", {"contract_no": NOBODY}, "E-REF", E),
    Kind("profit_reports", {"reported_on": "2020-12-11"}, "E-DUP", E),
    Kind("profit_reports", {"period": "2020Q5"}, "E-DATE", E),
    Kind("profit_reports", {"period": "2018", "profit": "-12.50"}, "", ""),
    Kind("notices", {"notice_no": "GS-9", "programme": ""}, "E-SCHEMA", E),
    Kind("notices", {"notice_no": "GS-9", "subject_kind": "项目", "programme": ""}, "E-SCHEMA", E),
    Kind("notices", {"notice_no": "GS-9", "programme": NOBODY}, "W-REF", W),
    Kind("notices", {"from": "2020-05-21"}, "E-DUP", E),
    Kind("notice_lines", {"line_no": "9", "period_from": "2020Q2", "period_to": "2020Q1"}, "E-DATE", E),
    Kind("notice_lines", {"line_no": "9", "id_no": WRONG_ID}, "E-ID", Q),
    Kind("notice_lines", {"amount": "601.00"}, "E-DUP", E),
    Kind("objections", {"objection_no": "YY-9", "ref_no": "GS-2020-001#99"}, "E-REF", E),
    Kind("objections", {"objection_no": "YY-9", "ref_kind": "贷款", "ref_no": NOBODY}, "E-REF", E),
    Kind("objections", {"objection_no": "YY-9", "ref_no": PERSON}, "E-REF", E),
    Kind("objections", {"objection_no": "YY-9", "outcome": ""}, "E-SCHEMA", E),
    Kind("objections", {"objection_no": "YY-9", "ref_kind": "其他", "ref_no": "村务"}, "", ""),
    Kind("payment_instructions", {"instruction_no": "ZL-9", "amount": "0"}, "E-SCHEMA", E),
    Kind("payment_instructions", {"instruction_no": "ZL-9", "amount": PERSON}, "E-SCHEMA", E),
    Kind("payment_instructions", {"instruction_no": "ZL-9", "account_no": LOST_DIGITS}, "E-EXCEL", E),
    Kind("payment_instructions", {"amount": "601.00"}, "E-DUP", E),
    Kind("payment_instructions", {"line_no": "", "amount": "601.00"}, "E-DUP", E),
    Kind("subsidy_payments", {"bank_ref": "FH20201220001"}, "E-DUP", E),
    Kind("subsidy_payments", {"bank_ref": "T-9", "evidence_sha256": "xyz"}, "E-SCHEMA", Q),
    Kind("subsidy_payments", {"bank_ref": "T-9", "quota_doc_no": NOBODY}, "W-REF", W),
    Kind("subsidy_payments", {"bank_ref": "T-9", "pay_kind": "其他"}, "E-SCHEMA", Q),
    Kind("subsidy_payments", {"bank_ref": "T-9", "village": ""}, "E-SCHEMA", Q),
    Kind("project_payments", {"bank_ref": "T-9", "amount": ""}, "E-SCHEMA", E),
    Kind("project_payments", {"bank_ref": "T-9", "payee_uscc": WRONG_CODE}, "E-ID", Q),
    Kind("project_payments", {"bank_ref": "T-9", "invoice_total": "1.234"}, "E-SCHEMA", Q),
    Kind("project_payments", {"bank_ref": "TEST20200620001"}, "E-DUP", E),
    Kind("project_payments", {"amount": "4101.00"}, "E-DUP", E),
    Kind("payment_returns", {"return_ref": "TP-9"}, "E-BALANCE", Q),
    Kind("payment_returns", {"return_ref": "TP-9", "target_ref": "TEST20200310001"}, "E-BALANCE", Q),
    Kind("payment_returns", {"return_ref": "TP-9", "target_ref": NOBODY}, "E-REF", Q),
    Kind("payment_returns", {"return_ref": "TP-9", "amount": "0"}, "E-SCHEMA", E),
    Kind("payment_returns", {"return_ref": "TP-9", "return_kind": "撤销"}, "E-SCHEMA", E),
    Kind("payment_returns", {"return_ref": "TP-9", "return_kind": ""}, "E-SCHEMA", E),
    Kind("payment_returns", {"reason": "户名有误"}, "E-DUP", E),
    Kind("loans", {"loan_no": "JJ-9", "rate_pct": "4.75001"}, "E-SCHEMA", Q),
    Kind("loans", {"loan_no": "JJ-9", "status": "失联"}, "E-SCHEMA", Q),
    Kind("loans", {"loan_no": "JJ-9", "holder_id": WRONG_ID}, "E-ID", Q),
    Kind("loans", {"loan_no": "JJ-9", "principal": "0"}, "E-SCHEMA", E),
    Kind("loans", {"repaid": "500.00", "repaid_on": "2020-06-02"}, "W-DOUBLE", W),
    Kind("loan_flows", {"amount": "2001.00"}, "E-DUP", E),
    Kind("loan_flows", {"flow_ref": "LX-9", "to_account": LOST_DIGITS}, "E-EXCEL", E),
    Kind("loan_repayments", {"repay_ref": "HK-9", "interest": "-1.00"}, "E-SCHEMA", E),
    Kind("interest_subsidies", {"bank_ref": "TX-9", "to": "2020-03-09"}, "E-DATE", Q),
    Kind("interest_subsidies", {"bank_ref": "TX-9", "loan_no": NOBODY}, "E-REF", Q),
    Kind("interest_subsidies", {"bank_ref": "TX-9", "amount": "#REF!"}, "E-EXCEL", E),
    Kind("loan_confirmations", {"loan_no": NOBODY}, "E-REF", E),
    Kind("loan_confirmations", {"result": "否认"}, "E-DUP", E),
    Kind("loan_confirmations", {"result": "不清楚", "stated_on": "2020-09-01"}, "E-SCHEMA", E),
    Kind("loan_confirmations", {"stated_on": FUTURE}, "E-DATE", E),
    Kind("dividends", {"bank_ref": "FH-9", "contract_no": NOBODY}, "E-REF", Q),
    Kind("dividends", {"bank_ref": "FH-9", "signed_by": "某", "signed_by_id": WRONG_ID}, "E-ID", Q),
    Kind("receipts", {"receipt_no": "HF-9", "stated_amount": "6.001"}, "E-SCHEMA", E),
    Kind("receipts", {"receipt_no": "HF-9", "bank_ref": "0759-0000001"}, "E-REF", Q),
    Kind("receipts", {"stated_amount": "0.00"}, "E-DUP", E),
    Kind("bank_statement", {"bank_ref": "YH-9", "amount": "-600.00"}, "E-SCHEMA", E),
    Kind("bank_statement", {"amount": "601.00"}, "E-DUP", E),
    Kind("bank_statement", {"bank_ref": "YH-9", "to": "现金", "to_name": "现金"}, "", ""),
    Kind("allocations", {"entry_no": "ZB-9", "purpose_codes": ""}, "E-SCHEMA", E),
    Kind("allocations", {"entry_no": "ZB-9", "entry_kind": "拨付", "bank_ref": ""}, "E-SCHEMA", E),
    Kind("allocations", {"entry_no": "ZB-9", "occurred_on": FUTURE}, "E-DATE", E),
    Kind("manifest", {"package_id": "P-9", "division_code": "44089910"}, "E-AUTH", E),
    Kind("manifest", {"as_of": "2021-04-30"}, "E-DUP", E),
    Kind("manifest", {"package_id": "P-9", "as_of": FUTURE}, "E-DATE", E),
]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger in which one row of every sheet stands."""
    folder = tmp_path_factory.mktemp("one-of-each")
    ledger, package = opened(folder / "ledger"), folder / "package"
    for key in SHEETS:
        write_list(package, key, *OTHERS.get(key, []), MANIFEST if key == "manifest" else FIRST.get(key, {}))
    told = tell(ledger, "import", str(package), "--json")
    assert [file["key"] for file in told.json["files"] if file["outcome"] != "taken"] == [], told.out
    return ledger


def said_of(told: Told) -> Iterator[tuple[str, str]]:
    """Code and severity of every problem, but that there is no manifest."""
    answer = told.json
    for problem in [*answer["problems"], *(one for file in answer["files"] for one in file["problems"])]:
        if problem["code"] != "W-MANIFEST":
            yield problem["code"], problem["severity"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.sheet}-{'-'.join(kind.changes.values())}"[:60])
def test_a_malformed_row_is_told_by_its_code_and_falls_as_hard_as_formats_says(
    ledger: Path, tmp_path: Path, kind: Kind
) -> None:
    row = {**MANIFEST, **kind.changes} if kind.sheet == "manifest" else {**FIRST.get(kind.sheet, {}), **kind.changes}
    package = write_list(tmp_path / "package", kind.sheet, row).parent
    if kind.sheet != "manifest":
        write_list(package, "manifest", {**MANIFEST, "package_id": "PKG-9"})

    told = tell(ledger, "import", str(package), "--dry-run", "--json")

    said = list(said_of(told))
    severities = {severity for _, severity in said}
    assert (kind.code, kind.severity) in said or not kind.code, said
    assert told.status == (1 if E in severities else 0)
    assert severities <= {kind.severity, W} or kind.severity == E
    assert "Traceback" not in told.err
    assert not any(number in told.out + told.err for number in (PERSON, WRONG_ID))
