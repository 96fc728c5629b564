"""The manifest: one JSON object in one writing, read line by line."""

import json
from typing import Any

import pytest

from audit.bundle.manifest import BookTold, Manifest, ManifestInvalid, lines_of, member_line, read_first_line

TOLD = Manifest("household:H-0001", (BookTold("money", "ledger.test/money", 9, bytes(32), 4),))


def test_a_manifest_is_json_and_its_first_line_is_read_again() -> None:
    members = [member_line("a", 1, bytes(32)), member_line("b", 2, bytes(32))]

    whole = b"".join(lines_of(TOLD, members))

    told = json.loads(whole)
    assert [member["name"] for member in told["members"]] == ["a", "b"]
    assert told["books"][0] == {
        "book": "money",
        "origin": "ledger.test/money",
        "size": 9,
        "root": "00" * 32,
        "entries": 4,
    }
    assert read_first_line(whole.split(b"\n")[0] + b"\n") == TOLD


def changed(**changes: Any) -> bytes:
    told = json.loads(TOLD.line.removesuffix(b',"members":[\n') + b"}")
    return json.dumps({**told, **changes}, separators=(",", ":")).encode()[:-1] + b',"members":[\n'


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", "is none"),
        (b"[1,2]", "is none"),
        (changed(format="mingzhang/bundle/v2"), "is of format 'mingzhang/bundle/v2'"),
        (changed(subject="H-0001"), "names no subject"),
        (changed(subject="household:H\n"), "names no subject"),
        (changed(subject=7), "is none"),
        (changed(subject="household:H-0001 "), "names no subject"),
        (changed(subject="household:H-0001\u00a0"), "names no subject"),
        (TOLD.line.replace(b"H-0001", "e\u0301".encode()), "names no subject"),
        (TOLD.line.replace(b"ledger.test/money", b"ledger.test/supervision"), "is not of the book money"),
        (changed(books=[]), "no book"),
        (changed(books=[{"book": "money"}]), "is none"),
        (changed(books=7), "is none"),
        (changed(more=1), "is not as it would be written"),
        (TOLD.line.replace(b'"size":9', b'"size":9.0'), "is none"),
        (TOLD.line.replace(b'"size":9', b'"size":true'), "is none"),
        (TOLD.line.replace(b'"size":9', b'"size":-9'), "is none"),
        (TOLD.line.replace(b'"size":9', b'"size": 9'), "is not as it would be written"),
        (TOLD.line.replace(b'"book":"money"', b'"book":"Money"'), "is none"),
        (TOLD.line.replace(b"H-0001", b"\\ud800"), "is none"),
        (b'{"format":' + b"[" * 60_000, "is none"),
    ],
)
def test_a_first_line_that_is_otherwise_is_refused_with_the_reason(line: bytes, why: str) -> None:
    with pytest.raises(ManifestInvalid, match=why):
        read_first_line(line)


def test_one_book_cannot_stand_in_a_manifest_twice() -> None:
    twice = TOLD._replace(books=TOLD.books * 2)

    with pytest.raises(ManifestInvalid, match="one book twice"):
        read_first_line(twice.line)
