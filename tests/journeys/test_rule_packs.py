"""A county's own rule pack: checked, compared, adopted by an event; what it changes, and what it leaves alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.ledger import Ledger
from api.projecting import rebuild
from api.reading import alerts
from api.rule_packs import adopt, differences, pack_in_force, rule_in_words
from domain.refusal import Refused
from projections.rules.pack import DEFAULT_PACK, Pack
from tests.api.offices import FINANCE, enter_row, furnish, paid

GENEROUS = 'version = "2027.1"\n[DUP-01]\nmax_per_period = 2\n'


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An office that paid one person twice for one period, under a programme that does not say how often it pays."""
    with Ledger.create(tmp_path / "books", place_code="440899101", place_name="测试镇") as made:
        furnish(made)
        for number in ("1", "2"):
            enter_row(made, "subsidy_payments", FINANCE, **paid(bank_ref=f"T-{number}", claim_no=f"SQ-{number}"))
        made.catch_up()
        yield made


def standing(ledger: Ledger) -> dict[str, tuple[str, str]]:
    """The state and the pack of each rule's alert."""
    return {line["rule_id"]: (line["state"], line["pack_hash"]) for line in alerts(ledger)}


def test_until_another_is_adopted_the_default_pack_judges(ledger: Ledger) -> None:
    assert pack_in_force(ledger).hash == DEFAULT_PACK.hash
    assert standing(ledger)["DUP-01"] == ("raised", DEFAULT_PACK.hash)


def test_adopting_a_pack_is_an_event_that_carries_the_whole_pack(ledger: Ledger) -> None:
    told = adopt(ledger, GENEROUS)

    [adopted] = [sealed for sealed in ledger.supervision.read(1) if sealed.topic == "rule-pack-adopted/v1"]
    assert told["changes"] == [{"rule_id": "DUP-01", "name": "max_per_period", "before": 1, "after": 2}]
    assert b"max_per_period = 2" in adopted.state
    assert pack_in_force(ledger).hash == told["pack_hash"] == Pack.read(GENEROUS).hash


def test_alerts_keep_the_pack_that_raised_them_and_a_rebuild_finds_the_pack_again(ledger: Ledger) -> None:
    before = standing(ledger)

    adopted = adopt(ledger, 'version = "2027.2"\n[FAL-01]\ndays_after_death = 31\n')
    rebuild(ledger)

    assert standing(ledger) == before
    assert pack_in_force(ledger).hash == adopted["pack_hash"]


def test_a_pack_that_does_not_hold_is_refused_and_nothing_is_recorded(ledger: Ledger) -> None:
    head = ledger.supervision.head.position

    with pytest.raises(Refused, match="DUP-01 has no parameter most"):
        adopt(ledger, 'version = "2027.1"\n[DUP-01]\nmost = 2\n')

    assert ledger.supervision.head.position == head


def test_the_pack_in_force_and_its_version_with_other_numbers_are_refused(ledger: Ledger) -> None:
    adopt(ledger, GENEROUS)

    for toml in (GENEROUS, GENEROUS.replace("= 2", "= 3")):
        with pytest.raises(Refused) as refused:
            adopt(ledger, toml)
        assert refused.value.code == "E-DUP"


def test_two_packs_differ_by_their_numbers_and_by_who_is_visible_to_clerks() -> None:
    hidden = Pack.read('version = "2027.3"\nvisible_to_clerks = []\n')

    told = list(differences(DEFAULT_PACK, hidden))

    assert {one["rule_id"] for one in told} == set(DEFAULT_PACK.visible_to_clerks)
    assert {(one["name"], one["before"], one["after"]) for one in told} == {("visible_to_clerks", True, False)}


def test_a_rule_says_everything_about_itself_by_the_numbers_in_force(ledger: Ledger) -> None:
    adopt(ledger, GENEROUS)

    told = rule_in_words(ledger, "DUP-01")

    [number] = told["parameters"]
    assert (number["value"], number["default"]) == (2, 1)
    assert told["clause"]["words"]
    with pytest.raises(Refused, match="There is no rule DUP-99"):
        rule_in_words(ledger, "DUP-99")
