"""A row of what is shown is changed behind the program's back; the book is as it was.

Found by: the office's own verify, which names the table, the row, the field and both amounts, and the entry that the
row comes from. Nobody else is concerned: what they hold is of the book.
"""

import sqlite3
from contextlib import closing

import pytest

from tests.tampering.holding import Holders, Office
from tests.tampering.opening import AT, GRANTED


def change(office: Office, statement: str) -> None:
    with closing(sqlite3.connect(office.path / "views.db", isolation_level=None)) as connection:
        assert connection.execute(statement, (GRANTED,)).rowcount == 1


def test_a_changed_amount_in_a_view_is_named_with_its_row_and_the_entry_that_says_otherwise(
    office: Office, holders: Holders
) -> None:
    change(office, "UPDATE allocations SET amount_fen = 90000 WHERE quota_doc_no = ?")

    told = office.tell("verify", "--json")

    [finding] = [found for found in told.json["findings"] if found["table"] == "allocations"]
    assert told.status == 1
    assert (finding["position"], finding["kind"]) == (AT, "view")
    assert finding["fields"] == [{"field": "amount_fen", "entries": 20_000, "view": 90_000}]
    assert holders.who_finds(office) == {}


@pytest.mark.parametrize("statement", ["DELETE FROM allocations WHERE quota_doc_no = ?"])
def test_a_row_that_is_shown_no_more_is_named_too(office: Office, statement: str) -> None:
    change(office, statement)

    told = office.tell("verify", "--json").json

    [finding] = [found for found in told["findings"] if found["table"] == "allocations"]
    assert (finding["kind"], finding["found"]) == ("view", None)
