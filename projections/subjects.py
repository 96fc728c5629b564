"""Which subjects an entry names (OUTPUTS §1): the index from which a history is one query.

People, accounts and phones are named by reference. What is worked out from other rows (the household of a payment
that states none) is added by the table that works it out.
"""

from collections.abc import Callable, Iterator
from functools import cache
from operator import attrgetter
from typing import Any

from msgspec.structs import fields as struct_fields

from domain.bank import StatementLineRecorded
from domain.disbursement import PaymentMade
from domain.dividend import DividendPaid
from domain.event import Event
from domain.instruction import PaymentInstructed
from domain.loan import InterestSubsidyPaid, LoanRow
from domain.notice import NoticeLinePosted
from domain.objection import ObjectionFiled, ObjectionResolved
from domain.receipt import ReceiptConfirmed

KIND_OF_FIELD = {
    "id_no": "person",
    "agent_id": "person",
    "holder_id": "person",
    "legal_person_id": "person",
    "signed_by_id": "person",
    "ward_id": "person",
    "guardian_id": "person",
    "relative_id": "person",
    "first_id": "person",
    "second_id": "person",
    "household_no": "household",
    "from_household": "household",
    "account_no": "account",
    "to_account": "account",
    "paid_from": "account",
    "disbursement_account": "account",
    "statement_account": "account",
    "from_account": "account",
    "phone": "phone",
    "loan_no": "loan",
    "renews": "loan",
    "quota_doc_no": "fund",
    "parent_doc_no": "fund",
    "claim_no": "claim",
    "contract_no": "contract",
    "project_no": "project",
    "programme": "programme",
    "village": "place",
    "place_name": "place",
    "place_code": "place",
    "location": "place",
    "uscc": "org",
    "operator_uscc": "org",
    "supplier_uscc": "org",
    "payee_uscc": "org",
    "staff_no": "staff",
    "approver": "staff",
    "preparer": "staff",
    "cashier": "staff",
    "visitor": "staff",
    "resolver": "staff",
    "responsible": "staff",
    "class_id": "class",
    "notice_no": "notice",
    "objection_no": "objection",
    "receipt_no": "receipt",
    "target_ref": "payment",
    "repay_ref": "payment",
}
"""Fields of events that name a subject, and its kind."""

PAYMENTS: tuple[type[Event], ...] = (
    PaymentMade,
    DividendPaid,
    InterestSubsidyPaid,
    ReceiptConfirmed,
    StatementLineRecorded,
)
"""Events whose 流水号 names a payment; a receipt's or a transfer's is only the bank's reference."""

PARTIES = ("payee_id", "payer_id", "to_id")
"""Fields that hold a person in the vault, or an organisation by its credit code."""

KIND_OF_REFERENCE = {
    "补贴": "claim",
    "项目": "contract",
    "公示": "notice",
    "贷款": "loan",
    "支付": "payment",
}
"""What 业务编号 and 对象编号 name, by 业务类型 and 对象类型."""

CASH = ("account", "现金")


def subjects_of(event: Event) -> list[tuple[str, str]]:
    """The subjects that `event` names, as (kind, value), each once."""
    read, kinds, has_more = _naming_fields(type(event))
    named = dict.fromkeys([(kind, value) for kind, value in zip(kinds, read(event), strict=True) if value is not None])
    if has_more:
        named.update(dict.fromkeys(_more(event)))
        named.pop(CASH, None)
    return list(named)


@cache
def _naming_fields(event_class: type[Event]) -> tuple[Callable[[Event], tuple[Any, ...]], tuple[str, ...], bool]:
    """How the values of an event's naming fields are read, their kinds, and whether its values name more."""
    fields = {told.name for told in struct_fields(event_class)}
    naming = [(name, kind) for name, kind in KIND_OF_FIELD.items() if name in fields]
    if event_class in PAYMENTS:
        naming.append(("bank_ref", "payment"))
    readers = [attrgetter(name) for name, _ in naming]
    has_more = issubclass(event_class, LoanRow | NoticeLinePosted | StatementLineRecorded) or not fields.isdisjoint(
        (*PARTIES, "ref_no")
    )
    return lambda event: tuple([read(event) for read in readers]), tuple(kind for _, kind in naming), has_more


def _more(event: Event) -> Iterator[tuple[str, str]]:
    """What is named by a value and not by its field: parties, references of several kinds, a loan's own subsidy."""
    if isinstance(event, NoticeLinePosted):
        yield from (("payment", reference) for reference in event.payment_refs)
    elif isinstance(event, LoanRow) and event.interest_subsidy_fen:
        yield "payment", f"TX/{event.loan_no}"
    elif isinstance(event, PaymentInstructed | ObjectionFiled | ObjectionResolved):
        kind = KIND_OF_REFERENCE.get(event.ref_kind)
        if kind and event.ref_no:
            yield kind, event.ref_no.partition("#")[0] if kind == "notice" else event.ref_no
    for field in PARTIES:
        party = getattr(event, field, None)
        if party and party.startswith("P-"):
            yield "person", party
        elif party and party.isascii():
            yield "org", party
