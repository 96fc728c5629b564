"""Which subjects an entry names, found from the entry alone: what the sealed index is made over (DESIGN §4).

A subject is `kind:reference`, for example `household:H-0001` or `person:P-…`; every entry also names its stream,
`stream:<uuid>`. The whole table is here, so that whoever has the entries finds the same subjects without us. It is one
scheme, named `SCHEME` in every seal; another table is another scheme, and this one stays readable beside it. For the
money book it tells what the histories' index tells (`projections.subjects`), which a test holds for every topic.

Standard library only: the verifier ships with this file.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from audit.seal import ENTRY_HEAD, NotAnEntry

SCHEME = "mingzhang/subjects/v1"

KIND_OF_FIELD: Mapping[str, str] = {
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
    "alert_id": "alert",
    "plan_id": "spot-check",
}
"""Fields of a state that name a subject in every topic, and its kind."""

KIND_OF_FIELD_IN: Mapping[str, Mapping[str, str]] = {
    "payment-made/v1": {"bank_ref": "payment"},
    "dividend-paid/v1": {"bank_ref": "payment"},
    "interest-subsidy-paid/v1": {"bank_ref": "payment"},
    "receipt-confirmed/v1": {"bank_ref": "payment"},
    "statement-line-recorded/v1": {"bank_ref": "payment", "from": "account", "to": "account"},
}
"""Fields that name a subject in one topic only: elsewhere 流水号 is a mere reference, and `from` a day."""

KIND_OF_LIST: Mapping[str, str] = {"payment_refs": "payment"}
"""Fields that name several subjects of one kind."""

PARTIES = ("payee_id", "payer_id", "to_id")
"""Fields that hold a person of the vault (`P-…`), an organisation by its credit code (ASCII), or a mere word."""

WITH_REFERENCE = frozenset({"payment-instructed/v1", "objection-filed/v1", "objection-resolved/v1"})
KIND_OF_REFERENCE: Mapping[str, str] = {
    "补贴": "claim",
    "项目": "contract",
    "公示": "notice",
    "贷款": "loan",
    "支付": "payment",
}
"""What `ref_no` names in those topics, by `ref_kind`; of a notice's it is the part before `#`."""

LOANS = frozenset(
    {
        "loan-issued/v1",
        "loan-repaid/v1",
        "loan-overdue/v1",
        "loan-extended/v1",
        "loan-renewed/v1",
        "loan-written-off/v1",
    }
)
"""Topics of a loan's row: with `interest_subsidy_fen` above zero they name the payment `TX/<loan_no>`."""

TOLD = ("subjects", "anchor", "subject")
"""Fields of the supervision book that say subjects as they are, `kind:reference`; a text without a colon is none."""

CORRECTION = "event-corrected/v1"
CASH = "account:现金"
"""Stands where an account could, and is none."""


def mentions(position: int, entry: bytes) -> Iterator[tuple[str, int]]:
    """Which subjects `entry`, at `position`, puts into the index, each with the position it stands under.

    A correction names what the row named before and what it names now, and both stand also under the entry that it
    corrects. A pair may come twice.

    Raises:
        NotAnEntry: when the bytes are none, or the state is not of its topic.
    """
    head = ENTRY_HEAD.match(entry)
    if head is None:
        raise NotAnEntry(f"The first three lines at position {position} are not those of an entry.")
    yield f"stream:{head[1].decode()}", position
    topic = head[3].decode()
    try:
        state = json.loads(entry[head.end() :])
        corrected = int(state["target_position"]) if topic == CORRECTION else 0
        subjects = named(topic, state)
    except (ValueError, LookupError, TypeError, AttributeError) as fault:
        raise NotAnEntry(f"The state at position {position} is not one of {topic}: {fault!r}.") from fault
    for subject in subjects:
        yield subject, position
        if 0 < corrected < position:
            yield subject, corrected


def named(topic: str, state: Mapping[str, Any]) -> list[str]:
    """The subjects that a state of `topic` names in its fields, each once, as `kind:reference`."""
    if topic == CORRECTION:
        row = state["target_topic"]
        found = dict.fromkeys([*_of_row(row, state["fields"]), *_of_row(row, state["before"])])
    else:
        found = dict.fromkeys(_of_row(topic, state))
    found.pop(CASH, None)
    return list(found)


def _of_row(topic: str, state: Mapping[str, Any]) -> Iterator[str]:
    of_topic = KIND_OF_FIELD_IN.get(topic, {})
    for field, value in state.items():
        kind = KIND_OF_FIELD.get(field) or of_topic.get(field)
        if kind is not None:
            yield f"{kind}:{value}"
        elif field in KIND_OF_LIST:
            yield from (f"{KIND_OF_LIST[field]}:{reference}" for reference in value)
        elif field in PARTIES:
            yield from _of_party(value)
        elif field in TOLD:
            yield from (told for told in ([value] if isinstance(value, str) else value) if ":" in told)
    if topic in LOANS and state.get("interest_subsidy_fen"):
        yield f"payment:TX/{state['loan_no']}"
    if topic in WITH_REFERENCE and state.get("ref_no"):
        yield from _of_reference(state["ref_kind"], state["ref_no"])


def _of_party(party: str) -> Iterator[str]:
    if party.startswith("P-"):
        yield f"person:{party}"
    elif party and party.isascii():
        yield f"org:{party}"


def _of_reference(ref_kind: str, ref_no: str) -> Iterator[str]:
    kind = KIND_OF_REFERENCE.get(ref_kind)
    if kind is not None:
        yield f"{kind}:{ref_no.partition('#')[0] if kind == 'notice' else ref_no}"
