"""Payments as events, without files: a cohort is 1,000 people and their twelve monthly lists.

Every cohort is like every other, so that a list costs the same in a small ledger and in a large one unless the ledger
itself makes it dearer.
"""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from itertools import count
from typing import Any

from domain.disbursement import PaymentMade
from domain.event import Event, Source
from domain.organisation import OrgAccountRegistered
from domain.person import PersonRegistered
from domain.subsidy import ProgrammeDefined

PEOPLE = 1_000
MONTHS = 12
RECORDED_AT = "2021-04-01T02:00:00.000000Z"
FIRST_DAY = date(2020, 1, 1)
PROGRAMME = "高龄津贴"
DOCUMENT = "测试财社〔2020〕1号"

Told = tuple[tuple[str, str], Event]
"""The stream's kind and key, and its only event."""


def beginning(recorded_at: str = RECORDED_AT) -> Iterator[Told]:
    """What stands before any payment."""
    account = OrgAccountRegistered(
        **_envelope("account", recorded_at),
        org_code="ORG-ZJ",
        org_name="测试镇财政所",
        org_kind="镇财政",
        account_no=reference("A", "finance"),
        reconciled=True,
    )
    yield ("account", "finance"), account
    programme = ProgrammeDefined(
        **_envelope("programme", recorded_at), programme=PROGRAMME, purpose_code="S01", period_kind="月", unit="个人"
    )
    yield ("programme", PROGRAMME), programme


def stream_of_events(recorded_at: str = RECORDED_AT) -> Iterator[Told]:
    """What stands before, then one cohort after the other, without end."""
    yield from beginning(recorded_at)
    for cohort in count():
        yield from people(cohort, recorded_at)
        for month in range(1, MONTHS + 1):
            yield from monthly_list(cohort, month, recorded_at)


def people(cohort: int, recorded_at: str = RECORDED_AT) -> Iterator[Told]:
    """The cohort on the roster, three to a household."""
    for person in range(cohort * PEOPLE, (cohort + 1) * PEOPLE):
        event = PersonRegistered(
            **_envelope(f"person {person}", recorded_at),
            **_of_a_person(person),
            relation="户主" if person % 3 == 0 else "成员",
            category="脱贫户",
            included_on=date(2016, 1, 1),
        )
        yield ("person", str(person)), event


def monthly_list(cohort: int, month: int, recorded_at: str = RECORDED_AT) -> Iterator[Told]:
    """One payment to each of the cohort, in one month."""
    for person in range(cohort * PEOPLE, (cohort + 1) * PEOPLE):
        bank_ref = f"TEST{month:02}{person:012}"
        paid_on = date(2020, month, 20 + person % 8)
        event = PaymentMade(
            **_envelope(bank_ref, recorded_at, paid_on),
            **_of_a_person(person),
            bank_ref=bank_ref,
            programme=PROGRAMME,
            period=f"2020-{month:02}",
            quantity="1",
            rate_fen=17_500,
            amount_fen=17_500,
            bank="测试信用社",
            account_no=reference("A", str(person)),
            holder_matches=True,
            applied_on=date(2020, 1, 2),
            claim_no=f"SQ-{month:02}-{person:09}",
            approved_amount_fen=17_500,
            approved_on=date(2020, 1, 10),
            approver="G-0001",
            preparer="G-0002",
            cashier="G-0003",
            paid_on=paid_on,
            quota_doc_no=DOCUMENT,
            paid_from=reference("A", "finance"),
            keyed_on=paid_on,
        )
        yield ("payment", bank_ref), event


def reference(kind: str, name: str) -> str:
    """A reference that looks like the vault's."""
    return f"{kind}-{sha256(name.encode()).hexdigest()[:20]}"


def _of_a_person(person: int) -> dict[str, Any]:
    own = reference("P", str(person))
    return {
        "id_no": own,
        "household_no": f"H-{person // 3:07}",
        "village": f"测试{'一二三四'[person % 4]}村",
        "sealed": "ab" * 96,
        "sealed_for": own,
        "commitments": {own: "a" * 64, reference("A", str(person)): "b" * 64},
    }


def _envelope(name: str, recorded_at: str, occurred_on: date = FIRST_DAY) -> dict[str, Any]:
    return {
        "salt": sha256(name.encode()).hexdigest()[:32],
        "content": sha256(name.encode()).hexdigest()[32:],
        "kind": "fact",
        "occurred_on": occurred_on,
        "known_on": occurred_on,
        "recorded_at": recorded_at,
        "actor": "keeper",
        "source": Source(channel="import", file_sha256="a" * 64, sheet="补贴发放表", row=3),
    }
