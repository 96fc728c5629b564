"""Rows that the tests of interception, coverage, dividends and timing tell; what no test asks about is filled in.

Their rules run by themselves here, live and whole.
"""

from datetime import date
from typing import Any

from domain.allocation import ALLOCATION_BY_KIND
from domain.bank import StatementLineRecorded
from domain.disbursement import PaymentReturned
from domain.dividend import AssetContractSigned, DividendPaid, DividendReceived, ProfitReported, SharesHeld
from domain.entitlement import EntitlementGranted
from domain.instruction import PaymentInstructed
from domain.organisation import OrgAccountRegistered
from domain.person import GuardianRegistered, PersonRegistered
from domain.receipt import ReceiptConfirmed
from domain.subsidy import ProgrammeDefined
from projections.dialect import writing
from projections.rules import RULES
from projections.rules.alert import AlertFields
from projections.rules.engine import Due, Outcome, Scope, evaluate, settle
from tests.projections.history import account, person
from tests.projections.rules.town import DISABILITY, Town

USCC = "93440899MA9999902H"
VILLAGE, TOWNSHIP = "村集体账户", "镇财政账户"
DOCUMENT = "测财农〔2020〕1号"
CONTRACT = "HT-01"


def found(town: Town, rule_id: str) -> list[AlertFields]:
    """What the rule finds in the whole history, told to nobody."""
    return _judged(town, rule_id, Scope.EVERYTHING).raised


def live(town: Town, rule_id: str) -> Outcome:
    """A live round of the rule, after which a whole run at the same date has nothing to add."""
    outcome = _judged(town, rule_id, Scope.TOUCHED)
    town.append(outcome)
    with writing(town.history.project()) as connection:
        settle(connection, town.pack, Due(Scope.TOUCHED, town.as_of, town.as_of), outcome)
    whole = _judged(town, rule_id, Scope.EVERYTHING)
    assert (whole.raised, whole.changed, whole.withdrawn) == ([], [], [])
    return outcome


def _judged(town: Town, rule_id: str, scope: Scope) -> Outcome:
    with writing(town.history.project()) as connection:
        return evaluate(connection, town.pack, as_of=town.as_of, scope=scope, rules=[RULES[rule_id]])


def org(town: Town, name: str, kind: str = "村集体", **stated: Any) -> int:
    """A row of 单位账户登记; the account bears the organisation's name."""
    row = {"org_code": name, "org_name": name, "org_kind": kind, "account_no": account(name), "reconciled": True}
    return town.history.tell(OrgAccountRegistered, f"account {name}", **(row | stated))


def line(town: Town, ref: str, day: date, fen: int, **sides: Any) -> int:
    """A line of the statement `of`, from `sender` to `to`; 现金 stays as it is. Further columns may be stated."""
    sender, to, of = (sides.pop(side) for side in ("sender", "to", "of"))
    stated = {"from_account": _account(sender), "to_account": _account(to), "statement_account": account(of)} | sides
    row = {"bank_ref": ref, "booked_on": day, "amount_fen": fen}
    return town.history.tell(StatementLineRecorded, f"line {of} {ref}", **(row | stated))


def _account(name: str) -> str:
    return name if name == "现金" else account(name)


def allocation(town: Town, kind: str, entry_no: str, day: date, fen: int, **stated: Any) -> int:
    """A row of 资金指标台账 about `DOCUMENT`, from the county to the township."""
    row = {"entry_no": entry_no, "entry_kind": kind, "quota_doc_no": DOCUMENT, "fund_source": "省级", "year": day.year}
    orgs = {"from_org": "县财政", "to_org": "镇财政", "amount_fen": fen, "occurred_on": day}
    return town.history.tell(ALLOCATION_BY_KIND[kind], f"allocation {entry_no}", **(row | orgs | stated))


def instruct(town: Town, claim: str, day: date, fen: int, to: str = "甲", **stated: Any) -> int:
    """A row of 支付指令台账 for a claim, its instruction numbered like the claim."""
    row = {"instruction_no": f"ZL-{claim}", "ref_kind": "补贴", "ref_no": claim, "payee_id": person(to)}
    told = row | {"quota_doc_no": DOCUMENT, "amount_fen": fen, "instructed_on": day} | stated
    stream = f"instruction {told['instruction_no']} {told.get('line_no')}"
    return town.history.tell(PaymentInstructed, stream, **told)


def returned(town: Town, ref: str, day: date, fen: int) -> int:
    """A row of 退票冲正台账: the payment of that 流水号 came back."""
    row = {"return_ref": f"TP-{ref}", "return_kind": "退票", "target_ref": ref, "amount_fen": fen, "returned_on": day}
    return town.history.tell(PaymentReturned, f"return {ref}", **row)


def receipt(town: Town, number: str, ref: str, fen: int, of: str = "甲", **stated: Any) -> int:
    """A row of 签收回访台账: what somebody says that he got, on 2020-06-10."""
    row = {"receipt_no": number, "bank_ref": ref, "id_no": person(of), "stated_amount_fen": fen, "method": "入户"}
    told = row | {"stated_on": date(2020, 6, 10)} | stated
    return town.history.tell(ReceiptConfirmed, f"receipt {number}", **told)


def programme(town: Town, name: str = DISABILITY, **stated: Any) -> int:
    """A row of 补贴目录: monthly, to persons on the roster, due within thirty days."""
    row = {"unit": "个人", "period_kind": "月", "max_per_period": 1, "posthumous": False, "deadline_days": 30}
    needs = {"requires_roster": True, "requires_entitlement": True, "carry_over_after_exit": True, "needs_notice": True}
    return town.history.tell(ProgrammeDefined, f"programme {name}", programme=name, **(row | needs | stated))


def member(town: Town, of: str, household: str, **stated: Any) -> int:
    """A row of 花名册, from 2016 on."""
    row = {"village": "一村", "household_no": household, "relation": "户主", "id_no": person(of), "category": "脱贫户"}
    told = row | {"included_on": date(2016, 1, 1)} | stated
    return town.history.tell(PersonRegistered, f"member {of} {household}", **told)


def guardian(town: Town, ward: str, by: str, **stated: Any) -> int:
    """A row of 监护代管登记, from 2020 on."""
    row = {"ward_id": person(ward), "guardian_id": person(by), "relation": "养老机构", "starts_on": date(2020, 1, 1)}
    return town.history.tell(GuardianRegistered, f"guardian of {ward}", **(row | stated))


def entitle(town: Town, name: str, household: str = "H-1", **stated: Any) -> int:
    """A row of 应享名单: the disability programme's 181 yuan a month, for 2020."""
    row = {"programme": DISABILITY, "household_no": household, "id_no": person(name), "amount_per_period_fen": 181_00}
    days = {"starts_on": date(2020, 1, 1), "ends_on": date(2020, 12, 31), "granted_on": date(2019, 12, 20)}
    told = row | days | stated
    return town.history.tell(EntitlementGranted, f"entitlement {name} {told['programme']}", **told)


def contract(town: Town, number: str = CONTRACT, **stated: Any) -> int:
    """A row of 资产收益合同: 500 000 yuan at 6 % from 2020 to 2022, in ten shares, paid each 20 December."""
    row = {"contract_no": number, "operator_name": "合作社", "operator_uscc": USCC, "village": "一村"}
    money = {"principal_fen": 500_000_00, "guaranteed_ppm": 60_000, "day_count": "整年", "pay_day": "12-20"}
    days = {"starts_on": date(2020, 1, 1), "until": date(2022, 12, 31), "total_shares": "10"}
    return town.history.tell(AssetContractSigned, f"contract {number}", **(row | money | days | stated))


def share(town: Town, household: str, shares: str, number: str = CONTRACT, **stated: Any) -> int:
    """A row of 股东名册, from 2020 on; the head is named like the household."""
    row = {"contract_no": number, "household_no": household, "id_no": person(household), "shares": shares}
    told = row | {"starts_on": date(2020, 1, 1)} | stated
    return town.history.tell(SharesHeld, f"share {number} {household} {told['starts_on']}", **told)


def dividend(town: Town, household: str, fen: int, number: str = CONTRACT, **stated: Any) -> int:
    """A row of 分红台账 for 2020, paid on 20 December: two of ten shares in 30 000 yuan."""
    row = {"contract_no": number, "period": "2020", "pool_due_fen": 30_000_00, "household_no": household}
    paid = {"id_no": person(household), "shares": "2", "paid_fen": fen, "paid_on": date(2020, 12, 20)}
    told = row | paid | {"account_no": account(household), "bank_ref": f"FH-{number}-{household}"} | stated
    return town.history.tell(DividendPaid, f"dividend {told['bank_ref']}", **told)


def dividend_received(town: Town, ref: str, fen: int, number: str = CONTRACT, **stated: Any) -> int:
    """A row of 分红到账 for 2020, on 12 December."""
    row = {"bank_ref": ref, "contract_no": number, "period": "2020", "amount_fen": fen, "to_account": account(VILLAGE)}
    told = row | {"received_on": date(2020, 12, 12)} | stated
    return town.history.tell(DividendReceived, f"dividend received {ref}", **told)


def profit(town: Town, period: str = "2020", fen: int = 0, number: str = CONTRACT, **stated: Any) -> int:
    """A row of 经营报告: a sound operator reports on 10 December."""
    row = {"contract_no": number, "period": period, "profit_fen": fen, "status": "正常"}
    told = row | {"reported_on": date(2020, 12, 10)} | stated
    return town.history.tell(ProfitReported, f"report {number} {period}", **told)
