"""Two people's keys, numbers or whole rows are exchanged in the vault, so that one stands for the other.

Found by: the office's own verify, which names the person by reference and the first entry that was bound to that
person. Nobody outside holds anything of the vault.
"""

import sqlite3
from contextlib import closing

import pytest

from tests.tampering.holding import Holders, Named, Office

SWAP = "UPDATE subjects SET {0} = (SELECT {0} FROM kept WHERE kept.ref = CASE subjects.ref WHEN ?1 THEN ?2 ELSE ?1 END)"
OF_BOTH = " WHERE ref IN (?1, ?2)"


def exchange(office: Office, *columns: str) -> tuple[str, str]:
    """Swap these columns of two people; gives their references."""
    with closing(sqlite3.connect(office.path / "vault.db", isolation_level=None)) as connection:
        query = "SELECT ref FROM subjects WHERE ref LIKE 'P-%' ORDER BY ref LIMIT 2"
        one, other = (ref for (ref,) in connection.execute(query))
        connection.execute("CREATE TEMP TABLE kept AS SELECT * FROM subjects")
        for column in columns:
            assert connection.execute(SWAP.format(column) + OF_BOTH, (one, other)).rowcount == 2
    return one, other


@pytest.mark.parametrize(
    "columns",
    [
        ("wrapped_key",),
        ("sealed",),
        ("commitment",),
        ("wrapped_key", "sealed"),
        ("wrapped_key", "sealed", "commitment"),
    ],
)
def test_what_was_exchanged_in_the_vault_is_named_by_person_and_by_the_entry_that_was_bound_to_it(
    office: Office, holders: Holders, columns: tuple[str, ...]
) -> None:
    people = exchange(office, *columns)

    told = office.tell("verify", "--json")

    found = told.json["findings"]
    named: Named = [(finding["position"], finding["kind"]) for finding in found if finding["kind"] == "commitment"]
    assert told.status == 1
    assert {finding["subject"] for finding in found if finding["kind"] == "commitment"} == set(people)
    with office.opened() as ledger:
        for position, _ in named:
            [entry] = ledger.money.at([position])
            assert b'"commitments":' in entry.state
    assert holders.auditor.finds(office.log) == ""
