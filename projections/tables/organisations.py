"""单位账户登记 and 干部名册: whose account it is, and who held which post."""

from sqlalchemy import ColumnElement, case, func, literal, select

from domain.organisation import OrgAccountRegistered, StaffPostRegistered
from projections.tables.column import personal, stated
from projections.tables.fact_table import FactTable

UNREGISTERED = "未登记账户"
"""The organisation of an account that 单位账户登记 does not have (OUTPUTS §5)."""

TOWNSHIP_FINANCE = "镇财政"

ACCOUNTS = FactTable(
    "accounts",
    columns=(
        *stated(OrgAccountRegistered, "org_code org_name org_kind uscc village account_no reconciled"),
        personal("legal_person"),
        *stated(OrgAccountRegistered, "legal_person_id"),
    ),
    events=(OrgAccountRegistered,),
    register=True,
    keys={"account_no": "account", "legal_person_id": "person", "village": "place", "uscc": "org"},
    indexes=("account_no", "org_kind position org_name"),
    key=("account_no",),
)

STAFF = FactTable(
    "staff",
    columns=(
        *stated(StaffPostRegistered, "staff_no"),
        personal("name"),
        *stated(StaffPostRegistered, "id_no org post role serving_from serving_until"),
    ),
    events=(StaffPostRegistered,),
    register=True,
    keys={"staff_no": "staff", "id_no": "person"},
    indexes=("staff_no", "id_no"),
    key=("staff_no", "serving_from"),
)


def org_of(account_no: ColumnElement[str]) -> ColumnElement[str | None]:
    """The 单位名称 of an account: null without an account, `未登记账户` if the register does not have it."""
    accounts = ACCOUNTS.c
    registered = (
        select(accounts.org_name)
        .where(accounts.account_no == account_no)
        .order_by(accounts.position)
        .limit(1)
        .scalar_subquery()
    )
    return case((account_no.is_not(None), func.coalesce(registered, literal(UNREGISTERED))))


def first_township_finance() -> ColumnElement[str | None]:
    """The 单位名称 of the first 镇财政 of the register; null when it has none."""
    accounts = ACCOUNTS.c
    return (
        select(accounts.org_name)
        .where(accounts.org_kind == TOWNSHIP_FINANCE)
        .order_by(accounts.position)
        .limit(1)
        .scalar_subquery()
    )
