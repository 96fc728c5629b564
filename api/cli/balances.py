"""`mingzhang balances`: 总台账 (OUTPUTS §5)."""

from typing import Annotated

import typer

from api.cli.answer import answer, current, table

SHOWN = ("arrived_fen", "transferred_in_fen", "handed_down_fen", "passed_on_fen", "paid_fen", "unspent_fen")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("balances", help="总台账：指标与分红结余 / What arrived, was paid and is left.")(balances)


def balances(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON (OUTPUTS §5).")] = False,
) -> None:
    """Per quota document and organisation, and per dividend contract and period."""
    from api.reading import balances as read_balances
    from domain.money import plain_yuan

    told = read_balances(current(context))
    if as_json:
        answer(told)
        return
    table(
        ["指标文号 document", "单位 org", "到达", "拨入", "下达", "拨出", "支付", "结余(元)"],
        (
            [row["quota_doc_no"] or "（无文号）", row["org"], *(plain_yuan(row[name]) for name in SHOWN)]
            for row in told["documents"]
        ),
    )
    table(
        ["合同 contract", "期 period", "村 village", "到账", "公益金", "实分", "未分(元)"],
        (
            [
                row["contract_no"],
                row["period"],
                row["village"],
                *(plain_yuan(row[name]) for name in ("received_fen", "reserve_fen", "paid_fen", "undistributed_fen")),
            ]
            for row in told["dividends"]
        ),
    )
