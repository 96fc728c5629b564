"""Which subjects an entry names (OUTPUTS §1): the index from which a history is one query.

People, accounts and phones are named by reference. What is worked out from other rows (the household of a payment
that states none) is added by the table that works it out.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from msgspec.structs import fields as struct_fields

from domain.disbursement import PaymentMade
from domain.dividend import DividendPaid
from domain.event import Event, Versioned
from domain.loan import LoanRow
from domain.notice import NoticeLinePosted

KIND_OF_FIELD = {
    "id_no": "person",
    "agent_id": "person",
    "holder_id": "person",
    "legal_person_id": "person",
    "signed_by_id": "person",
    "household_no": "household",
    "from_household": "household",
    "account_no": "account",
    "to_account": "account",
    "paid_from": "account",
    "disbursement_account": "account",
    "phone": "phone",
    "loan_no": "loan",
    "renews": "loan",
    "quota_doc_no": "fund",
    "parent_doc_no": "fund",
    "claim_no": "claim",
    "contract_no": "contract",
    "programme": "programme",
    "village": "place",
    "place_name": "place",
    "place_code": "place",
    "uscc": "org",
    "operator_uscc": "org",
    "staff_no": "staff",
    "approver": "staff",
    "preparer": "staff",
    "cashier": "staff",
    "class_id": "class",
    "notice_no": "notice",
}
"""Fields of events that name a subject, and its kind."""

PAYMENTS: tuple[type[Event], ...] = (PaymentMade, DividendPaid)
"""Events whose 流水号 names a payment; a receipt's or a transfer's is only the bank's reference."""


def subjects_of(placed: Versioned) -> Iterator[tuple[str, str]]:
    """The subjects that `placed` names, as (kind, value); one may come twice."""
    event = placed.event
    for name, kind in _naming_fields(type(event)):
        value = getattr(event, name)
        if value is not None:
            yield kind, value
    yield from _more(event)


@cache
def _naming_fields(event_class: type[Event]) -> tuple[tuple[str, str], ...]:
    fields = {told.name for told in struct_fields(event_class)}
    naming = [(name, kind) for name, kind in KIND_OF_FIELD.items() if name in fields]
    if event_class in PAYMENTS:
        naming.append(("bank_ref", "payment"))
    return tuple(naming)


def _more(event: Any) -> Iterator[tuple[str, str]]:
    """The interest subsidy that stands in a loan's row, and the payments of which a notice tells."""
    if isinstance(event, LoanRow) and event.interest_subsidy_fen:
        yield "payment", f"TX/{event.loan_no}"
    elif isinstance(event, NoticeLinePosted):
        for reference in event.payment_refs:
            yield "payment", reference
