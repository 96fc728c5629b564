"""A record is edited, deleted, inserted, swapped or doubled, and every hash in the file is made to fit again.

Found by: while the published log lies beside the book, the office's own verify, and the mirror, each naming the record;
once tiles and head were made anew with the log's own key, nobody in the office: an auditor with yesterday's checkpoint,
each witness, the mirror (which names the record) and a villager with a paper notice.
"""

from collections.abc import Callable

import pytest

from tests.api.rewriting_books import Row, edited
from tests.tampering.holding import Holders, Named, Office
from tests.tampering.opening import AMOUNT, AT, SIZE

Change = Callable[[list[Row]], object]


def edit_an_amount(rows: list[Row]) -> None:
    rows[AT - 1] = edited(rows[AT - 1], AMOUNT, AMOUNT.replace(b"2", b"9"))


def delete_one_in_the_middle(rows: list[Row]) -> None:
    rows.pop(AT - 1)


def delete_the_tail(rows: list[Row]) -> None:
    del rows[SIZE - 2 :]


def insert_one(rows: list[Row]) -> None:
    inserted = edited(rows[AT - 1], AMOUNT, AMOUNT.replace(b"2", b"9"))
    rows.insert(AT, inserted._replace(stream=rows[AT].stream[:-1] + "0", version=99))


def swap_two(rows: list[Row]) -> None:
    rows[AT - 1], rows[AT + 99] = rows[AT + 99], rows[AT - 1]


def double_one(rows: list[Row]) -> None:
    rows.insert(AT + 99, rows[AT - 1]._replace(version=99))


NAMED: dict[Change, Named] = {
    edit_an_amount: [(AT, "changed")],
    delete_one_in_the_middle: [(AT, "missing")],
    delete_the_tail: [(SIZE - 1, "missing"), (SIZE, "missing")],
    insert_one: [(AT + 1, "inserted")],
    swap_two: [(AT, "moved"), (AT + 100, "moved")],
    double_one: [(AT + 100, "doubled")],
}
"""What was done, and which records are named for it."""

SHORTER = {delete_one_in_the_middle, delete_the_tail}


@pytest.mark.parametrize("crime", NAMED)
def test_a_book_that_was_rewritten_under_its_log_is_named_by_the_office_and_the_mirror_and_signed_no_more(
    office: Office, holders: Holders, crime: Change
) -> None:
    office.rewrite(crime)

    of_office, of_mirror, signing = office.verified(), holders.named(office), office.tell("checkpoint")

    assert [found for found in of_office if found[1] != "stream"] == NAMED[crime]
    assert of_mirror == NAMED[crime]
    assert (signing.status, signing.out) == (2, "")
    assert "E-PROOF" in signing.err


@pytest.mark.parametrize("crime", NAMED)
def test_a_history_rewritten_with_its_tiles_and_signed_anew_is_found_by_everybody_but_the_office(
    office: Office, holders: Holders, crime: Change
) -> None:
    office.forge(crime)

    of_office, found = office.verified(), holders.who_finds(office)

    assert [one for one in of_office if one[1] != "stream"] == []
    assert found.keys() == {"auditor", "mirror", "villager", "witness W1", "witness W2"}
    assert found["mirror"] == ("rollback" if crime in SHORTER else "fork")
    assert holders.named(office) == NAMED[crime]


def test_an_edited_amount_is_named_by_the_mirror_with_both_amounts(office: Office, holders: Holders) -> None:
    office.forge(edit_an_amount)

    told = office.tell("verify", "--against", str(holders.mirror_folder), "--json").json

    [finding] = [found for found in told["findings"] if "mirror" in found]
    assert finding["fields"] == [{"field": "amount_fen", "mirror": 20_000, "ledger": 90_000}]
    assert told["against"]["agreed"] == AT - 1
