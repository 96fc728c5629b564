"""The list of rules: what each lacks, its numbers, and how its alerts fared."""

from datetime import date

import pytest
from sqlalchemy import update

from projections.dialect import writing
from projections.rules import RULES
from projections.rules.listing import listed_rules, measured
from projections.rules.rule import Mode
from projections.tables.alerts import ALERTS
from tests.projections.alerting import Docket
from tests.projections.rules.town import FEW, Town


@pytest.fixture
def rules() -> tuple[str, ...]:
    """A few rules, whatever others would say."""
    return FEW


def lines(town: Town) -> dict[str, dict[str, object]]:
    """The list by rule."""
    with town.views.connect() as connection:
        return {line["rule_id"]: line for line in listed_rules(connection, town.pack)}


def test_an_empty_ledger_says_of_every_rule_what_it_lacks_and_never_that_all_is_well(town: Town) -> None:
    listed = lines(town)

    assert {line["status"] for line in listed.values()} == {"not_evaluable"}
    assert listed["DUP-01"]["missing"] == ["payments", "programmes"]
    assert listed["FAL-01"]["missing"] == ["payments", "programmes", "deaths"]
    assert listed["LNM-01"]["missing"] == ["loans"]


def test_payments_without_a_death_list_leave_the_rule_of_the_dead_not_evaluable(town: Town) -> None:
    town.programme()
    town.pay("甲", "2020-04", date(2020, 4, 22))

    listed = lines(town)

    assert (listed["DUP-01"]["status"], listed["DUP-01"]["missing"]) == ("ready", [])
    assert (listed["FAL-01"]["status"], listed["FAL-01"]["missing"]) == ("not_evaluable", ["deaths"])


def test_a_line_has_the_keys_of_outputs_in_their_order_with_the_numbers_of_the_pack(town: Town) -> None:
    line = lines(town)["DUP-01"]

    assert line == {
        "rule_id": "DUP-01",
        "rule_version": 1,
        "family": "DUP",
        "name_zh": "同人同项同期重复",
        "name_en": "same person, programme, period",
        "severity": "R",
        "status": "not_evaluable",
        "missing": ["payments", "programmes"],
        "parameters": {"max_per_period": 1},
        "open": 0,
        "confirmed": 0,
        "dismissed": 0,
        "precision": None,
        "measured": measured()["DUP-01"],
    }


def test_alerts_are_counted_as_open_until_they_are_decided_or_withdrawn(town: Town) -> None:
    town.programme()
    for name in ("甲", "乙", "丙", "丁"):
        town.pay(name, "2020-04", date(2020, 4, 22))
        town.pay(name, "2020-04", date(2020, 4, 27))
    decided = [alert["alert_id"] for alert in town.run().raised]
    with writing(town.views) as connection:
        for alert, state in zip(decided, ("confirmed", "dismissed", "withdrawn"), strict=False):
            of_it = ALERTS.c.alert_id == alert
            connection.execute(update(ALERTS.table).where(of_it).values(state=state))

    line = lines(town)["DUP-01"]

    assert (line["open"], line["confirmed"], line["dismissed"], line["precision"]) == (1, 1, 1, 0.5)


def test_every_rule_is_listed_under_its_own_id_and_says_all_that_a_rule_must() -> None:
    for rule_id, rule in RULES.items():
        terms = rule.terms

        assert terms.rule_id == rule_id
        assert terms.keyed_by in {None, *terms.anchor}
        assert terms.subjects
        assert Mode.STREAMING in terms.mode or Mode.PERIODIC in terms.mode
        assert terms.clause.where
        assert terms.clause.words
        assert (rule.finds.__doc__ or "").strip()
        assert not {"person", "account", "phone"} & set(terms.why_zh.replace("}", "{").split("{")[1::2])


def test_precision_counts_whatever_follows_a_confirmation_and_a_case_that_came_to_nothing_against_it(
    town: Town,
) -> None:
    docket = Docket(town.history)
    ways = {
        "open": ("assign",),
        "dismissed": ("assign", "dismiss"),
        "confirmed": ("assign", "confirm"),
        "recovering": ("assign", "confirm", "order-recovery", "recover"),
        "closed": ("assign", "confirm", "rectify", "close"),
        "unfounded": ("assign", "confirm", "transfer", "open-case", "dispose"),
    }
    for name, steps in ways.items():
        docket.raised(name, ("person:P-0000000000000001",))
        docket.taken(name, *steps, **({"disposal": "unfounded"} if name == "unfounded" else {}))

    line = lines(town)["DUP-01"]

    assert (line["open"], line["confirmed"], line["dismissed"], line["precision"]) == (1, 3, 2, 0.6)
