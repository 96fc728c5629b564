"""One byte of one state is changed: the entry no longer gives its leaf.

Found by: the office's own verify and the mirror, each naming the record. The published log goes on with the record as
it was, so others see nothing until it is made anew (`test_rewritten_histories.py`).
"""

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from audit import schema
from audit.verify import Finding
from tests.api.stamping import register
from tests.tampering.holding import Holders, Office
from tests.tampering.opening import AT

Attack = Callable[..., None]


@pytest.mark.parametrize("position", [1, 13, 30])
def test_one_changed_byte_of_a_state_is_found_at_its_position(
    book_file: Path, attack: Attack, findings: Callable[[], tuple[Finding, ...]], position: int
) -> None:
    attack(
        "UPDATE events SET entry = CAST(replace(CAST(entry AS TEXT), '一村', '二村') AS BLOB) WHERE position = ?",
        values=(position,),
    )

    (found,) = findings()

    with closing(sqlite3.connect(book_file)) as connection:
        entry, leaf, stream = connection.execute(
            "SELECT entry, leaf, stream FROM events WHERE position = ?", (position,)
        ).fetchone()
    assert found == Finding(position, "leaf", stream, leaf.hex(), hashlib.sha256(b"\x00" + entry).hexdigest())
    assert found.unproven_from == position


def test_one_flipped_byte_is_named_by_office_and_mirror_and_the_log_goes_on_with_the_record_as_it_was(
    office: Office, holders: Holders
) -> None:
    with closing(sqlite3.connect(office.book, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER events_are_never_changed")
        (entry,) = connection.execute("SELECT entry FROM events WHERE position = ?", (AT,)).fetchone()
        flipped = entry[:-2] + bytes([entry[-2] ^ 1]) + entry[-1:]
        connection.execute("UPDATE events SET entry = ? WHERE position = ?", (flipped, AT))
        connection.execute(next(trigger for trigger in schema.TRIGGERS if "events_are_never_changed" in trigger))

    of_office, of_mirror = office.verified(), holders.named(office)

    assert set(of_office) == {(AT, "changed"), (AT, "leaf")}
    assert of_mirror == [(AT, "changed")]
    assert holders.who_finds(office) == {}  # what is published is the record as it was
    with office.opened() as ledger:
        register(ledger, 901)
    office.sign()
    assert holders.mirrored(office.log).json["ok"]
    assert holders.named(office) == [(AT, "changed")]
