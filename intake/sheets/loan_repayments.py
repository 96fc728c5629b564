"""31. 还款流水: one row, one repayment."""

from collections.abc import Iterator

from domain.loan import LoanRepaid
from domain.money import plain_yuan
from intake.checks import always, day, pays
from intake.known import Known
from intake.problem import Problem, Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Row, Sheet


def detail_goes_before(sheet: Sheet, row: Row, known: Known) -> Iterator[Problem]:
    """A repayment that stands in 小额信贷台账 too counts once, as it stands here (`W-DOUBLE`)."""
    loan = known.loan(row.get("loan_no") or "")
    if loan is None or not loan.get("repaid_fen"):
        return
    yield sheet.problem(
        row,
        "W-DOUBLE",
        Severity.WARNING,
        "loan_no",
        message=(
            f"借据 {row.get('loan_no')} 在小额信贷台账也填了还款金额 {plain_yuan(loan['repaid_fen'])} 元 / "
            f"{row.get('loan_no')} states {plain_yuan(loan['repaid_fen'])} yuan repaid in 小额信贷台账 as well."
        ),
        remedy="以还款流水为准 / The repayments of this sheet count.",
    )


def no_more_than_was_lent(sheet: Sheet, row: Row, known: Known) -> Iterator[Problem]:
    """A repayment with which more principal came back than was lent is noted."""
    loan, repaid_fen = known.loan(row.get("loan_no") or ""), 0
    if loan is None or loan.get("principal_fen") is None or not row.get("principal"):
        return
    for repay_ref, fen in known.repayments(row.get("loan_no")).items():
        repaid_fen += fen
        if repay_ref == row.get("repay_ref"):
            break
    if repaid_fen <= loan["principal_fen"]:
        return
    yield sheet.problem(
        row,
        "W-BALANCE",
        Severity.WARNING,
        "principal",
        message=(
            f"至此归还本金共 {plain_yuan(repaid_fen)} 元，超过贷款 {plain_yuan(loan['principal_fen'])} 元 / "
            f"{plain_yuan(repaid_fen)} yuan of principal were repaid so far, "
            f"{plain_yuan(loan['principal_fen'])} yuan were lent."
        ),
        remedy="已照实入账，请核对 / Recorded as stated; check it.",
    )


LOAN_REPAYMENTS = Sheet(
    key="loan_repayments",
    title="还款流水",
    number=31,
    columns=(
        Column("流水号", "repay_ref", Cell.TEXT, fixed_key=True, example="HK20200910001"),
        Column("借据号", "loan_no", Cell.TEXT, fixed_key=True, example="JJ-0001"),
        Column("日期", "repaid_on", Cell.DATE, fixed_key=True, example="2020-09-10"),
        Column(
            "本金(元)",
            "principal",
            Cell.MONEY,
            fixed_key=True,
            field="repaid_principal_fen",
            note="0.00",
            example="5000.00",
        ),
        Column(
            "利息(元)", "interest", Cell.MONEY, fixed_key=True, field="repaid_interest_fen", note="0.00", example="0.00"
        ),
        Column("还款人", "payer_name", Cell.TEXT, personal=True, example="测试丁"),
        Column("还款人证号", "payer_id", Cell.ID_OR_USCC, Need.O, note="id_no or uscc", example="440899198307305284"),
        Column(
            "与借款人关系",
            "payer_relation",
            Cell.ENUM,
            Need.O,
            values=("本人", "配偶", "子女", "父母", "无"),
            example="本人",
        ),
    ),
    business_key=("repay_ref",),
    nature=Nature.JOURNAL,
    facts=True,
    persons={"payer_id": "payer_name"},
    becomes=always(LoanRepaid),
    pays=pays("principal", "interest", ref="repay_ref", kind="repayment"),
    stream_kind="repayment",
    occurred_on=day("repaid_on"),
    references=(Reference("loan_no", "loan", Severity.QUARANTINE),),
    row_checks=(detail_goes_before, no_more_than_was_lent),
)
