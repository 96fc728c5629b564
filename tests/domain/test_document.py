"""docs/events.md says what the catalogue says."""

from pathlib import Path

import msgspec

from domain.catalogue import EVENTS
from domain.document import GROUPS, meanings, page

PAGE = Path(__file__).parents[2] / "docs" / "events.md"


def test_the_page_about_events_is_what_the_catalogue_says_of_itself() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "Run `make docs`."


def test_every_topic_of_the_catalogue_stands_in_one_group_of_the_page() -> None:
    grouped = [event_class.TOPIC for group in GROUPS.values() for event_class in group]

    assert sorted(grouped) == sorted(EVENTS)
    assert all(f"### `{topic}`" in page() for topic in EVENTS)


def test_a_meaning_may_go_over_lines_and_stand_for_several_fields_at_once() -> None:
    class Example(msgspec.Struct):
        """An example.

        one, two:  the first line
                   and the second.
        three (`3`): alone.

        Not a field: this is a sentence, and so is
          this indented line.
        """

        one: int
        two: int
        three: int

    assert meanings(Example) == {
        "one": "the first line and the second.",
        "two": "the first line and the second.",
        "three": "alone.",
    }
