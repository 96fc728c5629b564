"""Somebody without the log's key puts a record behind the others, and lets the published log show it.

Found by: the office's own verify, at the head; an auditor; each witness, which answers 403; a mirror, which takes
nothing over. What was appended to the file alone is found by the office at its position (`test_inserted_row.py`).
"""

from audit.log.note import parse
from tests.api.stamping import register
from tests.tampering.holding import Holders, Office
from tests.tampering.opening import SIZE


def grow_unsigned(office: Office) -> None:
    """Another entry in book and tiles, and a head over it below the signatures of yesterday's."""
    yesterday = parse(office.note.encode())
    office.forget()
    with office.opened() as ledger:
        register(ledger, 900)
    office.sign()
    grown = parse(office.note.encode())
    for name in ("signed", "checkpoint"):
        (office.log / name).write_text(str(grown._replace(signatures=yesterday.signatures)), encoding="utf-8")


def test_a_record_appended_under_a_head_that_nobody_signed_is_believed_by_nobody(
    office: Office, holders: Holders
) -> None:
    grow_unsigned(office)

    of_office = office.verified()
    found = holders.who_finds(office)
    mirrored = holders.mirrored(office.log).json

    assert set(of_office) == {(1, "checkpoint")}
    assert found.keys() == {"auditor", "mirror", "witness W1", "witness W2"}
    assert found["witness W1"] == found["witness W2"] == "not_believed"
    assert found["mirror"] == "refused"
    assert "does not verify" in mirrored["why"]
    assert f'"size":{SIZE}' in office.tell("verify", "--against", str(holders.mirror_folder), "--json").out
