"""35. 分红台账: one row, one dividend line paid to one household."""

from collections.abc import Iterator

from domain.dividend import DividendPaid
from domain.money import plain_yuan
from intake.checks import always, day, pays
from intake.known import Known
from intake.problem import Problem, Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Row, Sheet


def terms_of_the_contract(sheet: Sheet, row: Row, known: Known) -> Iterator[Problem]:
    """Principal and rate should be the contract's (`W-CONTRACT`)."""
    terms = known.asset_contract(row.get("contract_no") or "")
    if terms is None:
        return
    for alias, stated, agreed in (
        ("principal", row.get("principal"), terms.get("principal_fen")),
        ("guaranteed_pct", row.get("guaranteed_pct"), terms.get("guaranteed_ppm")),
    ):
        if stated is None or agreed is None or stated == agreed:
            continue
        here, there = (plain_yuan(stated), plain_yuan(agreed)) if alias == "principal" else (pct(stated), pct(agreed))
        yield sheet.problem(
            row,
            "W-CONTRACT",
            Severity.WARNING,
            alias,
            message=(
                f"{sheet.column(alias).header} {here} 与合同 {row.get('contract_no')} 的 {there} 不同 / "
                f"{alias} {here} differs from {there} in contract {row.get('contract_no')}."
            ),
            remedy="已照实入账，请核对合同 / Recorded as stated; check the contract.",
        )


def pct(ppm: int) -> str:
    """A rate in percent: 47500 is `4.75%`."""
    return f"{ppm / 10_000:g}%"


def lines_add_up(sheet: Sheet, rows: list[Row], known: Known) -> Iterator[Problem]:
    """Σ实分 of a contract and period should be 应分总额 (a warning on an imported fact)."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row.get("contract_no") and row.get("period") and row.get("paid") and row.get("pool_due"):
            groups.setdefault((row.get("contract_no"), row.get("period")), []).append(row)
    for (contract_no, period), lines in groups.items():
        due, paid = lines[0].get("pool_due"), sum(line.get("paid") for line in lines)
        if due != paid:
            yield sheet.problem(
                lines[-1],
                "W-POOL",
                Severity.WARNING,
                "pool_due",
                message=(
                    f"{contract_no} {period} 实分合计 {plain_yuan(paid)} 元，应分总额 {plain_yuan(due)} 元 / "
                    f"{contract_no} {period}: paid {plain_yuan(paid)} yuan in all, due {plain_yuan(due)} yuan."
                ),
                remedy="已照实入账，请核对 / Recorded as stated; please check.",
            )


def key_of_a_line(row: Row) -> tuple[str, ...]:
    """流水号; blank: `DIV/contract/period/household_no`."""
    row.values.setdefault(
        "bank_ref",
        "/".join(("DIV", *(str(row.get(alias) or "") for alias in ("contract_no", "period", "household_no")))),
    )
    return (str(row.get("bank_ref")),)


DIVIDENDS = Sheet(
    key="dividends",
    title="分红台账",
    number=35,
    columns=(
        Column("合同编号", "contract_no", Cell.TEXT, fixed_key=True, example="HT-01"),
        Column("经营主体", "operator_name", Cell.TEXT, example="测试合作社"),
        Column("统一社会信用代码", "operator_uscc", Cell.USCC, example="93440899MA9999902H"),
        Column("本金(元)", "principal", Cell.MONEY, example="1000000.00"),
        Column("保底率(%)", "guaranteed_pct", Cell.PCT, example="5"),
        Column("年度/期", "period", Cell.PERIOD, also=("年度", "期"), fixed_key=True, example="2020"),
        Column("应分总额(元)", "pool_due", Cell.MONEY, note="to households, 公益金 taken off", example="50000.00"),
        Column("户编号", "household_no", Cell.TEXT, example="H-0001"),
        Column("户主姓名", "head_name", Cell.TEXT, personal=True, example="测试甲"),
        Column("身份证号", "id_no", Cell.ID, example="440899196803051173"),
        Column("股份", "shares", Cell.QTY, example="2"),
        Column("实分(元)", "paid", Cell.MONEY, above_zero=True, fixed_key=True, example="1449.28"),
        Column("发放日期", "paid_on", Cell.DATE, fixed_key=True, example="2020-12-20"),
        Column("账号", "account_no", Cell.ACCT, example="6299990000000000012"),
        Column("户名", "holder_name", Cell.TEXT, Need.O, personal=True, note="default 户主姓名"),
        Column("签收人", "signed_by", Cell.TEXT, Need.O, personal=True, note="blank = payee"),
        Column("签收人证号", "signed_by_id", Cell.ID, Need.O),
        Column("流水号", "bank_ref", Cell.TEXT, Need.O, note="blank = DIV/…", example="FH20201220001"),
    ),
    business_key=("bank_ref",),
    nature=Nature.JOURNAL,
    facts=True,
    persons={"id_no": "head_name", "signed_by_id": "signed_by"},
    holder="holder_name",
    becomes=always(DividendPaid),
    pays=pays("paid"),
    stream_kind="payment",
    stream_key=key_of_a_line,
    occurred_on=day("paid_on"),
    references=(Reference("contract_no", "asset_contract", Severity.QUARANTINE),),
    row_checks=(terms_of_the_contract,),
    file_checks=(lines_add_up,),
)
