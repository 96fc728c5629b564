"""Which subjects an entry names (OUTPUTS §1): the index from which a history is one query.

People, accounts and phones are named by reference. What is worked out from other rows (the household of a payment
that states none) is added by the table that works it out.
"""

from collections.abc import Callable, Iterator
from functools import cache
from operator import attrgetter
from typing import Any

from msgspec.structs import fields as struct_fields

from domain.disbursement import PaymentMade
from domain.dividend import DividendPaid
from domain.event import Event
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


def subjects_of(event: Event) -> list[tuple[str, str]]:
    """The subjects that `event` names, as (kind, value), each once."""
    read, kinds = _naming_fields(type(event))
    named = dict.fromkeys([(kind, value) for kind, value in zip(kinds, read(event), strict=True) if value is not None])
    if isinstance(event, LoanRow | NoticeLinePosted):
        named.update(dict.fromkeys(_more(event)))
    return list(named)


@cache
def _naming_fields(event_class: type[Event]) -> tuple[Callable[[Event], tuple[Any, ...]], tuple[str, ...]]:
    """How the values of an event's naming fields are read, and their kinds."""
    fields = {told.name for told in struct_fields(event_class)}
    naming = [(name, kind) for name, kind in KIND_OF_FIELD.items() if name in fields]
    if event_class in PAYMENTS:
        naming.append(("bank_ref", "payment"))
    readers = [attrgetter(name) for name, _ in naming]
    return lambda event: tuple([read(event) for read in readers]), tuple(kind for _, kind in naming)


def _more(event: LoanRow | NoticeLinePosted) -> Iterator[tuple[str, str]]:
    """The interest subsidy that stands in a loan's row, and the payments of which a notice tells."""
    if isinstance(event, NoticeLinePosted):
        yield from (("payment", reference) for reference in event.payment_refs)
    elif event.interest_subsidy_fen:
        yield "payment", f"TX/{event.loan_no}"
