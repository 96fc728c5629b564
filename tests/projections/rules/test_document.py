"""The page about the rules is made from the rules, and stays equal to them."""

from pathlib import Path

from projections.rules import RULES
from projections.rules.document import page
from projections.rules.waiting import WAITING

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"


def test_the_page_about_the_rules_is_the_one_that_they_make() -> None:
    assert PAGE.read_text(encoding="utf-8") == page() + "\n", "run `make docs`"


def test_every_rule_and_every_rule_that_waits_stands_on_the_page_once() -> None:
    told = page()

    assert [rule_id for rule_id in RULES if told.count(f"### {rule_id} ") != 1] == []
    assert [rule.rule_id for rule in WAITING if told.count(f"| {rule.rule_id} |") != 1] == []


def test_all_ninety_five_rules_are_built_or_named_as_waiting() -> None:
    assert len({*RULES, *(rule.rule_id for rule in WAITING)}) == 95
