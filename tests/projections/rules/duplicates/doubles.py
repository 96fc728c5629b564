"""Two registrations that may be of one person, told as intake tells them, beside what the roster and the lists say."""

from datetime import date
from typing import Any

from domain.dividend import DividendPaid
from domain.person import MemberChanged, PersonRegistered, PersonsMayBeOne
from projections.rules.engine import Outcome
from tests.projections.history import person
from tests.projections.rules.town import Town

OLD, NEW = sorted(("旧证", "新证"), key=person)
"""Two names of whom the first has the smaller reference."""

BOTH = (f"person:{person(OLD)}", f"person:{person(NEW)}")


def may_be_one(town: Town, likeness: str, one: str = OLD, other: str = NEW) -> int:
    """What intake found, told as a row of its own."""
    first, second = sorted((person(one), person(other)))
    stream = f"{first} {second} {likeness}"
    return town.history.tell(PersonsMayBeOne, stream, first_id=first, second_id=second, likeness=likeness)


def register(town: Town, who: str, included_on: date, exited_on: date | None = None, **stated: Any) -> int:
    """A row of 花名册, new, or as stated again with an exit."""
    stream = f"roster {who} {included_on}"
    row = {
        "village": "测试一村",
        "household_no": f"H-{who}",
        "relation": "户主",
        "id_no": person(who),
        "category": "脱贫户",
        "included_on": included_on,
        "exited_on": exited_on,
    }
    event_class = MemberChanged if town.history.money.stream(stream) else PersonRegistered
    return town.history.tell(event_class, stream, **(row | stated))


def distribute(town: Town, to: str, period: str, paid_on: date, contract_no: str = "HT-01", **stated: Any) -> int:
    """A row of 分红台账: 572 yuan, unless stated otherwise."""
    row = {"contract_no": contract_no, "paid_fen": 572_00, "bank_ref": f"FH-{to}-{contract_no}-{period}"}
    told = row | {"id_no": person(to), "period": period, "paid_on": paid_on} | stated
    return town.history.tell(DividendPaid, f"dividend {to} {contract_no} {period}", **told)


def of_rule(rule_id: str, outcome: Outcome) -> Outcome:
    """What of an outcome is of one rule."""
    return outcome._replace(
        raised=[alert for alert in outcome.raised if alert["rule_id"] == rule_id],
        changed=[alert for alert in outcome.changed if alert["rule_id"] == rule_id],
        withdrawn=[gone for gone in outcome.withdrawn if gone["rule_id"] == rule_id],
    )
