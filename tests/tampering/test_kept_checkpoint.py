"""An auditor who kept nothing but yesterday's checkpoint, one small file, checks today's log with one command.

Found by: the auditor: the file is put into an empty folder as `checkpoint`, and a mirror of hashes alone is brought on
from there. That history was rewritten or cut off is said, with both signed heads as evidence; which record it was, is
not.
"""

from collections.abc import Callable

import pytest

from tests.api.rewriting_books import Row, edited
from tests.api.stamping import register
from tests.journeys.commanding import Told, tell
from tests.tampering.holding import NOBODY, Holders, Office
from tests.tampering.opening import AMOUNT, AT, SIZE


@pytest.fixture
def checked(office: Office, holders: Holders) -> Callable[[], Told]:
    """What the command says to somebody who has that file, the log's key, and no token."""
    folder = holders.folder / "auditor"
    folder.mkdir()
    (folder / "checkpoint").write_bytes(holders.auditor.kept)
    return lambda: tell(
        NOBODY, "mirror", str(office.log), str(folder), "--vkey", holders.vkey, "--without-entries", "--json"
    )


def test_a_log_that_only_went_on_contains_the_checkpoint_of_yesterday(
    office: Office, checked: Callable[[], Told]
) -> None:
    (office.log / "policy").unlink()
    with office.opened() as ledger:
        register(ledger, 901, 902)
    office.sign()

    told = checked()

    assert (told.status, told.json["size_before"], told.json["size"]) == (0, SIZE, SIZE + 2)


def test_a_log_that_was_rewritten_and_went_on_is_a_fork_for_who_kept_one_file(
    office: Office, checked: Callable[[], Told]
) -> None:
    def enrich(rows: list[Row]) -> None:
        rows[AT - 1] = edited(rows[AT - 1], AMOUNT, AMOUNT.replace(b"2", b"9"))

    office.forge(enrich)
    with office.opened() as ledger:
        register(ledger, 901, 902)
    office.sign()

    told = checked()

    assert (told.status, told.json["kind"]) == (1, "fork")
    assert f"held {SIZE} " in told.json["why"]
    assert f"shown {SIZE + 2} " in told.json["why"]


def test_a_log_that_was_cut_off_is_a_rollback_for_who_kept_one_file(
    office: Office, checked: Callable[[], Told]
) -> None:
    office.forge(lambda rows: rows.__delitem__(slice(AT + 200, None)))

    told = checked()

    assert (told.status, told.json["kind"]) == (1, "rollback")
