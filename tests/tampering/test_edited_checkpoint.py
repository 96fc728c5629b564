"""The published head itself is edited, or signed by somebody else.

Found by: the office's own verify; an auditor with the log's key; each witness, before it cosigns (403 or 404); a
mirror, which takes nothing over; whoever judges the head by a policy. No record is named: none is concerned.
"""

from collections.abc import Callable

import pytest

from audit.log.checkpoint import Checkpoint, parse_text
from audit.log.note import Ed25519Signer, Note, NoteInvalid, parse, signed
from tests.tampering.holding import Holders, Office
from tests.tampering.opening import SIZE

Edit = Callable[[Note], str]


def head_of(note: Note) -> Checkpoint:
    return parse_text(note.text)


def another_size(note: Note) -> str:
    return str(note._replace(text=note.text.replace(f"\n{SIZE}\n", f"\n{SIZE + 1}\n")))


def another_root(note: Note) -> str:
    return str(note._replace(text=head_of(note)._replace(root=bytes(32)).text))


def flipped_signature(note: Note) -> str:
    first, *others = note.signatures
    flipped = first._replace(signature=first.signature[:-1] + bytes([first.signature[-1] ^ 1]))
    return str(note._replace(signatures=(flipped, *others)))


def unknown_key(note: Note) -> str:
    return signed(note.text, [Ed25519Signer(head_of(note).origin, b"\x66" * 32)])


def wrong_origin(note: Note) -> str:
    """The text of another log, below a signature by the name of this one."""
    text = head_of(note)._replace(origin="mingzhang.local/another/money").text
    return signed(text, [Ed25519Signer(head_of(note).origin, b"\x66" * 32)])


WHY: dict[Edit, str] = {
    another_size: "does not verify: the text was changed",
    another_root: "does not verify: the text was changed",
    flipped_signature: "does not verify: the text was changed",
    unknown_key: "No known key signed the note",
    wrong_origin: "The policy knows no log mingzhang.local/another/money",
}


@pytest.mark.parametrize("edit", WHY)
def test_an_edited_head_is_believed_neither_by_the_office_nor_by_anybody_who_has_the_key(
    office: Office, holders: Holders, edit: Edit
) -> None:
    (office.log / "checkpoint").write_text(edit(parse(office.note.encode())), encoding="utf-8")

    of_office, of_auditor = office.verified(), holders.auditor.finds(office.log)
    mirrored = holders.mirrored(office.log)

    assert set(of_office) <= {(1, "checkpoint"), (SIZE, "cosignature")}
    assert (1, "checkpoint") in of_office
    assert of_auditor != ""
    assert (mirrored.status, mirrored.json["kind"]) == (1, "refused")
    assert WHY[edit] in mirrored.json["why"]
    with pytest.raises(NoteInvalid, match=WHY[edit]):
        holders.judged(office.note)


@pytest.mark.parametrize(
    ("edit", "state"),
    [
        (another_size, "not_believed"),
        (another_root, "not_believed"),
        (flipped_signature, "not_believed"),
        (unknown_key, "not_believed"),
        (wrong_origin, "not_watched"),
    ],
)
def test_a_witness_cosigns_no_head_that_was_edited(holders: Holders, office: Office, edit: Edit, state: str) -> None:
    edited = edit(parse(office.note.encode()))

    outcomes = holders.handed(edited, office)

    assert [(outcome.state, outcome.line) for outcome in outcomes] == [(state, "")] * 2
