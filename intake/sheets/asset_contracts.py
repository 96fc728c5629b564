"""19. 资产收益合同: one row, one contract."""

from domain.dividend import AssetContractSigned
from intake.checks import always, day, not_before, values_of
from intake.sheet import Cell, Column, Nature, Need, Sheet

ASSET_CONTRACTS = Sheet(
    key="asset_contracts",
    title="资产收益合同",
    number=19,
    columns=(
        Column("合同编号", "contract_no", Cell.TEXT, example="HT-01"),
        Column("经营主体", "operator_name", Cell.TEXT, example="测试合作社"),
        Column("统一社会信用代码", "operator_uscc", Cell.USCC, example="93440899MA9999902H"),
        Column("投资村", "village", Cell.TEXT, example="测试一村"),
        Column("本金(元)", "principal", Cell.MONEY, above_zero=True, example="1000000.00"),
        Column("保底率(%)", "guaranteed_pct", Cell.PCT, example="5"),
        Column("利润分成(%)", "share_pct", Cell.PCT, Need.O, note="share of reported profit on top", example="29"),
        Column("公益金比例(%)", "reserve_pct", Cell.PCT, Need.O, note="agreed 公益金", example="10"),
        Column("计息方式", "day_count", Cell.ENUM, values=("整年", "ACT365", "ACT360"), example="整年"),
        Column("分红日(MM-DD)", "pay_day", Cell.TEXT, also=("分红日",), example="12-20"),
        Column("起始日", "from", Cell.DATE, field="starts_on", example="2019-01-01"),
        Column("到期日", "until", Cell.DATE, future=True, example="2023-12-31"),
        Column("总股数", "total_shares", Cell.QTY, example="69"),
    ),
    business_key=("contract_no",),
    nature=Nature.REGISTER,
    may_change=frozenset({"operator_name", "reserve_pct", "until"}),
    becomes=always(AssetContractSigned),
    stream_kind="asset-contract",
    occurred_on=day("from"),
    row_checks=(not_before("until", "from", same_day=False),),
    provides={"asset_contract": values_of("contract_no")},
    on_behalf_of="village",
)
